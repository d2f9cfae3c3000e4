"""What to do next for one request: an attempt, or a refusal.

Everything that the decision depends on is an argument, so each case is a row of a table.

1. An open window over the whole service refuses at once: no model would answer.
2. A request that two models have called invalid is invalid.
3. The first model that may be tried is tried. Skipped are models whose window is open, models that
   another request is probing, and models that a second attempt cannot help.
4. A model whose window is due is tried as a probe, which needs the lease.
5. All models but the last that may be tried leave `last_resort_seconds` of the deadline to it.
6. No attempt starts that has too little time for its first text.
7. An interrupted answer goes to a model that has not failed this request, if there is one.
"""

from __future__ import annotations

import enum
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from fallback.core.failure import Failure, FailureKind, Scope
from fallback.core.hierarchy import Hierarchy, Model
from fallback.core.windows import EVERY_MODEL, Phase, Windows

MIN_ATTEMPT_SECONDS = 1.0
"""An attempt that has less time than this would only cost quota.

A request whose whole deadline is shorter than twice this still gets its first attempt."""

RETRY_FLOOR_SECONDS = 5.0
"""When to try again if models failed without a window: soon, but not in a loop."""

PROBING_SECONDS = 2.0
"""When to try again while another request probes a model."""

_MAX_INVALID_REQUESTS = 2


class RefusalReason(enum.StrEnum):
    """Why a request gets no answer. The wire format has a row for each."""

    MODELS_EXHAUSTED = "models_exhausted"
    SERVICE_MISCONFIGURED = "service_misconfigured"
    DEADLINE_EXCEEDED = "deadline_exceeded"
    CONTEXT_LENGTH_EXCEEDED = "context_length_exceeded"
    INVALID_REQUEST = "invalid_request"


class SkipReason(enum.StrEnum):
    """Why a model was skipped."""

    WINDOW = "window"
    PROBING = "probing"
    SPENT = "spent"
    NO_TIME = "no_time"


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
        until: The end of its window, if that is why.
    """

    model: str
    reason: SkipReason
    until: datetime | None = None


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
        skipped: The models before it, and why.
    """

    model: Model
    number: int
    fallbacks: int
    probes: tuple[str, ...]
    starts_at: datetime
    first_text_by: datetime
    ends_by: datetime
    skipped: tuple[Skipped, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Refusal:
    """No answer.

    Attributes:
        reason: Why.
        retry_at: The first instant at which a model may answer; None if waiting does not help.
        skipped: All models, and why.
    """

    reason: RefusalReason
    retry_at: datetime | None = None
    skipped: tuple[Skipped, ...] = ()


def decide(
    hierarchy: Hierarchy,
    windows: Windows,
    attempts: Sequence[FailedAttempt],
    now: datetime,
    deadline: datetime,
    *,
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
        is_resuming: Whether a part of the answer has been shown.
        jitter: A random number from 0 up to 1; lengthens a backoff by up to a half.
    """
    service = windows.get(EVERY_MODEL)
    if (service is not None and service.phase(now) is not Phase.DUE) or any(
        attempted.failure.scope is Scope.SERVICE for attempted in attempts
    ):
        return Refusal(reason=RefusalReason.SERVICE_MISCONFIGURED)
    invalid = {a.model for a in attempts if a.failure.kind is FailureKind.INVALID_REQUEST}
    if len(invalid) >= _MAX_INVALID_REQUESTS:
        return Refusal(reason=RefusalReason.INVALID_REQUEST)

    limits = hierarchy.limits
    shortest = timedelta(seconds=min(MIN_ATTEMPT_SECONDS, limits.deadline_seconds / 2))
    skipped: list[Skipped] = []
    permitted: list[tuple[int, Model, int, datetime]] = []
    for position, model in enumerate(hierarchy.models):
        window = windows.get(model.name)
        tried = [attempted for attempted in attempts if attempted.model == model.name]
        if window is not None and window.phase(now) is Phase.OPEN:
            skipped.append(Skipped(model.name, SkipReason.WINDOW, window.until))
        elif window is not None and window.phase(now) is Phase.PROBING:
            soon = now + timedelta(seconds=PROBING_SECONDS)
            skipped.append(Skipped(model.name, SkipReason.PROBING, soon))
        elif tried and not _may_retry(hierarchy, tried):
            skipped.append(Skipped(model.name, SkipReason.SPENT))
        else:
            starts_at = max(now, _backoff_end(hierarchy, tried, jitter)) if tried else now
            permitted.append((position, model, len(tried) + 1, starts_at))
    if is_resuming:
        permitted.sort(key=lambda candidate: candidate[2] > 1)

    for index, (position, model, number, starts_at) in enumerate(permitted):
        is_last = index == len(permitted) - 1
        reserve = timedelta(seconds=0 if is_last else limits.last_resort_seconds)
        speak_by = deadline - reserve
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
            skipped=_before(hierarchy, position, skipped),
        )
    return _refusal(attempts, skipped, now)


def _may_retry(hierarchy: Hierarchy, tried: Sequence[FailedAttempt]) -> bool:
    return len(tried) < hierarchy.limits.attempts_per_model and tried[-1].failure.retryable


def _backoff_end(hierarchy: Hierarchy, tried: Sequence[FailedAttempt], jitter: float) -> datetime:
    pause = hierarchy.limits.backoff_seconds[len(tried) - 1] * (1 + jitter / 2)
    return tried[-1].at + timedelta(seconds=pause)


def _before(hierarchy: Hierarchy, position: int, skipped: Sequence[Skipped]) -> tuple[Skipped, ...]:
    earlier = {model.name for model in hierarchy.models[:position]}
    return tuple(skip for skip in skipped if skip.model in earlier)


def _refusal(
    attempts: Sequence[FailedAttempt], skipped: Sequence[Skipped], now: datetime
) -> Refusal:
    every = tuple(skipped)
    if any(skip.reason is SkipReason.NO_TIME for skip in skipped):
        return Refusal(reason=RefusalReason.DEADLINE_EXCEEDED, skipped=every)
    too_long = {a.model for a in attempts if a.failure.kind is FailureKind.CONTEXT_TOO_LONG}
    if all(skip.model in too_long for skip in skipped):
        return Refusal(reason=RefusalReason.CONTEXT_LENGTH_EXCEEDED, skipped=every)
    if {attempted.failure.kind for attempted in attempts} == {FailureKind.INVALID_REQUEST}:
        return Refusal(reason=RefusalReason.INVALID_REQUEST, skipped=every)
    soon = now + timedelta(seconds=RETRY_FLOOR_SECONDS)
    retry_at = min((skip.until or soon) for skip in skipped if skip.model not in too_long)
    return Refusal(reason=RefusalReason.MODELS_EXHAUSTED, retry_at=retry_at, skipped=every)
