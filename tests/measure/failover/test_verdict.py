"""What a visitor got is whole, late, honest or false."""

from __future__ import annotations

import json
from typing import Any

import pytest

from measure.bench.load import GIVE_UP_SECONDS, Reply
from measure.failover.verdict import TOKENS, Answer, Verdict, judge, read, worst
from tools.emulator.scenarios import TEXT, Limits

LIMITS = Limits(first_text=15, end=45)
HALF = " ".join(TEXT.split()[:10])


def answer(**fields: Any) -> Answer:
    whole: dict[str, Any] = {
        "seconds": 1.0,
        "first_text_seconds": 0.5,
        "text": TEXT,
        "finish_reason": "stop",
        "model": "b",
        "tokens": TOKENS,
    }
    return Answer(**whole | fields)


@pytest.mark.parametrize(
    ("fields", "verdict", "why"),
    [
        ({}, Verdict.WHOLE, ""),
        ({"first_text_seconds": 15.0, "seconds": 45.0}, Verdict.WHOLE, ""),
        ({"first_text_seconds": 15.1}, Verdict.LATE, "first text after 15.1 s"),
        ({"seconds": 45.1}, Verdict.LATE, "end after 45.1 s"),
        ({"error": "models_exhausted"}, Verdict.HONEST, "models_exhausted"),
        ({"text": HALF, "error": "answer_interrupted"}, Verdict.HONEST, "answer_interrupted"),
        ({"text": "", "finish_reason": "content_filter"}, Verdict.HONEST, "content_filter"),
        ({"is_broken": True}, Verdict.HONEST, "the connection breaks"),
        (
            {"is_broken": True, "seconds": GIVE_UP_SECONDS},
            Verdict.FALSE,
            "no end within 120 s",
        ),
        ({"text": HALF}, Verdict.FALSE, "10 of 60 words, finish reason stop"),
        ({"text": "", "finish_reason": None}, Verdict.FALSE, "0 of 60 words, finish reason None"),
        ({"text": HALF + TEXT}, Verdict.FALSE, "words twice, finish reason stop"),
        ({"text": TEXT[4:]}, Verdict.FALSE, "words missing, finish reason stop"),
        ({"finish_reason": "length"}, Verdict.FALSE, "finish reason length"),
        ({"finish_reason": None}, Verdict.FALSE, "finish reason None"),
    ],
)
def test_an_answer_is_judged(fields: dict[str, Any], verdict: Verdict, why: str) -> None:
    assert judge(answer(**fields), LIMITS) == (verdict, why)


@pytest.mark.parametrize(
    ("fields", "verdict"),
    [
        ({}, Verdict.WHOLE),
        ({"model": "a"}, Verdict.FALSE),
        ({"tokens": 2 * TOKENS}, Verdict.FALSE),
        ({"tokens": None}, Verdict.FALSE),
    ],
)
def test_where_it_is_counted_the_model_and_its_tokens_must_be_right(
    fields: dict[str, Any], verdict: Verdict
) -> None:
    assert judge(answer(**fields), LIMITS, answered_by="b")[0] == verdict


def test_the_worst_chat_decides() -> None:
    chats = [(Verdict.WHOLE, ""), (Verdict.FALSE, "first"), (Verdict.LATE, ""), (Verdict.FALSE, "")]

    assert worst(chats) == (Verdict.FALSE, "first")


def reply(*events: dict[str, Any] | str, status: int = 200) -> Reply:
    lines = [event if isinstance(event, str) else json.dumps(event) for event in events]
    body = "".join(f"data: {line}\n\n" for line in lines)
    return Reply(0.0, status, 2.0, 1.0, 0, body.encode())


def chunk(text: str | None, reason: str | None = None) -> dict[str, Any]:
    delta = {} if text is None else {"content": text}
    return {"model": "b", "choices": [{"index": 0, "delta": delta, "finish_reason": reason}]}


def test_a_stream_is_read_as_a_client_reads_it() -> None:
    usage = {"model": "b", "choices": [], "usage": {"completion_tokens": 7}}

    read_ = read(reply(chunk("Hel"), chunk("lo"), chunk(None, "stop"), usage, "[DONE]"))

    assert read_ == answer(
        seconds=2.0, first_text_seconds=1.0, text="Hello", finish_reason="stop", tokens=7
    )


def test_an_error_in_a_stream_is_read() -> None:
    read_ = read(reply(chunk("Hel"), {"error": {"code": "answer_interrupted", "message": "Oh."}}))

    assert (read_.text, read_.error) == ("Hel", "answer_interrupted")


def test_a_status_that_is_not_200_is_an_error_whatever_it_carries() -> None:
    assert read(reply("Bad gateway", status=502)).error == "502"


def test_a_connection_that_fails_is_broken() -> None:
    assert read(Reply(0.0, 0, 2.0, None, 0, b"")).is_broken
