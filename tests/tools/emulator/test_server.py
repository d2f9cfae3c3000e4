"""Paths, keys and formats, as Gemini has them."""

import json
import re
from collections.abc import Iterator
from typing import Any

import httpx2
import pytest

from tests.tools.emulator.sdk import MODEL, Sdk
from tools.emulator.server import Emulator
from tools.testkit import plain_http

HEADERS = {"x-goog-api-key": "k"}
CONTENTS = {"contents": [{"parts": [{"text": "Hi"}]}]}
PATH = f"/v1beta/models/{MODEL}"


def post(gemini: Emulator, path: str, **arguments: Any) -> httpx2.Response:
    return plain_http.post(gemini.url + path, **{"headers": HEADERS, **arguments})


def test_events_are_written_as_gemini_writes_them(gemini: Emulator) -> None:
    gemini.behave(MODEL, "answer", text="ab", chunks=2)

    response = post(gemini, f"{PATH}:streamGenerateContent?alt=sse", json=CONTENTS)

    assert response.headers["content-type"] == "text/event-stream"
    assert response.headers["transfer-encoding"] == "chunked"
    events = response.text.split("\r\n\r\n")
    assert events.pop() == ""
    assert [event[: len("data: {")] for event in events] == ["data: {"] * 3
    last = json.loads(events[-1].removeprefix("data: "))
    assert last["candidates"][0]["finishReason"] == "STOP"


def test_a_stream_that_is_not_asked_for_as_events_is_an_array(gemini: Emulator) -> None:
    gemini.behave(MODEL, "answer", text="ab", chunks=2)

    response = post(gemini, f"{PATH}:streamGenerateContent", json=CONTENTS)

    assert len(response.json()) == 3


def test_the_key_may_come_as_query_and_must_come(gemini: Emulator) -> None:
    with_query = post(
        gemini, f"/v1/models/{MODEL}:generateContent?key=k", json=CONTENTS, headers={}
    )
    without = post(gemini, f"/v1/models/{MODEL}:generateContent", json=CONTENTS, headers={})

    assert with_query.status_code == 200
    assert without.status_code == 403
    assert without.json()["error"]["status"] == "PERMISSION_DENIED"


@pytest.mark.parametrize(
    "content",
    [
        "",
        "{",
        "[]",
        "{}",
        '{"contents": "Hi"}',
        '{"contents": [{"role": "assistant", "parts": [{"text": "Hi"}]}]}',
        '{"contents": [{"parts": []}]}',
        '{"contents": [{"parts": [{"text": "Hi"}]}], "generationConfig": {"maxOutputTokens": "x"}}',
        r'{"contents": [{"parts": [{"text": "half an emoji \ud83d"}]}]}',
        r'{"contents": [{"parts": [{"text": "Hi"}]}], "half an emoji \ude00": 1}',
    ],
)
def test_a_malformed_request_is_an_invalid_argument(content: str, gemini: Emulator) -> None:
    response = post(gemini, f"{PATH}:generateContent", content=content)

    assert response.status_code == 400
    assert response.json()["error"]["status"] == "INVALID_ARGUMENT"
    assert gemini.count(MODEL) == 1


def test_models_can_be_listed_and_got(sdk: Sdk) -> None:
    sdk.ask()

    assert f"models/{MODEL}" in [model.name for model in sdk.client.models.list()]
    assert sdk.client.models.get(model="any").name == "models/any"


def test_an_unknown_path_is_the_front_ends_page(gemini: Emulator) -> None:
    response = post(gemini, "/v2/nothing", json={})

    assert response.status_code == 404
    assert response.headers["content-type"].startswith("text/html")


def test_calls_are_kept_in_order_with_body_and_headers(gemini: Emulator, sdk: Sdk) -> None:
    sdk.ask("first")
    list(sdk.stream("second"))

    first, second = gemini.calls()
    assert (first.method, second.method) == ("generateContent", "streamGenerateContent")
    assert first.at <= second.at
    assert second.body["contents"][0]["parts"][0]["text"] == "second"
    assert first.headers["x-goog-api-key"] == "k"
    assert (gemini.count(MODEL), gemini.count("other")) == (2, 0)


def test_a_malformed_chunk_can_be_followed_by_the_rest(gemini: Emulator) -> None:
    gemini.behave(MODEL, "malformed-chunk", text="abcd", chunks=4, after_chunks=2, goes_on=True)

    stream = post(gemini, f"{PATH}:streamGenerateContent?alt=sse", json=CONTENTS).text

    before, _, after = stream.partition('data: {"candidates": [{"con\r\n\r\n')
    assert [re.findall(r'"text": "(\w)"', part) for part in (before, after)] == [
        ["a", "b"],
        ["c", "d"],
    ]
    assert '"finishReason": "STOP"' in after


def streamed(gemini: Emulator) -> Iterator[bytes]:
    url = f"{gemini.url}{PATH}:streamGenerateContent"
    with plain_http.stream("POST", url, json=CONTENTS, headers=HEADERS) as response:
        yield from response.iter_raw()


def test_an_array_that_is_cut_ends_within_an_item(gemini: Emulator) -> None:
    gemini.behave(MODEL, "cut", text="abcd", chunks=4, after_chunks=2)
    received: list[bytes] = []

    with pytest.raises(httpx2.RemoteProtocolError):
        received.extend(streamed(gemini))  # Keeps what came before the end.

    assert re.findall(rb'"text": "(\w)"', b"".join(received)) == [b"a", b"b"]


PREFILL = {
    "contents": [
        {"role": "user", "parts": [{"text": "Hi"}]},
        {"role": "model", "parts": [{"text": "ab"}]},
    ]
}


def test_a_request_that_ends_with_the_models_turn_is_gone_on_with(gemini: Emulator) -> None:
    gemini.behave(MODEL, "answer", text="abcd")

    response = post(gemini, f"{PATH}:generateContent", json=PREFILL).json()

    assert response["candidates"][0]["content"]["parts"] == [{"text": "cd"}]


def test_a_model_without_prefill_refuses_such_a_request(gemini: Emulator) -> None:
    gemini.behave(MODEL, "answer", text="abcd", prefill=False)

    refused = post(gemini, f"{PATH}:streamGenerateContent?alt=sse", json=PREFILL)
    answered = post(gemini, f"{PATH}:generateContent", json=CONTENTS)

    assert (refused.status_code, answered.status_code) == (400, 200)
    assert "end with a user role" in refused.text
