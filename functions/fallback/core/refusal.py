"""Why a request gets no answer, and when to try again."""

from __future__ import annotations

import enum
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from fallback.core.availability import return_of
from fallback.core.failure import NEEDS_PERSON, QUOTA_KINDS, FailureKind, Scope
from fallback.core.hierarchy import DEFAULT_TARGET, Hierarchy
from fallback.core.permission import Permission, is_misconfigured
from fallback.core.retries import FailedAttempt
from fallback.core.size_windows import never_fits
from fallback.core.window_rules import WindowRules

RETRY_FLOOR_SECONDS = WindowRules().transient_first
"""When to try again if models failed without a window: as if they had failed often enough for one.
"""

MAX_USELESS_REPLIES = 3
"""So many calls of one request may cost quota and give nothing that can be shown."""

_MAX_INVALID_REQUESTS = 2


class RefusalReason(enum.StrEnum):
    """Why a request gets no answer. The wire format has a row for each."""

    MODELS_EXHAUSTED = "models_exhausted"
    """No model may be tried, or all have failed, and a quota is a reason."""
    MODELS_UNAVAILABLE = "models_unavailable"
    """The same, and no quota is a reason."""
    NO_USABLE_ANSWER = "no_usable_answer"
    """Models have replied, and nothing that they said can be shown."""
    SERVICE_MISCONFIGURED = "service_misconfigured"
    DEADLINE_EXCEEDED = "deadline_exceeded"
    CONTEXT_LENGTH_EXCEEDED = "context_length_exceeded"
    INVALID_REQUEST = "invalid_request"


class SkipReason(enum.StrEnum):
    """Why a model was skipped."""

    WINDOW = "window"
    LIMIT = "limit"
    """The minute is full for a request of this size."""
    TOO_LARGE = "too_large"
    PROBING = "probing"
    SPENT = "spent"
    NO_TIME = "no_time"


@dataclass(frozen=True, slots=True)
class Skipped:
    """A candidate that was skipped.

    Attributes:
        model: The model's name.
        reason: Why.
        until: When it may be tried, where waiting is all that is needed.
        cause: The kind of failure behind it, where one is known.
        target: The target's name.
    """

    model: str
    reason: SkipReason
    until: datetime | None = None
    cause: str | None = None
    target: str = DEFAULT_TARGET


@dataclass(frozen=True, slots=True, kw_only=True)
class Refusal:
    """No answer.

    Attributes:
        reason: Why.
        retry_at: The first instant at which a model may be tried; None where waiting does not help.
        expected_at: When a model is expected back, where that is later than `retry_at`.
        skipped: All candidates, and why.
    """

    reason: RefusalReason
    retry_at: datetime | None = None
    expected_at: datetime | None = None
    skipped: tuple[Skipped, ...] = ()


def refused_at_once(
    hierarchy: Hierarchy,
    service: Permission,
    attempts: Sequence[FailedAttempt],
    now: datetime,
) -> Refusal | None:
    """The refusal of a request that no candidate could answer any more, if that is so.

    Args:
        hierarchy: The candidates.
        service: What the windows over all targets say.
        attempts: What the request has tried so far, in order.
        now: The present instant (UTC).
    """
    if is_misconfigured(service):
        return Refusal(reason=RefusalReason.SERVICE_MISCONFIGURED)
    if not attempts:
        return None
    failures = [attempt.failure for attempt in attempts]
    lost = {a.target: a.failure for a in attempts if a.failure.scope is Scope.SERVICE}
    if lost and all(target.name in lost for target in hierarchy.targets):
        if all(failure.kind not in QUOTA_KINDS for failure in lost.values()):
            return Refusal(reason=RefusalReason.SERVICE_MISCONFIGURED)
        retry_at, expected_at = return_of([service])
        return Refusal(
            reason=RefusalReason.MODELS_EXHAUSTED,
            retry_at=retry_at or now + timedelta(seconds=RETRY_FLOOR_SECONDS),
            expected_at=expected_at,
        )
    invalid = {a.model for a in attempts if a.failure.kind is FailureKind.INVALID_REQUEST}
    if len(invalid) >= _MAX_INVALID_REQUESTS:
        return Refusal(reason=RefusalReason.INVALID_REQUEST)
    if sum(failure.is_useless_reply for failure in failures) >= MAX_USELESS_REPLIES:
        return Refusal(reason=RefusalReason.NO_USABLE_ANSWER)
    return None


def refusal_of(
    attempts: Sequence[FailedAttempt],
    skipped: Sequence[Skipped],
    refused: Sequence[Permission],
    now: datetime,
    tokens: int,
) -> Refusal:
    """The refusal of a request for which nothing is left to try.

    Args:
        attempts: What it has tried, in order.
        skipped: All candidates, and why.
        refused: What windows say of those that they keep it out of.
        now: The present instant (UTC).
        tokens: Its size, see `fallback.core.size.tokens_of`.
    """
    every = tuple(skipped)
    if any(skip.reason is SkipReason.NO_TIME for skip in skipped):
        return Refusal(reason=RefusalReason.DEADLINE_EXCEEDED, skipped=every)
    too_long = {a.model for a in attempts if never_fits(a.failure, tokens)} | {
        skip.model for skip in skipped if skip.cause == FailureKind.CONTEXT_TOO_LONG
    }
    if all(skip.model in too_long for skip in skipped):
        return Refusal(reason=RefusalReason.CONTEXT_LENGTH_EXCEEDED, skipped=every)
    kinds = {attempt.failure.kind for attempt in attempts}
    if kinds == {FailureKind.INVALID_REQUEST}:
        return Refusal(reason=RefusalReason.INVALID_REQUEST, skipped=every)
    if kinds and all(attempt.failure.is_useless_reply for attempt in attempts) and not refused:
        return Refusal(reason=RefusalReason.NO_USABLE_ANSWER, skipped=every)
    retry_at, expected_at = return_of(refused)
    if any(
        s.reason is SkipReason.SPENT and s.model not in too_long and s.cause not in NEEDS_PERSON
        for s in skipped
    ):
        soon = now + timedelta(seconds=RETRY_FLOOR_SECONDS)
        retry_at = soon if retry_at is None else min(soon, retry_at)
        expected_at = None
    is_quota = not QUOTA_KINDS.isdisjoint(kinds) or any(p.is_quota for p in refused)
    return Refusal(
        reason=RefusalReason.MODELS_EXHAUSTED if is_quota else RefusalReason.MODELS_UNAVAILABLE,
        retry_at=retry_at,
        expected_at=expected_at,
        skipped=every,
    )
