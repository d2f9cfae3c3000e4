"""What to do next for one request: an attempt, or a refusal.

Everything that the decision depends on is an argument, so each case is a row of a table.

1. A window over the whole service refuses at once: no model would answer.
2. A request that two models have called invalid is invalid. One that three calls have given
   nothing for that can be shown is not sent again: each such call costs quota.
3. The earliest model of the hierarchy that may be tried is tried. Skipped are models with an open
   window, models that another request is probing, and models that this request has tried and that
   another attempt cannot help.
4. A model whose window is due is tried as a probe: whoever makes the attempt needs the lease.
5. `last_resort_seconds` of the deadline are kept for the last model that has not been tried, or
   the last one if all have. A request that has no more time than that gives all of it to the first.
6. Nothing starts that could not say anything before its time is over.
7. A model that has given this request nothing of use is tried again only after the others; so is,
   for an answer that broke off, every model that has failed this request.
"""

from __future__ import annotations

import enum
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from fallback.core.availability import return_of
from fallback.core.failure import QUOTA_KINDS, Failure, FailureKind, Scope
from fallback.core.hierarchy import Hierarchy, Model
from fallback.core.permission import (
    Permission,
    Standing,
    is_misconfigured,
    permission,
    service_permission,
)
from fallback.core.size_windows import never_fits
from fallback.core.windows import EVERY_MODEL, Windows

MIN_ATTEMPT_SECONDS = 1.0
"""An attempt that has less time than this would only cost quota.

A request whose whole deadline is shorter than twice this still gets its first attempt."""

RETRY_FLOOR_SECONDS = 5.0
"""When to try again if models failed without a window: soon, but not in a loop."""

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
    TOO_LARGE = "too_large"
    PROBING = "probing"
    SPENT = "spent"
    NO_TIME = "no_time"


_SKIP_REASONS = {
    Standing.OPEN: SkipReason.WINDOW,
    Standing.TOO_LARGE: SkipReason.TOO_LARGE,
    Standing.PROBING: SkipReason.PROBING,
}


@dataclass(frozen=True, slots=True)
class FailedAttempt:
    """An attempt of this request that failed.

    Attributes:
        model: The model's name.
        failure: What went wrong.
        at: When it failed.
    """

    model: str
    failure: Failure
    at: datetime


