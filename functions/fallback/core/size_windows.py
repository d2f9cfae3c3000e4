"""Who pays for a quota of input tokens: long requests, or all."""

from __future__ import annotations

from datetime import datetime, timedelta

from fallback.core.failure import Failure, FailureKind
from fallback.core.size import LARGE_TOKENS
from fallback.core.window_rules import WindowRules, end_of
from fallback.core.windows import Window, outlasts


def never_fits(failure: Failure, tokens: int) -> bool:
    """Whether a request is too long for the model, however long it waits.

    Args:
        failure: What went wrong.
        tokens: The request's size, see `fallback.core.size.tokens_of`.
    """
    if failure.kind is FailureKind.INPUT_QUOTA and keeps_out_large_only(failure, tokens):
        return failure.quota_value is None or tokens > failure.quota_value
    return failure.kind is FailureKind.CONTEXT_TOO_LONG


def keeps_out_large_only(failure: Failure, tokens: int) -> bool:
    """Whether a refusal was about the request's size, so that smaller ones must not pay for it.

    A request above half of a quota of input tokens has used it up by itself. Where the limit is
    not named, or not even the quota, a large request is the likelier cause.

    Args:
        failure: What went wrong.
        tokens: The request's size, see `fallback.core.size.tokens_of`.
    """
    if failure.kind is FailureKind.INPUT_QUOTA and failure.quota_value is not None:
        return tokens > failure.quota_value / 2
    return (
        failure.kind in (FailureKind.INPUT_QUOTA, FailureKind.UNNAMED_QUOTA)
        and tokens >= LARGE_TOKENS
    )


def size_window_after(
    failure: Failure,
    now: datetime,
    rules: WindowRules,
    tokens: int,
    *,
    standing: Window | None = None,
    jitter: float = 0.0,
) -> Window | None:
    """The window that keeps requests of at least half this size out, if it says anything new.

    It is not probed: it ends, and whoever comes next tries.

    Args:
        failure: A failure that `keeps_out_large_only`.
        now: The instant of the failure (UTC).
        rules: Lengths of windows.
        tokens: The request's size.
        standing: What keeps large requests out already.
        jitter: A random number from 0 up to 1.
    """
    until, min_tokens = end_of(failure, now, rules, jitter=jitter), (tokens + 1) // 2
    is_too_long = never_fits(failure, tokens)
    if standing is not None and standing.is_open(now) and standing.min_tokens is not None:
        if not outlasts(Window(until, "", min_tokens=min_tokens), standing):
            return None
        # The reason of the later end holds, and speaks for twice the threshold.
        until = max(until, standing.until + timedelta(milliseconds=1))
        if standing.min_tokens < min_tokens:
            min_tokens = standing.min_tokens
            is_too_long = is_too_long and standing.reason == FailureKind.CONTEXT_TOO_LONG
    reason = FailureKind.CONTEXT_TOO_LONG if is_too_long else failure.kind
    return Window(until=until, reason=reason, min_tokens=min_tokens)
