"""Judges what a visitor got: whole, late, honest or false."""

from __future__ import annotations

import enum
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from measure.bench.load import GIVE_UP_SECONDS, Reply
from tools.emulator.scenarios import TEXT, Limits

TOKENS = -(-len(TEXT) // 4)
"""How many tokens the emulator counts for the answer."""


class Verdict(enum.StrEnum):
    """What a visitor got, from the best to the worst."""

    WHOLE = "whole"
    """The complete answer in time."""
    LATE = "late"
    """The complete answer after a limit of the scenario."""
    HONEST = "honest"
    """An error that says so."""
    FALSE = "false"
    """A cut or wrong answer shown as complete, or no end at all."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What a client reads in one streamed reply.

    Attributes:
        seconds: Until its end.
        first_text_seconds: Until its first text; None if it had none.
        is_broken: The connection failed.
        error: What it says has gone wrong; None if it says nothing of the kind.
        text: All of its text.
        finish_reason: Why it ended, as it says.
        model: Who answered, as it says.
        tokens: How many tokens the answer had, as it says.
    """

    seconds: float
    first_text_seconds: float | None
    is_broken: bool = False
    error: str | None = None
    text: str = ""
    finish_reason: str | None = None
    model: str | None = None
    tokens: int | None = None


def read(reply: Reply) -> Answer:
    """Reads a reply as a client of the OpenAI format does."""
    events = [_object(line) for line in reply.body.decode(errors="replace").splitlines()]
    found = [event for event in events if event is not None]
    errors = [event["error"] for event in found if event.get("error")]
    choices = [choice for event in found for choice in event.get("choices") or []]
    return Answer(
        seconds=reply.seconds,
        first_text_seconds=reply.first_text_seconds,
        is_broken=reply.status == 0,
        error=_named(errors[0]) if errors else f"{reply.status}" if reply.status != 200 else None,
        text="".join((choice.get("delta") or {}).get("content") or "" for choice in choices),
        finish_reason=_last(choice.get("finish_reason") for choice in choices),
        model=_last(event.get("model") for event in found),
        tokens=_last((event.get("usage") or {}).get("completion_tokens") for event in found),
    )


def judge(answer: Answer, limits: Limits, *, answered_by: str | None = None) -> tuple[Verdict, str]:
    """Judges one answer, and says why it is not whole.

    Args:
        answer: What the client read.
        limits: When a whole answer is late.
        answered_by: The model that really answered, if its name and its tokens must be right.
    """
    if answer.is_broken:
        if answer.seconds >= GIVE_UP_SECONDS:
            return Verdict.FALSE, f"no end within {GIVE_UP_SECONDS:g} s"
        return Verdict.HONEST, "the connection breaks"
    if answer.error is not None:
        return Verdict.HONEST, answer.error
    if answer.finish_reason == "content_filter":
        return Verdict.HONEST, "content_filter"
    if answer.text != TEXT:
        return Verdict.FALSE, f"{_shown(answer.text)}, finish reason {answer.finish_reason}"
    if answer.finish_reason != "stop":
        return Verdict.FALSE, f"finish reason {answer.finish_reason}"
    if answered_by is not None and answer.model != answered_by:
        return Verdict.FALSE, f"says that {answer.model} answered"
    if answered_by is not None and answer.tokens != TOKENS:
        return Verdict.FALSE, f"counts {answer.tokens} tokens of {TOKENS}"
    if (answer.first_text_seconds or 0) > limits.first_text:
        return Verdict.LATE, f"first text after {answer.first_text_seconds:.1f} s"
    if answer.seconds > limits.end:
        return Verdict.LATE, f"end after {answer.seconds:.1f} s"
    return Verdict.WHOLE, ""


def worst(judgements: list[tuple[Verdict, str]]) -> tuple[Verdict, str]:
    """The first of the worst judgements."""
    order = list(Verdict)
    return max(judgements, key=lambda judgement: order.index(judgement[0]))


def _object(line: str) -> Mapping[str, Any] | None:
    try:
        value = json.loads(line.removeprefix("data:"))
    except ValueError:
        return None
    return value if isinstance(value, dict) else None


def _named(error: Any) -> str:
    if not isinstance(error, dict):
        return str(error)[:60]
    return str(error.get("code") or error.get("type") or error.get("message"))[:60]


def _shown(text: str) -> str:
    if TEXT.startswith(text):
        return f"{len(text.split())} of {len(TEXT.split())} words"
    return "words twice" if len(text) > len(TEXT) else "words missing"


def _last(values: Any) -> Any:
    return next((value for value in reversed(list(values)) if value is not None), None)
