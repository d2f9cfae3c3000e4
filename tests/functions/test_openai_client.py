"""The openai SDK as a client, unchanged: answers, streams, and its own typed exceptions."""

from __future__ import annotations

import re
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import openai
import pytest
from openai.types.chat import ChatCompletionMessageParam

from tests.functions.conftest import MODELS
from tools.emulator.server import Emulator
from tools.testkit.serving import ServedFunction

HELLO: list[ChatCompletionMessageParam] = [{"role": "user", "content": "Hello"}]


@pytest.fixture
def client(chat: ServedFunction) -> Iterator[openai.OpenAI]:
    with openai.OpenAI(base_url=f"{chat.url}/v1", api_key="unused", max_retries=0) as client:
        yield client


def test_a_whole_answer(client: openai.OpenAI) -> None:
    answer = client.chat.completions.create(model="nexus", messages=HELLO)

    assert answer.choices[0].message.content
    assert answer.choices[0].finish_reason == "stop"
    assert answer.model == MODELS[0]
    assert answer.usage is not None


def test_a_stream(client: openai.OpenAI) -> None:
    chunks = list(
        client.chat.completions.create(
            model="nexus",
            messages=HELLO,
            stream=True,
            stream_options={"include_usage": True},
        )
    )

    assert "".join(c.choices[0].delta.content or "" for c in chunks if c.choices)
    assert chunks[-1].usage is not None
    assert [c.choices[0].finish_reason for c in chunks if c.choices][-1] == "stop"


def test_the_stream_helper(client: openai.OpenAI) -> None:
    with client.chat.completions.stream(model="nexus", messages=HELLO) as stream:
        final = stream.get_final_completion()

    assert final.choices[0].message.content


def test_the_models(client: openai.OpenAI) -> None:
    assert [model.id for model in client.models.list()] == ["nexus"]


def test_a_bad_request(client: openai.OpenAI) -> None:
    with pytest.raises(openai.BadRequestError) as caught:
        client.chat.completions.create(model="nexus", messages=HELLO, temperature=9)

    assert (caught.value.code, caught.value.param) == ("invalid_request", "temperature")


def test_all_exhausted(gemini: Emulator, client: openai.OpenAI) -> None:
    gemini.behave("*", "per-minute")

    with pytest.raises(openai.InternalServerError) as caught:
        client.chat.completions.create(model="nexus", messages=HELLO)

    assert (caught.value.status_code, caught.value.code) == (503, "models_exhausted")
    assert int(caught.value.response.headers["Retry-After"]) >= 1


def test_a_broken_stream(gemini: Emulator, client: openai.OpenAI) -> None:
    gemini.behave("*", "cut", after_chunks=2)
    stream = client.chat.completions.create(model="nexus", messages=HELLO, stream=True)

    first = next(iter(stream))
    with pytest.raises(openai.APIError) as caught:
        for _ in stream:
            pass

    assert caught.value.code == "answer_interrupted"
    assert first.model_extra is not None
    assert isinstance(caught.value.body, dict)
    assert caught.value.body["request_id"] == first.model_extra["nexus"]["request_id"]


def test_its_own_retries_carry_it_over_a_short_exhaustion(
    gemini: Emulator, chat: ServedFunction
) -> None:
    for model in MODELS:
        gemini.behave(model, "per-minute", times=1, retry_delay="1s")
    with openai.OpenAI(base_url=f"{chat.url}/v1", api_key="unused", max_retries=2) as patient:
        answer = patient.chat.completions.create(model="nexus", messages=HELLO)

    assert answer.model in MODELS  # Whichever window its jitter ends first.


def test_the_loop_of_the_docs_keeps_its_place_until_it_is_answered(
    client: openai.OpenAI, gemini: Emulator
) -> None:
    for model in MODELS:
        gemini.behave(model, "per-minute", times=1, retry_delay="3s")
    prose = (Path(__file__).parents[2] / "docs" / "api.md").read_text()
    [code] = re.findall(r"```python\n(def answer\(.*?)```", prose, re.DOTALL)
    names: dict[str, Any] = {"openai": openai, "time": time}
    exec(code, names)  # The page's own example.

    answer = names["answer"](client, {"model": "nexus", "messages": HELLO})

    assert answer.choices[0].message.content
    assert answer.choices[0].finish_reason == "stop"
