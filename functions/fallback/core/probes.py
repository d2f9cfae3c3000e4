"""What a failed probe says about its window."""

from __future__ import annotations

import enum
from typing import assert_never

from fallback.core.failure import Failure, Scope
from fallback.core.failure import FailureKind as K
from fallback.core.windows import EVERY_MODEL


class ProbeResult(enum.StrEnum):
    """What a failed probe says about its window."""

    EXHAUSTED = "exhausted"
    """The model is still exhausted: a new window opens."""
    ANSWERS = "answers"
    """The model answers again, though the reply was of no use to this request."""
    UNKNOWN = "unknown"
    """Nothing: another request should probe."""


def probe_result(name: str, failure: Failure, *, is_about_size: bool = False) -> ProbeResult:
    """What the failure of its probe says about a window.

    Args:
        name: The model's name, or EVERY_MODEL for the window over the whole service.
        failure: How the probe failed.
        is_about_size: Whether a shorter request might have been answered.
    """
    if name == EVERY_MODEL:
        if failure.scope is Scope.SERVICE:
            return ProbeResult.EXHAUSTED
        return ProbeResult.ANSWERS if _proves_key(failure.kind) else ProbeResult.UNKNOWN
    is_own = is_about_size or failure.kind is K.UNSUPPORTED_FIELD
    if is_own or failure.scope is not Scope.MODEL:
        return ProbeResult.UNKNOWN
    return ProbeResult.ANSWERS if failure.is_useless_reply else ProbeResult.EXHAUSTED


def _proves_key(kind: K) -> bool:
    """Whether Gemini says this only to a key that it accepts."""
    match kind:
        case (
            K.INCOMPLETE_ANSWER
            | K.EMPTY_ANSWER
            | K.UNUSABLE_ANSWER
            | K.RATE_LIMITED
            | K.QUOTA_EXHAUSTED
            | K.INPUT_QUOTA
            | K.UNNAMED_QUOTA
            | K.NOT_FOUND
            | K.OVERLOADED
            | K.CONTEXT_TOO_LONG
            | K.UNSUPPORTED_FIELD
        ):
            return True
        case (
            K.SPEND_RATE_LIMITED
            | K.UNAUTHORIZED
            | K.UNSUPPORTED_REGION
            | K.OUT_OF_CREDIT
            | K.FORBIDDEN
            | K.SERVER_ERROR
            | K.TIMED_OUT
            | K.CONNECTION_FAILED
            | K.INVALID_REQUEST
            | K.UNKNOWN
        ):
            return False
        case _:  # pragma: no cover - mypy proves that this cannot be reached
            assert_never(kind)
