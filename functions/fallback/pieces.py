"""What the runner tells a reader, piece by piece."""

from __future__ import annotations

from dataclasses import dataclass

from fallback.core.answer import End, Text
from fallback.core.decision import Refusal
from fallback.core.failure import Failure


@dataclass(frozen=True, slots=True, kw_only=True)
class AnswerStarted:
    """A model has begun to answer, or to go on with an answer; its text follows.

    Attributes:
        model: The exact model, as the provider names it.
        display_name: Its name for people.
        fallbacks: How many models were passed over.
        is_resumed: Whether another model has begun this answer.
    """

    model: str
    display_name: str
    fallbacks: int
    is_resumed: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Interrupted:
    """The answer stopped after its beginning had been shown.

    Attributes:
        failure: Why.
        is_overdue: Whether the request's deadline was the reason.
    """

    failure: Failure
    is_overdue: bool


@dataclass(frozen=True, slots=True)
class Abandoned:
    """Nobody waits for the answer any more."""


Piece = AnswerStarted | Text | End | Refusal | Interrupted | Abandoned
"""Either a Refusal alone, or AnswerStarted and any number of Texts, and an End or Interrupted.

Abandoned may come in place of anything, and is the last.

Where a stream is resumed, AnswerStarted comes again, before the first text of the next model.
"""
