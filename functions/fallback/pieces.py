"""What the runner yields to whoever reads an answer."""

from __future__ import annotations

from dataclasses import dataclass, field

from fallback.core.answer import End, Text
from fallback.core.failure import Failure
from fallback.core.refusal import Refusal


@dataclass(frozen=True, slots=True, kw_only=True)
class AnswerStarted:
    """A model has begun an answer, or has continued one. Its text follows.

    Attributes:
        model: The exact model, as the provider names it.
        display_name: Its name for people.
        fallbacks: How many models were passed over.
        is_resumed: Whether another model began this answer.
        key: The candidate's that answers.
    """

    model: str
    display_name: str
    fallbacks: int
    is_resumed: bool = False
    key: str = field(default="", compare=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Interrupted:
    """The answer stopped after a part of it had been shown.

    Attributes:
        failure: Why.
        is_overdue: Whether the request's deadline ended it.
    """

    failure: Failure
    is_overdue: bool


@dataclass(frozen=True, slots=True)
class Abandoned:
    """The reader left."""


Piece = AnswerStarted | Text | End | Refusal | Interrupted | Abandoned
"""Either a Refusal alone, or AnswerStarted, any number of Texts, and an End or Interrupted.

AnswerStarted comes again when another model continues the answer. Abandoned may end the pieces at
any point.
"""
