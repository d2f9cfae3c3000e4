"""The one error that callers of the package see when there is no answer."""

from __future__ import annotations

from datetime import datetime
from typing import assert_never

from fallback.core.refusal import Refusal, RefusalReason
from fallback.pieces import Interrupted
from fallback.rfc3339 import rfc3339

_INTERRUPTED = "What came before is not the whole answer."


class ModelExhaustionError(Exception):
    """No model answered, or the answer stopped in its middle. The message says what to do.

    It can be pickled and copied.

    Attributes:
        message: What happened and what to do, for people.
        reason: The same as a word for programs: one of `fallback.core.decision.RefusalReason`, or
            `answer_interrupted` if a stream stopped after it had yielded text.
        retry_at: The first instant (UTC) at which a model may answer; None if waiting does not
            help.
    """

    def __init__(
        self,
        message: str,
        reason: str = RefusalReason.MODELS_EXHAUSTED,
        retry_at: datetime | None = None,
    ) -> None:
        """Takes its attributes."""
        # Exceptions are pickled by their arguments.
        super().__init__(message, str(reason), retry_at)
        self.message = message
        self.reason = str(reason)
        self.retry_at = retry_at

    def __str__(self) -> str:
        return self.message


def refused(refusal: Refusal, *, credentials: str | None, deadline_seconds: float) -> Exception:
    """The error for a request that no model answered.

    Args:
        refusal: Why there is no answer.
        credentials: Where the key comes from, in words; None if there is no key.
        deadline_seconds: How long the request was allowed to take.
    """
    message = _message(refusal, credentials, deadline_seconds)
    return ModelExhaustionError(message, refusal.reason, refusal.retry_at)


def interrupted(piece: Interrupted, *, deadline_seconds: float) -> Exception:
    """The error for a stream that stopped after it had yielded text."""
    if piece.is_overdue:
        return ModelExhaustionError(
            f"The answer did not end within {deadline_seconds:g} s. {_INTERRUPTED} "
            "Allow more time with timeout=, or ask for a shorter answer.",
            RefusalReason.DEADLINE_EXCEEDED,
        )
    return ModelExhaustionError(
        f"The answer was interrupted, and no model could continue it. {_INTERRUPTED} Try again.",
        "answer_interrupted",
    )


def _message(refusal: Refusal, credentials: str | None, deadline_seconds: float) -> str:
    when = "later" if refusal.retry_at is None else f"after {rfc3339(refusal.retry_at)}"
    match refusal.reason:
        case RefusalReason.MODELS_EXHAUSTED:
            return f"No model can answer now: each is at its limits or fails. Try again {when}."
        case RefusalReason.MODELS_UNAVAILABLE:
            return f"No model answers now: each fails, is silent or is set aside. Try again {when}."
        case RefusalReason.NO_USABLE_ANSWER:
            return "No model gave a usable answer to this prompt. Change it, or try again."
        case RefusalReason.SERVICE_MISCONFIGURED if credentials is None:
            return (
                "GEMINI_API_KEY is not set. Set it to a key of the Gemini API "
                "(https://aistudio.google.com/apikey), or pass client=."
            )
        case RefusalReason.SERVICE_MISCONFIGURED:
            return (
                f"Gemini refuses {credentials}: check that it is valid, that its project has "
                "credit, and that Gemini serves the region this program runs in."
            )
        case RefusalReason.DEADLINE_EXCEEDED:
            return (
                f"No model answered within {deadline_seconds:g} s. "
                "Try again, or allow more time with timeout=."
            )
        case RefusalReason.CONTEXT_LENGTH_EXCEEDED:
            return "This is too long for every model. Shorten the prompt or the history."
        case RefusalReason.INVALID_REQUEST:
            return "The models do not accept this request. Change the prompt or its settings."
        case _:  # pragma: no cover - mypy proves that this cannot be reached
            assert_never(refusal.reason)
