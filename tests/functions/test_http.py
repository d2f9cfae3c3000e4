"""The HTTP contract: each bad request gets its row, at once and without a call to Gemini."""

from __future__ import annotations

import contextlib
import gzip
import json
import socket
import time
from collections.abc import Iterator
from typing import Any

import pytest

from tests.functions.conftest import MODELS
from tools.emulator.server import Emulator
from tools.testkit import plain_http
from tools.testkit.serving import (
    API_KEY,
    ServedFunction,
    finish_reason_of,
    parse_sse,
    peak_kilobytes,
    serve,
    text_of,
)

ORIGIN = "https://chat.example.com"
THOUGHT_TOKENS = 1_024
"""The room that thoughts get beside a short text."""
USER = {"role": "user", "content": "Hello"}


@pytest.fixture(scope="module")
def upstream() -> Iterator[Emulator]:
    with Emulator() as emulator:
        yield emulator


@pytest.fixture(scope="module")
def served(
    upstream: Emulator, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[dict[str, ServedFunction]]:
    """Both functions, for all tests of this file: none of them opens a window."""
    folder = tmp_path_factory.mktemp("http")
    environ = {
        "GEMINI_API_KEY": API_KEY,
        "GOOGLE_GEMINI_BASE_URL": upstream.url,
        "NEXUS_STATE": f"sqlite:{folder / 'nexus.db'}",
        "NEXUS_ALLOWED_ORIGINS": f"{ORIGIN}, http://127.0.0.1:8080",
    }
    with contextlib.ExitStack() as stack:
        yield {
            target: stack.enter_context(serve(target, environ, folder / f"{target}.log"))
            for target in ("chat", "check_availability")
        }


@pytest.fixture
def gemini(upstream: Emulator) -> Emulator:
    upstream.reset()
    return upstream


@pytest.fixture
def chat(served: dict[str, ServedFunction]) -> ServedFunction:
    return served["chat"]


@pytest.fixture
def available(served: dict[str, ServedFunction]) -> ServedFunction:
    return served["check_availability"]


def said(*messages: dict[str, Any], **fields: Any) -> bytes:
    return json.dumps({"messages": list(messages), **fields}).encode()


def message(content: object, role: object = "user") -> bytes:
    return said({"role": role, "content": content})


BadBody = tuple[str, bytes, int, str, str | None]
BAD_BODIES: list[BadBody] = [
    ("empty", b"", 400, "invalid_json", None),
    ("half", b'{"messages": [', 400, "invalid_json", None),
    ("broken UTF-8", b'{"messages": "\xff\xfe"}', 400, "invalid_json", None),
    ("deep", b"[" * 100_000, 400, "invalid_json", None),
    ("NaN", message("x")[:-1] + b', "x": NaN}', 400, "invalid_json", None),
    ("Infinity", message("x")[:-1] + b', "top_p": -Infinity}', 400, "invalid_json", None),
    ("too many digits", b'{"top_p": ' + b"9" * 100_000 + b"}", 400, "invalid_json", None),
    ("a huge number", message("x")[:-1] + b', "top_p": 1e400}', 400, "invalid_request", "top_p"),
    (
        "the older of two is checked too",
        said(USER, max_completion_tokens=5, max_tokens="many"),
        400,
        "invalid_request",
        "max_tokens",
    ),
    (
        "a key twice, the last counts",
        b'{"messages": 1, "messages": []}',
        400,
        "invalid_request",
        "messages",
    ),
    ("a list", b"[]", 400, "invalid_request", None),
    ("a number", b"7", 400, "invalid_request", None),
    ("no messages", b"{}", 400, "invalid_request", "messages"),
    ("messages is a text", b'{"messages": "hi"}', 400, "invalid_request", "messages"),
    ("empty messages", said(), 400, "invalid_request", "messages"),
    ("a message is a text", b'{"messages": ["hi"]}', 400, "invalid_request", "messages.0"),
    ("no content", said({"role": "user"}), 400, "invalid_request", "messages.0.content"),
    ("empty content", message(""), 400, "invalid_request", "messages.0.content"),
    ("blank content", message(" \n"), 400, "invalid_request", "messages.0.content"),
    ("content is a number", message(7), 400, "invalid_request", "messages.0.content"),
    ("empty parts", message([]), 400, "invalid_request", "messages.0.content"),
    (
        "an image",
        message([{"type": "image_url", "image_url": {"url": "x"}}]),
        400,
        "unsupported_parameter",
        "messages.0.content.0",
    ),
    (
        "a part without text",
        message([{"type": "text"}]),
        400,
        "invalid_request",
        "messages.0.content.0.text",
    ),
    ("no role", said({"content": "x"}), 400, "invalid_request", "messages.0.role"),
    ("an unknown role", message("x", "robot"), 400, "invalid_request", "messages.0.role"),
    ("a role that is a list", message("x", []), 400, "invalid_request", "messages.0.role"),
    ("nothing but an empty answer", message("", "assistant"), 400, "invalid_request", "messages"),
    ("a tool's result", message("7", "tool"), 400, "unsupported_parameter", "messages.0.role"),
    ("tools", said(USER, tools=[{}]), 400, "unsupported_parameter", "tools"),
    ("seven answers", said(USER, n=7), 400, "unsupported_parameter", "n"),
    (
        "an unknown format",
        said(USER, response_format={"type": "xml"}),
        400,
        "invalid_request",
        "response_format.type",
    ),
    ("too many messages", said(*[USER] * 201), 400, "invalid_request", "messages"),
    ("another model", said(USER, model="gpt-9"), 404, "model_not_found", "model"),
    ("a Gemini model", said(USER, model=MODELS[0]), 404, "model_not_found", "model"),
    ("temperature too high", said(USER, temperature=2.1), 400, "invalid_request", "temperature"),
    ("temperature true", said(USER, temperature=True), 400, "invalid_request", "temperature"),
    (
        "temperature NaN",
        said(USER, temperature=float("nan")),
        400,
        "invalid_json",
        None,
    ),
    ("top_p negative", said(USER, top_p=-0.1), 400, "invalid_request", "top_p"),
    ("max_tokens zero", said(USER, max_tokens=0), 400, "invalid_request", "max_tokens"),
    ("max_tokens half", said(USER, max_tokens=1.5), 400, "invalid_request", "max_tokens"),
    (
        "max_completion_tokens text",
        said(USER, max_completion_tokens="9"),
        400,
        "invalid_request",
        "max_completion_tokens",
    ),
    ("stop is a number", said(USER, stop=7), 400, "invalid_request", "stop"),
    ("six stops", said(USER, stop=["a"] * 6), 400, "invalid_request", "stop"),
    ("a stop is a number", said(USER, stop=[7]), 400, "invalid_request", "stop"),
    ("stream is a text", said(USER, stream="yes"), 400, "invalid_request", "stream"),
    ("user is a number", said(USER, user=7), 400, "invalid_request", "user"),
    ("stream_options", said(USER, stream_options=[]), 400, "invalid_request", "stream_options"),
    (
        "include_usage",
        said(USER, stream_options={"include_usage": 1}),
        400,
        "invalid_request",
        "stream_options.include_usage",
    ),
    (
        "a million characters",
        message("x" * 1_000_000),
        413,
        "request_too_large",
        "messages.0.content",
    ),
    (
        "too long together",
        said(*[{"role": "user", "content": "x" * 90_000}] * 5),
        413,
        "request_too_large",
        "messages",
    ),
    ("10 MB", b'{"messages": "' + b"x" * 10_000_000 + b'"}', 413, "request_too_large", None),
]


@pytest.mark.parametrize("row", BAD_BODIES, ids=[row[0] for row in BAD_BODIES])
def test_a_bad_body_gets_its_row(gemini: Emulator, chat: ServedFunction, row: BadBody) -> None:
    _, body, status, code, param = row

    reply = plain_http.post(
        chat.url, content=body, headers={"Content-Type": "application/json"}, timeout=60
    )

    error = reply.json()["error"]
    assert (reply.status_code, error["code"], error["param"]) == (status, code, param)
    assert error["type"] == "invalid_request_error"
    assert error["message"].endswith(".")
    assert error["request_id"] == reply.headers["X-Request-Id"]
    assert gemini.calls() == []


def test_a_body_of_unknown_length_is_limited_too(chat: ServedFunction) -> None:
    reply = plain_http.post(
        chat.url,
        content=(b"x" * 65536 for _ in range(64)),
        headers={"Content-Type": "application/json"},
        timeout=60,
    )

    assert (reply.status_code, reply.json()["error"]["code"]) == (413, "request_too_large")


def raw(chat: ServedFunction, *head: str, body: bytes = b"") -> bytes:
    """The whole reply to a request that no library would send."""
    with socket.create_connection(("127.0.0.1", chat.port), timeout=20) as connection:
        lines = ["POST / HTTP/1.1", "Host: x", "Content-Type: application/json", *head, "", ""]
        connection.sendall("\r\n".join(lines).encode() + body)
        reply = b""
        while b"}}" not in reply and (more := connection.recv(65536)):
            reply += more
        return reply


def test_a_broken_chunked_body_is_the_client_s_mistake(chat: ServedFunction) -> None:
    reply = raw(chat, "Transfer-Encoding: chunked", body=b"zz\r\nnonsense\r\n")

    assert reply.startswith(b"HTTP/1.1 400")


def test_a_huge_body_is_not_kept_in_memory(chat: ServedFunction) -> None:
    chat.chat()
    before = peak_kilobytes(chat)
    chunks = (b"x" * 1_000_000 for _ in range(30))

    reply = plain_http.post(
        chat.url, content=chunks, headers={"Content-Type": "application/json"}, timeout=60
    )

    assert reply.status_code == 413
    assert peak_kilobytes(chat) - before < 20_000


@pytest.mark.parametrize(
    ("method", "path", "status", "code"),
    [
        ("GET", "/", 405, "method_not_allowed"),
        ("PUT", "/v1/chat/completions", 405, "method_not_allowed"),
        ("DELETE", "/", 405, "method_not_allowed"),
        ("POST", "/v1/models", 405, "method_not_allowed"),
        ("POST", "/v1/completions", 404, "not_found"),
        ("POST", "/v1/responses", 404, "not_found"),
        ("POST", "/v1/embeddings", 404, "not_found"),
        ("GET", "/v1/models/gpt-9", 404, "model_not_found"),
        ("GET", "/etc/passwd", 404, "not_found"),
        ("GET", "/../../nexus.toml", 404, "not_found"),
    ],
)
def test_other_addresses_and_methods(
    chat: ServedFunction, method: str, path: str, status: int, code: str
) -> None:
    reply = plain_http.request(method, chat.url + path, timeout=60)

    assert (reply.status_code, reply.json()["error"]["code"]) == (status, code)
    assert ("Allow" in reply.headers) == (status == 405)
    if code == "not_found":
        assert "/chat/completions" in reply.json()["error"]["message"]


@pytest.mark.parametrize("content_type", [None, "text/plain", "application/x-www-form-urlencoded"])
def test_anything_but_json_is_unsupported(chat: ServedFunction, content_type: str | None) -> None:
    headers = {} if content_type is None else {"Content-Type": content_type}

    reply = plain_http.post(chat.url, content=said(USER), headers=headers, timeout=60)

    assert (reply.status_code, reply.json()["error"]["code"]) == (415, "unsupported_media_type")


@pytest.mark.parametrize("coding", ["gzip", "br", "identity, gzip"])
def test_a_compressed_body_is_unsupported(chat: ServedFunction, coding: str) -> None:
    reply = plain_http.post(
        chat.url,
        content=gzip.compress(said(USER)),
        headers={"Content-Type": "application/json", "Content-Encoding": coding},
        timeout=60,
    )

    error = reply.json()["error"]
    assert (reply.status_code, error["code"]) == (415, "unsupported_media_type")
    assert "Content-Encoding" in error["message"]


def test_a_body_that_is_said_to_be_as_it_is_is_read(chat: ServedFunction) -> None:
    headers = {"Content-Type": "application/json", "Content-Encoding": "Identity"}

    assert (
        plain_http.post(chat.url, content=said(USER), headers=headers, timeout=60).status_code
        == 200
    )


def test_a_whole_answer(gemini: Emulator, chat: ServedFunction) -> None:
    gemini.behave("*", "answer", text="Hello — 你好", model_version="gemini-3.8-flash-001")

    reply = chat.chat("Hi")

    body = reply.json()
    assert reply.headers["Content-Type"] == "application/json; charset=utf-8"
    assert (body["object"], body["model"]) == ("chat.completion", "gemini-3.8-flash-001")
    assert body["choices"][0]["message"] == {
        "role": "assistant",
        "content": "Hello — 你好",
        "refusal": None,
    }
    assert body["choices"][0]["finish_reason"] == "stop"
    usage = body["usage"]
    assert usage["total_tokens"] == usage["prompt_tokens"] + usage["completion_tokens"] > 0
    assert body["nexus"] == {
        "display_name": "Gemini 3.8 Flash",
        "fallbacks": 0,
        "request_id": reply.headers["X-Request-Id"],
        "hint": body["nexus"]["hint"],
    }


def test_a_streamed_answer(gemini: Emulator, chat: ServedFunction) -> None:
    gemini.behave("*", "answer", text="One two three — 你好", chunks=4)

    events = chat.stream("Hi")

    assert text_of(events) == "One two three — 你好"
    assert finish_reason_of(events) == "stop"
    assert events[-1] == "[DONE]"
    first, *others = [event for event in events if isinstance(event, dict)]
    assert first["nexus"]["display_name"] == "Gemini 3.8 Flash"
    assert first["choices"][0]["delta"]["role"] == "assistant"
    assert {event["object"] for event in (first, *others)} == {"chat.completion.chunk"}
    assert len({event["id"] for event in (first, *others)}) == 1
    assert not any("nexus" in event for event in others)


def test_usage_is_included_where_it_is_asked_for(gemini: Emulator, chat: ServedFunction) -> None:
    events = chat.stream("Hi", stream_options={"include_usage": True})

    *chunks, usage, done = events
    assert done == "[DONE]"
    assert isinstance(usage, dict)
    assert usage["choices"] == []
    assert usage["usage"]["total_tokens"] > 0
    assert all(isinstance(chunk, dict) and chunk["usage"] is None for chunk in chunks)


def test_a_stream_is_sent_as_it_comes(gemini: Emulator, chat: ServedFunction) -> None:
    gemini.behave("*", "stall", text="abcdef", chunks=6, after_chunks=3)

    with plain_http.stream(
        "POST", chat.url, json={"messages": [USER], "stream": True}, timeout=15
    ) as reply:
        assert reply.headers["Content-Type"] == "text/event-stream; charset=utf-8"
        lines = reply.iter_lines()
        text = ""
        while text != "abc":  # The model says no more; what it said must be here.
            if line := next(lines):
                text += json.loads(line.removeprefix("data: "))["choices"][0]["delta"]["content"]


def test_what_is_asked_reaches_the_model(gemini: Emulator, chat: ServedFunction) -> None:
    chat.chat(
        "Third",
        messages=[
            {"role": "system", "content": "Speak like a pirate."},
            {
                "role": "user",
                "content": [{"type": "text", "text": "Fi"}, {"type": "text", "text": "rst"}],
            },
            {"role": "assistant", "content": "Second"},
            {"role": "user", "content": "Third"},
            {"role": "user", "content": "Fourth"},
        ],
        temperature=0.5,
        top_p=1,
        max_tokens=100,
        stop="END",
        model="nexus",
        seed=7,
    )

    body = gemini.calls()[0].body
    instructions = [part["text"] for part in body["systemInstruction"]["parts"]]
    assert "You are Nexus Core" in instructions[0]
    assert instructions[1] == "Speak like a pirate."
    assert [(c["role"], c["parts"][0]["text"]) for c in body["contents"]] == [
        ("user", "First"),
        ("model", "Second"),
        ("user", "Third\n\nFourth"),
    ]
    generation = body["generationConfig"]
    assert generation == {
        "temperature": 0.5,
        "topP": 1.0,
        "maxOutputTokens": 100 + THOUGHT_TOKENS,
        "stopSequences": ["END"],
        "thinkingConfig": {"thinkingLevel": "LOW", "includeThoughts": True},
    }


@pytest.mark.parametrize("stream", [True, False])
def test_a_prefill_is_gone_on_with(gemini: Emulator, chat: ServedFunction, stream: bool) -> None:
    gemini.behave("*", "answer", text="The quick brown fox jumps.", chunks=5)
    begun = [USER, {"role": "assistant", "content": "The quick"}]

    if stream:
        text = text_of(chat.stream(messages=begun))
    else:
        text = chat.chat(messages=begun).json()["choices"][0]["message"]["content"]

    assert text == " brown fox jumps."
    assert [turn["role"] for turn in gemini.calls()[0].body["contents"]] == [
        "user",
        "model",
        "user",
    ]


@pytest.mark.parametrize(
    "messages",
    [
        [{"role": "developer", "content": "Be brief."}, USER],
        [{"role": "system", "content": "Greet the visitor."}],
        [{"role": "assistant", "content": "How can I help?"}, USER],
        [
            USER,
            {"role": "assistant", "content": "Hello"},
            {"role": "system", "content": "BLUE"},
            USER,
        ],
    ],
)
def test_orders_of_roles_that_clients_send_are_answered(
    chat: ServedFunction, messages: list[dict[str, str]]
) -> None:
    assert chat.chat(messages=messages).json()["choices"][0]["message"]["content"]


def test_line_separators_of_unicode_do_not_end_a_line_of_a_stream(
    gemini: Emulator, chat: ServedFunction
) -> None:
    gemini.behave("*", "answer", text="a\u2028b\u2029c\x85d", chunks=2)

    reply = chat.chat(stream=True)

    assert all(line.startswith("data: ") for line in reply.text.splitlines() if line)
    assert text_of(parse_sse(reply.text)) == "a\u2028b\u2029c\x85d"


@pytest.mark.parametrize("content", ["", None])
def test_an_answer_that_policy_has_emptied_may_be_sent_back(
    gemini: Emulator, chat: ServedFunction, content: str | None
) -> None:
    history = [USER, {"role": "assistant", "content": content}, USER]

    assert chat.chat(messages=history).status_code == 200
    assert len(gemini.calls()[0].body["contents"]) == 1


SCHEMA = {"type": "object", "properties": {"answer": {"type": "string"}}}
JSON_SCHEMA = {"name": "answer", "schema": SCHEMA, "strict": True}


@pytest.mark.parametrize(
    ("response_format", "asked"),
    [
        ({"type": "text"}, {}),
        ({"type": "json_object"}, {"responseMimeType": "application/json"}),
        (
            {"type": "json_schema", "json_schema": JSON_SCHEMA},
            {"responseMimeType": "application/json", "responseJsonSchema": SCHEMA},
        ),
    ],
)
def test_a_response_format_is_asked_of_the_model_in_its_own_words(
    gemini: Emulator, chat: ServedFunction, response_format: object, asked: dict[str, object]
) -> None:
    chat.chat(response_format=response_format)

    generation = gemini.calls()[0].body["generationConfig"]
    assert {k: v for k, v in generation.items() if k.startswith("response")} == asked


def test_an_answer_is_never_longer_than_the_service_allows(
    gemini: Emulator, chat: ServedFunction
) -> None:
    chat.chat(max_completion_tokens=10**9)

    assert gemini.calls()[0].body["generationConfig"]["maxOutputTokens"] == 8192


def test_the_one_model_is_listed(chat: ServedFunction) -> None:
    body = plain_http.get(f"{chat.url}/v1/models", timeout=60).json()

    assert [model["id"] for model in body["data"]] == ["nexus"]
    assert plain_http.get(f"{chat.url}/v1/models/nexus", timeout=60).json() == body["data"][0]
    assert plain_http.get(f"{chat.url}/v1/models/other", timeout=60).status_code == 404


def test_every_reply_has_an_id_and_is_kept_by_no_cache(chat: ServedFunction) -> None:
    replies = [
        chat.chat(),
        plain_http.get(chat.url, timeout=60),
        plain_http.options(chat.url, timeout=60),
    ]

    for reply in replies:
        assert len(reply.headers["X-Request-Id"]) == 32
        assert "no-store" in reply.headers["Cache-Control"]
        assert reply.headers["X-Content-Type-Options"] == "nosniff"
        assert "default-src 'none'" in reply.headers["Content-Security-Policy"]
        assert reply.headers["Referrer-Policy"] == "no-referrer"
        assert reply.headers["Cross-Origin-Resource-Policy"] == "same-origin"
    assert len({reply.headers["X-Request-Id"] for reply in replies}) == 3


def test_a_caller_cannot_choose_the_id_of_a_request(chat: ServedFunction) -> None:
    forged = "0" * 32

    reply = plain_http.get(
        chat.url, headers={"X-Request-Id": forged, "X-Cloud-Trace-Context": forged}, timeout=60
    )

    assert reply.headers["X-Request-Id"] != forged
    assert forged not in reply.text
    assert forged not in chat.log.read_text()


def test_a_whole_number_may_be_written_as_a_fraction(
    gemini: Emulator, chat: ServedFunction
) -> None:
    chat.chat(max_tokens=5.0)

    assert gemini.calls()[0].body["generationConfig"]["maxOutputTokens"] == 5 + THOUGHT_TOKENS


@pytest.mark.parametrize("origin", [ORIGIN, "http://127.0.0.1:8080"])
def test_pages_of_allowed_origins_may_ask(chat: ServedFunction, origin: str) -> None:
    wanted = "authorization,content-type,x-stainless-lang"
    preflight = plain_http.options(
        chat.url,
        headers={
            "Origin": origin,
            "Access-Control-Request-Method": "POST",
            "Access-Control-Request-Headers": wanted,
        },
        timeout=60,
    )
    reply = plain_http.get(chat.url, headers={"Origin": origin}, timeout=60)

    assert preflight.status_code == 204
    assert preflight.headers["Access-Control-Allow-Origin"] == origin
    assert "POST" in preflight.headers["Access-Control-Allow-Methods"]
    assert preflight.headers["Access-Control-Allow-Headers"] == wanted
    assert reply.headers["Access-Control-Allow-Origin"] == origin
    assert "X-Should-Retry" in reply.headers["Access-Control-Expose-Headers"]
    assert reply.headers["Vary"] == "Origin"


@pytest.mark.parametrize("origin", ["https://evil.example", "null", f"{ORIGIN}.evil.example"])
def test_pages_of_other_origins_may_not(chat: ServedFunction, origin: str) -> None:
    for method in ("OPTIONS", "GET"):
        reply = plain_http.request(method, chat.url, headers={"Origin": origin}, timeout=60)
        assert "Access-Control-Allow-Origin" not in reply.headers


def test_availability(available: ServedFunction) -> None:
    reply = plain_http.get(f"{available.url}/any/path", headers={"Origin": ORIGIN}, timeout=60)

    body = reply.json()
    assert (body["available"], body["status"], body["retry_at"]) == (True, "operational", None)
    assert body["retry_after_seconds"] == 0
    assert [model["state"] for model in body["models"]] == ["available"] * 5
    assert body["models"][0] == {
        "display_name": "Gemini 3.8 Flash",
        "state": "available",
        "until": None,
    }
    assert "gemini-3" not in reply.text
    assert reply.headers["Cache-Control"] == "public, max-age=2"
    assert reply.headers["Access-Control-Allow-Origin"] == ORIGIN


def test_an_unchanged_availability_is_not_sent_again(available: ServedFunction) -> None:
    first = plain_http.get(available.url, timeout=60)

    again = plain_http.get(
        available.url, headers={"If-None-Match": first.headers["ETag"]}, timeout=60
    )
    other = plain_http.get(available.url, headers={"If-None-Match": 'W/"else"'}, timeout=60)

    assert (again.status_code, again.content) == (304, b"")
    assert again.headers["ETag"] == first.headers["ETag"]
    assert other.status_code == 200


def test_availability_takes_no_post(available: ServedFunction) -> None:
    reply = plain_http.post(available.url, json={}, timeout=60)

    assert (reply.status_code, reply.json()["error"]["code"]) == (405, "method_not_allowed")


def test_availability_never_asks_a_model(gemini: Emulator, available: ServedFunction) -> None:
    available.availability()

    assert gemini.calls() == []


def test_a_reader_who_leaves_ends_the_call_to_the_model(
    gemini: Emulator, chat: ServedFunction
) -> None:
    gemini.behave("*", "answer", text="word " * 2000, chunks=1000, chunk_seconds=0.01)
    body = said(USER, stream=True)
    with socket.create_connection(("127.0.0.1", chat.port)) as reader:
        head = ["POST / HTTP/1.1", "Host: x", "Content-Type: application/json"]
        head += [f"Content-Length: {len(body)}", "", ""]
        reader.sendall("\r\n".join(head).encode() + body)
        assert b"200 OK" in reader.recv(4096)

    give_up_at = time.monotonic() + 60
    while not chat.events("chat.abandoned"):
        assert time.monotonic() < give_up_at
