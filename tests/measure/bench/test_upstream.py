"""The fake speaks Gemini's wire format, as google-genai reads it."""

from __future__ import annotations

import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from typing import Any

import pytest
from google import genai
from google.genai import errors, types

from measure.bench.upstream import CHUNKS, GAP_SECONDS, REPOSITORY, Upstream, answer
from tools.testkit import plain_http

MODEL = "gemini-3.8-flash"


@pytest.fixture(scope="module")
def running() -> Iterator[Upstream]:
    with Upstream() as upstream:
        yield upstream


@pytest.fixture
def upstream(running: Upstream) -> Upstream:
    running.reset()
    return running


@pytest.fixture(params=["v1", "v1beta"])
def client(running: Upstream, request: pytest.FixtureRequest) -> Iterator[genai.Client]:
    with genai.Client(
        api_key="made-up",
        http_options=types.HttpOptions(base_url=running.url, api_version=request.param),
    ) as made:
        yield made


def test_a_plain_answer_is_whole(upstream: Upstream, client: genai.Client) -> None:
    reply = client.models.generate_content(model=MODEL, contents="Hello")

    assert reply.text == answer()
    assert reply.candidates is not None
    assert reply.candidates[0].finish_reason is types.FinishReason.STOP
    assert reply.model_version == MODEL
    assert reply.usage_metadata is not None
    assert reply.usage_metadata.candidates_token_count


def test_a_stream_comes_in_as_many_chunks_as_were_asked_for(
    upstream: Upstream, client: genai.Client
) -> None:
    chunks = list(client.models.generate_content_stream(model=MODEL, contents="Hello"))

    assert len(chunks) == CHUNKS
    assert "".join(chunk.text or "" for chunk in chunks) == answer()
    reasons = [chunk.candidates[0].finish_reason for chunk in chunks if chunk.candidates]
    assert reasons == [None] * (CHUNKS - 1) + [types.FinishReason.STOP]
    assert {chunk.model_version for chunk in chunks} == {MODEL}
    assert chunks[-1].usage_metadata is not None


def test_a_stream_takes_its_time(upstream: Upstream, client: genai.Client) -> None:
    started = time.monotonic()

    list(client.models.generate_content_stream(model=MODEL, contents="Hello"))

    assert time.monotonic() - started >= GAP_SECONDS * (CHUNKS - 1)


def test_the_first_text_can_be_late(upstream: Upstream, client: genai.Client) -> None:
    upstream.behave(MODEL, first_text_seconds=0.2, gap_seconds=0)
    started = time.monotonic()

    next(iter(client.models.generate_content_stream(model=MODEL, contents="Hello")))

    assert time.monotonic() - started >= 0.2


@pytest.mark.parametrize("call", ["generate_content", "generate_content_stream"])
def test_a_used_up_minute_says_when_to_come_back(
    upstream: Upstream, client: genai.Client, call: str
) -> None:
    upstream.behave(MODEL, status=429, retry_delay_seconds=7)

    with pytest.raises(errors.ClientError) as raised:
        list(getattr(client.models, call)(model=MODEL, contents="Hello"))

    assert (raised.value.code, raised.value.status) == (429, "RESOURCE_EXHAUSTED")
    details: list[dict[str, Any]] = raised.value.details["error"]["details"]
    kinds = [detail["@type"].rpartition(".")[2] for detail in details]
    assert kinds == ["Help", "QuotaFailure", "RetryInfo"]
    assert details[2]["retryDelay"] == "7s"
    assert details[1]["violations"][0]["quotaDimensions"]["model"] == MODEL


def test_a_model_can_have_a_behaviour_of_its_own(upstream: Upstream, client: genai.Client) -> None:
    upstream.behave(status=429)
    upstream.behave(MODEL, status=200)

    assert client.models.generate_content(model=MODEL, contents="Hello").text
    with pytest.raises(errors.ClientError):
        client.models.generate_content(model="another", contents="Hello")


def test_calls_are_counted_by_model_with_their_instants(
    upstream: Upstream, client: genai.Client
) -> None:
    before = time.monotonic()

    client.models.generate_content(model=MODEL, contents="Hello")
    list(client.models.generate_content_stream(model="another", contents="Hello"))

    first, second = upstream.calls()
    assert (first.model, first.is_stream) == (MODEL, False)
    assert (second.model, second.is_stream) == ("another", True)
    assert before <= first.at <= second.at <= time.monotonic()
    assert (upstream.count(), upstream.count(MODEL)) == (2, 1)


def test_a_stream_that_is_not_asked_for_as_events_is_one_array(upstream: Upstream) -> None:
    upstream.behave(MODEL, gap_seconds=0)
    url = f"{upstream.url}/v1beta/models/{MODEL}:streamGenerateContent?key=made-up"

    items = plain_http.post(url, json={"contents": []}).json()

    parts = [item["candidates"][0]["content"]["parts"][0]["text"] for item in items]
    assert "".join(parts) == answer()


STARTS_AND_DIES = """
import os
from measure.bench.upstream import Upstream
print(Upstream().__enter__().url, flush=True)
os._exit(0)
"""


def test_it_ends_with_whoever_started_it() -> None:
    started = subprocess.run(
        [sys.executable, "-c", STARTS_AND_DIES],
        cwd=REPOSITORY,
        stdout=subprocess.PIPE,
        text=True,
        check=True,
    )
    port = int(started.stdout.strip().rpartition(":")[2])

    give_up_at = time.monotonic() + 60
    while is_listening(port):
        assert time.monotonic() < give_up_at
        threading.Event().wait(0.02)


def is_listening(port: int) -> bool:
    try:
        socket.create_connection(("127.0.0.1", port)).close()
    except ConnectionRefusedError:
        return False
    return True
