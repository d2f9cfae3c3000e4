"""What a failed probe says about its window."""

from __future__ import annotations

import enum

from fallback.core.failure import Failure, FailureKind, Scope
from fallback.core.windows import is_of_target


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
        name: The window's: of a model by a target, or of a whole target.
        failure: How the probe failed.
        is_about_size: Whether a shorter request might have been answered.
    """
    if is_of_target(name):
        if failure.scope is Scope.SERVICE:
            return ProbeResult.EXHAUSTED
        return ProbeResult.ANSWERS if failure.kind.proves_key else ProbeResult.UNKNOWN
    is_own = is_about_size or failure.kind is FailureKind.UNSUPPORTED_FIELD
    if is_own or failure.scope is not Scope.MODEL:
        return ProbeResult.UNKNOWN
    return ProbeResult.ANSWERS if failure.is_useless_reply else ProbeResult.EXHAUSTED
