"""What real models and translators send, as visitors get it: streamed and plain, after one call."""

from __future__ import annotations

import json
import threading
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from tests.fallback.gemini.wire import HEAD, Send, data, event, upstream
from tests.functions.conftest import MODELS, Serve, configuration
from tools.emulator.server import Emulator
from tools.testkit.serving import ServedFunction, finish_reason_of, parse_sse, text_of

SLOWLY = 1.4
EMPTY = data({"candidates": [{"content": {}, "finishReason": "MAX_TOKENS", "index": 0}]})
WHOLE = {"candidates": [{"content": {"parts": [{"text": "all is well."}]}, "finishReason": "STOP"}]}
LINES = b"".join(
    b"data: " + line.encode() + b"\r\n" for line in json.dumps(WHOLE, indent=1).splitlines()
)


def words(reason: str, last: str) -> list[bytes | float]:
    said: list[bytes | float] = [
        event("One ", finishReason=reason),
        SLOWLY,
        event("two ", finishReason=reason),
        SLOWLY,
    ]
    return [*said, event("three.", finishReason=last)]


CASES: dict[str, tuple[Sequence[bytes | float], dict[str, Any], str, str]] = {
    "a finish reason in every event (BerriAI/litellm#2195)": (
        words("STOP", "STOP"),
        {},
        "One two three.",
        "stop",
    ),
    "protobuf's zero value in every event (epam/ai-dial-adapter-vertexai#85)": (
        words("FINISH_REASON_UNSPECIFIED", "STOP"),
        {},
        "One two three.",
        "stop",
    ),
    "in another case": (words("stop", "stop"), {}, "One two three.", "stop"),
    "in an event of its own before the text": (
        [event(finishReason="STOP"), SLOWLY, event("Hello")],
        {},
        "Hello",
        "stop",
    ),
    "between two texts": (
        [event("One "), event("", finishReason="STOP"), SLOWLY, event("two")],
        {},
        "One two",
        "stop",
    ),
    "one event in many lines": ([LINES + b"\r\n"], {}, "all is well.", "stop"),
    "separators of Unicode (florimondmanca/httpx-sse#34)": (
        [event("a\u2028b\u2029c\x85d"), event(" end.", finishReason="STOP")],
        {},
        "a\u2028b\u2029c\x85d end.",
        "stop",
    ),
    "thoughts eat max_tokens (stanford-crfm/helm#3804)": (
        [EMPTY],
        {"max_tokens": 10},
        "",
        "length",
    ),
    "a stop text comes first": ([event(finishReason="STOP")], {"stop": ["One"]}, "", "stop"),
}


@pytest.mark.parametrize("stream", [False, True], ids=["plain", "streamed"])
@pytest.mark.parametrize("case", CASES)
def test_an_odd_answer_is_whole_after_one_call(start: Serve, case: str, stream: bool) -> None:
    steps, fields, text, finish_reason = CASES[case]
    over = threading.Event()

    def script(send: Send) -> None:
        send(HEAD)
        for step in steps:
            if isinstance(step, float):
                over.wait(step)
            else:
                send(step)

    with upstream(script) as gemini:
        chat = start("chat", GOOGLE_GEMINI_BASE_URL=gemini.url)
        reply = chat.chat(stream=stream, **fields)

    assert reply.status_code == 200
    if stream:
        events = parse_sse(reply.text)
        assert (text_of(events), finish_reason_of(events)) == (text, finish_reason)
        assert events[-1] == "[DONE]"
        assert not {"\u2028", "\u2029", "\x85"} & set(reply.text)
    else:
        (choice,) = reply.json()["choices"]
        assert (choice["message"]["content"] or "", choice["finish_reason"]) == (
            text,
            finish_reason,
        )
    assert len(gemini.requests) == 1


def test_tokens_counted_in_texts_are_passed_on(start: Serve) -> None:
    counts = {"promptTokenCount": "12", "candidatesTokenCount": "3", "totalTokenCount": "15"}
    answer = HEAD + data({**WHOLE, "usageMetadata": counts})
    with upstream(lambda send: send(answer)) as gemini:
        usage = start("chat", GOOGLE_GEMINI_BASE_URL=gemini.url).chat().json()["usage"]

    assert (usage["prompt_tokens"], usage["completion_tokens"], usage["total_tokens"]) == (
        12,
        3,
        15,
    )


def test_a_caller_s_limit_leaves_room_for_text_beside_thoughts(
    gemini: Emulator, chat: ServedFunction
) -> None:
    gemini.behave("*", "answer", text="word " * 200, thoughts=True)

    reply = chat.chat(max_tokens=10).json()

    (call,) = gemini.calls()
    settings = call.body["generationConfig"]
    assert settings["thinkingConfig"] == {"thinkingLevel": "LOW", "includeThoughts": True}
    assert settings["maxOutputTokens"] == 10 + 1_024
    assert reply["choices"][0]["finish_reason"] == "length"
    assert 0 < len(reply["choices"][0]["message"]["content"]) <= 40


def test_a_model_that_thinks_at_length_answers_itself(
    gemini: Emulator, start: Serve, tmp_path: Path
) -> None:
    gemini.behave("*", "answer", text="Hello", thoughts=True, chunks=1, chunk_seconds=1.1)
    short = {"first_text_seconds = 10": "first_text_seconds = 3"}
    chat = start("chat", NEXUS_CONFIG=str(configuration(tmp_path / "short.toml", short)))

    reply = chat.chat().json()

    assert (reply["model"], reply["choices"][0]["message"]["content"]) == (MODELS[0], "Hello")


def test_an_endless_answer_ends_as_too_long(start: Serve) -> None:
    def script(send: Send) -> None:
        send(HEAD)
        for _ in range(64):
            send(event("x" * 100_000))

    with upstream(script) as gemini:
        reply = start("chat", GOOGLE_GEMINI_BASE_URL=gemini.url).chat().json()

    (choice,) = reply["choices"]
    assert choice["finish_reason"] == "length"
    assert len(choice["message"]["content"]) == 8_192 * 32


def test_a_model_that_takes_no_level_is_told_to_the_operator_once(
    gemini: Emulator, chat: ServedFunction
) -> None:
    gemini.behave(MODELS[0], "invalid-argument", times=1)

    models = [chat.chat().json()["model"] for _ in range(3)]

    assert models == [MODELS[0]] * 3
    assert gemini.count(MODELS[0]) == 4
    assert len(chat.events("model.thinking_refused")) == 1
    assert chat.events("attempt.failed") == []


def test_two_names_of_one_model_are_told_to_the_operator(
    gemini: Emulator, chat: ServedFunction
) -> None:
    gemini.behave(MODELS[0], "answer", times=1)
    gemini.behave(MODELS[0], "per-minute")
    gemini.behave(MODELS[1], "answer", model_version=MODELS[0])

    for _ in range(3):
        assert chat.chat().status_code == 200

    (event_,) = chat.events("model.duplicate")
    assert (event_["model"], event_["same_as"]) == (MODELS[1], MODELS[0])