@dataclass(frozen=True, slots=True)
class Skipped:
    """A model that was skipped.

    Attributes:
        model: The model's name.
        reason: Why.
        until: When it may be tried, where waiting is all that is needed.
        cause: The kind of failure behind it, where one is known.
    """

    model: str
    reason: SkipReason
    until: datetime | None = None
    cause: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Attempt:
    """The next call to make.

    Attributes:
        model: Which model.
        number: Which attempt at this model for this request, counted from 1.
        fallbacks: How many models of the hierarchy come before it.
        probes: The windows whose lease the attempt needs: the model's, the service's.
        starts_at: Not before this instant.
        first_text_by: The instant by which the first visible text must have come.
        ends_by: The instant by which the answer must have ended.
        has_alternative: Whether a later model may be tried without a probe.
        skipped: The models before it, and why.
    """

    model: Model
    number: int
    fallbacks: int
    probes: tuple[str, ...]
    starts_at: datetime
    first_text_by: datetime
    ends_by: datetime
    has_alternative: bool
    skipped: tuple[Skipped, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Refusal:
    """No answer.

    Attributes:
        reason: Why.
        retry_at: The first instant at which a model may be tried; None where waiting does not help.
        expected_at: When a model is expected back, where that is later than `retry_at`.
        skipped: All models, and why.
    """

    reason: RefusalReason
    retry_at: datetime | None = None
    expected_at: datetime | None = None
    skipped: tuple[Skipped, ...] = ()


def decide(
    hierarchy: Hierarchy,
    windows: Windows,
    attempts: Sequence[FailedAttempt],
    now: datetime,
    deadline: datetime,
    *,
    tokens: int = 0,
    is_resuming: bool = False,
    jitter: float = 0.0,
) -> Attempt | Refusal:
    """Says what a request does next.

    Args:
        hierarchy: The models and their limits.
        windows: The windows that are known.
        attempts: What this request has tried so far, in order.
        now: The present instant (UTC).
        deadline: The instant at which the request must have ended.
        tokens: The request's size, see `fallback.core.size.tokens_of`.
        is_resuming: Whether a part of the answer has been shown already.
        jitter: A random number from 0 up to 1; lengthens a backoff by up to a half.
    """
    service = service_permission(windows, now)
    if refusal := _refused_at_once(service, attempts, now):
        return refusal

    limits = hierarchy.limits
    shortest = timedelta(seconds=min(MIN_ATTEMPT_SECONDS, limits.deadline_seconds / 2))
    names = [model.name for model in hierarchy.models]
    skipped: list[Skipped] = []
    refused: list[Permission] = []
    permitted: list[tuple[int, Model, int, datetime]] = []
    for position, model in enumerate(hierarchy.models):
        found = permission(model.name, windows, now, tokens) if service.is_granted else service
        tried = [attempt for attempt in attempts if attempt.model == model.name]
        if not found.is_granted:
            reason = _SKIP_REASONS[found.standing]
            skipped.append(Skipped(model.name, reason, found.retry_at, found.reason))
            refused.append(found)
        elif tried and not _may_retry(hierarchy, tried):
            skipped.append(Skipped(model.name, SkipReason.SPENT, cause=tried[-1].failure.kind))
        else:
            starts_at = max(now, _backoff_end(hierarchy, tried, jitter)) if tried else now
            permitted.append((position, model, len(tried) + 1, starts_at))
    useless = {attempt.model for attempt in attempts if attempt.failure.is_useless_reply}
    permitted.sort(key=lambda p: p[2] > 1 and (is_resuming or p[1].name in useless))

    untried = [index for index, (_, _, number, _) in enumerate(permitted) if number == 1]
    last_resort = max(untried, default=len(permitted) - 1)
    reserve = timedelta(seconds=limits.last_resort_seconds)
    if now + reserve + shortest > deadline:
        reserve = timedelta()
    for index, (position, model, number, starts_at) in enumerate(permitted):
        speak_by = deadline if index >= last_resort else deadline - reserve
        if starts_at + shortest > speak_by:
            skipped.append(Skipped(model.name, SkipReason.NO_TIME))
            continue
        first_text = timedelta(seconds=limits.first_text_seconds)
        return Attempt(
            model=model,
            number=number,
            fallbacks=position,
            probes=tuple(name for name in (EVERY_MODEL, model.name) if name in windows),
            starts_at=starts_at,
            first_text_by=min(starts_at + first_text, speak_by),
            ends_by=deadline,
            has_alternative=EVERY_MODEL not in windows
            and any(other.name not in windows for _, other, _, _ in permitted[index + 1 :]),
            skipped=tuple(skip for skip in skipped if skip.model in names[:position]),
        )
    return _refusal(attempts, skipped, refused, now, tokens)


def _refused_at_once(
    service: Permission, attempts: Sequence[FailedAttempt], now: datetime
) -> Refusal | None:
    """Rules 1 and 2."""
    failures = [attempt.failure for attempt in attempts]
    if is_misconfigured(service) or any(
        f.scope is Scope.SERVICE and f.kind not in QUOTA_KINDS for f in failures
    ):
        return Refusal(reason=RefusalReason.SERVICE_MISCONFIGURED)
    if any(f.scope is Scope.SERVICE for f in failures):
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


def _may_retry(hierarchy: Hierarchy, tried: Sequence[FailedAttempt]) -> bool:
    return len(tried) < hierarchy.limits.attempts_per_model and tried[-1].failure.retryable


def _backoff_end(hierarchy: Hierarchy, tried: Sequence[FailedAttempt], jitter: float) -> datetime:
    pause = hierarchy.limits.backoff_seconds[len(tried) - 1] * (1 + jitter / 2)
    return tried[-1].at + timedelta(seconds=pause)


def _refusal(
    attempts: Sequence[FailedAttempt],
    skipped: Sequence[Skipped],
    refused: Sequence[Permission],
    now: datetime,
    tokens: int,
) -> Refusal:
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
    retry_at, expected_at = return_of(list(refused))
    if any(s.reason is SkipReason.SPENT and s.model not in too_long for s in skipped):
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
