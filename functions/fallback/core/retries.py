"""Which candidates a request may still try, given what it has tried."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from fallback.core.failure import Failure, Scope
from fallback.core.hierarchy import DEFAULT_TARGET, Candidate, Hierarchy


@dataclass(frozen=True, slots=True)
class FailedAttempt:
    """An attempt of this request that failed.

    Attributes:
        model: The model's name.
        failure: What went wrong.
        at: When it failed.
        target: The target's name.
    """

    model: str
    failure: Failure
    at: datetime
    target: str = DEFAULT_TARGET

    def was_at(self, candidate: Candidate) -> bool:
        """Whether it asked this candidate."""
        return (self.model, self.target) == (candidate.model.name, candidate.target.name)


@dataclass(frozen=True, slots=True, kw_only=True)
class Permitted:
    """A candidate that may be tried.

    Attributes:
        candidate: Which.
        position: Its place in the hierarchy.
        number: Which attempt at its model this is for the request, counted from 1.
        is_retry: Whether the request has tried this very candidate before.
        starts_at: Not before this instant.
    """

    candidate: Candidate
    position: int
    number: int
    is_retry: bool
    starts_at: datetime


def spent(
    hierarchy: Hierarchy,
    candidate: Candidate,
    attempts: Sequence[FailedAttempt],
    now: datetime,
) -> FailedAttempt | None:
    """The failure after which this request does not ask a candidate (again); None if it may.

    One that named a delay may be asked again when that is over.
    """
    of_target = [
        attempt
        for attempt in attempts
        if attempt.target == candidate.target.name and attempt.failure.scope is Scope.SERVICE
    ]
    if of_target:
        return of_target[-1]
    of_model = [attempt for attempt in attempts if attempt.model == candidate.model.name]
    for attempt in of_model:
        if attempt.failure.scope is Scope.REQUEST:
            return attempt  # Another target of the same model would say the same.
    tried = [attempt for attempt in of_model if attempt.was_at(candidate)]
    if not tried:
        return None
    last, most = tried[-1], hierarchy.limits.attempts_per_model
    if last.failure.retry_delay_seconds is None:
        is_over = len(of_model) >= most or not last.failure.retryable
    else:
        returns_at = last.at + timedelta(seconds=last.failure.retry_delay_seconds)
        is_over = len(tried) >= most or now < returns_at
    return last if is_over else None


def permitted_at(
    hierarchy: Hierarchy,
    position: int,
    attempts: Sequence[FailedAttempt],
    now: datetime,
    jitter: float,
) -> Permitted:
    """A candidate with the pause that its earlier attempts ask for.

    Args:
        hierarchy: The candidates and their limits.
        position: The candidate's place.
        attempts: What the request has tried so far, in order.
        now: The present instant (UTC).
        jitter: A random number from 0 up to 1; lengthens the pause by up to a half.
    """
    candidate = hierarchy.candidates[position]
    number, starts_at, is_retry = 1, now, False
    for attempt in attempts:
        if attempt.model == candidate.model.name:
            number += 1
            if attempt.was_at(candidate):
                pauses = hierarchy.limits.backoff_seconds
                pause = pauses[min(number - 2, len(pauses) - 1)] * (1 + jitter / 2)
                starts_at = max(now, attempt.at + timedelta(seconds=pause))
                is_retry = True
    return Permitted(
        candidate=candidate,
        position=position,
        number=number,
        is_retry=is_retry,
        starts_at=starts_at,
    )


def in_order(
    permitted: Sequence[Permitted], attempts: Sequence[FailedAttempt], *, is_resuming: bool
) -> list[Permitted]:
    """What may be tried, in order.

    Another target of a model comes in place of a second attempt at the first. What has given the
    request nothing of use comes last; so does, for an answer that broke off, what has failed it.
    """
    useless = {attempt.model for attempt in attempts if attempt.failure.is_useless_reply}
    untried = {entry.candidate.model.name for entry in permitted if not entry.is_retry}
    return sorted(
        (e for e in permitted if not (e.is_retry and e.candidate.model.name in untried)),
        key=lambda e: (e.is_retry and is_resuming) or e.candidate.model.name in useless,
    )
