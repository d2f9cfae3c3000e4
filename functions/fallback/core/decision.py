"""What to do next for one request: an attempt, or a refusal.

Everything that the decision depends on is an argument, so each case is a row of a table.

1. Windows over all targets refuse at once: no model would answer.
2. A request that two models have called invalid is invalid. One that three calls have given
   nothing for that can be shown is not sent again: each such call costs quota.
3. The earliest candidate (a model by a target) that may be tried is tried. Skipped are those with
   an open window, those that another request is probing, and those that this request has tried and
   that another attempt cannot help. Another target of the same model is tried at once, in place of
   a second attempt after a pause.
4. A model whose window is due is tried as a probe: whoever makes the attempt needs the lease.
5. `last_resort_seconds` of the deadline are kept for the last candidate that is untried, or
   the last one if all have. A request that has no more time than that gives all of it to the first.
6. Nothing starts that could not say anything before its time is over.
7. A model that has given this request nothing of use is tried again only after the others; so is,
   for an answer that broke off, every candidate that has failed this request.
8. A reserve target has its place in the order only where quotas keep the other targets of a model
   out, or nearly do. Otherwise it is tried when nothing else is left.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from fallback.core.hierarchy import Candidate, Hierarchy, Model
from fallback.core.permission import (
    Permission,
    Standing,
    needs_reserve,
    permission,
    service_permission,
)
from fallback.core.refusal import Refusal, Skipped, SkipReason, refusal_of, refused_at_once
from fallback.core.retries import FailedAttempt, Permitted, in_order, permitted_at, spent
from fallback.core.windows import Windows

MIN_ATTEMPT_SECONDS = 1.0
"""An attempt that has less time than this would only cost quota.

A request whose whole deadline is shorter than twice this still gets its first attempt."""

_SKIP_REASONS = {
    Standing.OPEN: SkipReason.WINDOW,
    Standing.TOO_LARGE: SkipReason.TOO_LARGE,
    Standing.PROBING: SkipReason.PROBING,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Attempt:
    """The next call to make.

    Attributes:
        candidate: Which model, by which target.
        number: Which attempt at this model for this request, counted from 1.
        fallbacks: How many models of the hierarchy come before it.
        probes: The windows whose lease the attempt needs: the target's, the candidate's.
        starts_at: Not before this instant.
        first_text_by: The instant by which the first visible text must have come.
        ends_by: The instant by which the answer must have ended.
        has_alternative: Whether a later candidate may be tried without a probe.
        skipped: The candidates before it, and why.
    """

    candidate: Candidate
    number: int
    fallbacks: int
    probes: tuple[str, ...]
    starts_at: datetime
    first_text_by: datetime
    ends_by: datetime
    has_alternative: bool
    skipped: tuple[Skipped, ...]

    @property
    def model(self) -> Model:
        """Which model."""
        return self.candidate.model


def decide(
    hierarchy: Hierarchy,
    windows: Windows,
    attempts: Sequence[FailedAttempt],
    now: datetime,
    deadline: datetime,
    *,
    tokens: int = 0,
    is_resuming: bool = False,
    short: Collection[str] = (),
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
        short: Names of the models for which reserve targets may be used now.
        jitter: A random number from 0 up to 1; lengthens a backoff by up to a half.
    """
    service = service_permission(hierarchy, windows, now)
    if refusal := refused_at_once(hierarchy, service, attempts, now):
        return refusal

    limits = hierarchy.limits
    shortest = timedelta(seconds=min(MIN_ATTEMPT_SECONDS, limits.deadline_seconds / 2))
    skipped: list[Skipped] = []
    refused: list[Permission] = []
    permitted: list[Permitted] = []
    for position, candidate in enumerate(hierarchy.candidates):
        found = permission(candidate, windows, now, tokens)
        reason, until, cause = None, found.retry_at, found.reason
        if not found.is_granted:
            reason = SkipReason.LIMIT if found.is_full else _SKIP_REASONS[found.standing]
            refused.append(found)
        elif attempts and (last := spent(hierarchy, candidate, attempts, now)) is not None:
            reason, until, cause = SkipReason.SPENT, None, last.failure.kind
        if reason is None:
            permitted.append(permitted_at(hierarchy, position, attempts, now, jitter))
        else:
            skipped.append(_skipped(candidate, reason, until, cause))
    if attempts:
        permitted = in_order(permitted, attempts, is_resuming=is_resuming)
    if any(target.is_reserve for target in hierarchy.targets):
        wanted = {m.name for m in hierarchy.models if needs_reserve(hierarchy, m, windows, now)}
        wanted.update(short)
        permitted.sort(
            key=lambda e: e.candidate.target.is_reserve and e.candidate.model.name not in wanted
        )

    untried = [index for index, entry in enumerate(permitted) if not entry.is_retry]
    last_resort = max(untried, default=len(permitted) - 1)
    reserve = timedelta(seconds=limits.last_resort_seconds)
    if now + reserve + shortest > deadline:
        reserve = timedelta()
    for index, entry in enumerate(permitted):
        candidate, starts_at = entry.candidate, entry.starts_at
        speak_by = deadline if index >= last_resort else deadline - reserve
        if starts_at + shortest > speak_by:
            skipped.append(_skipped(candidate, SkipReason.NO_TIME))
            continue
        first_text = timedelta(seconds=limits.first_text_seconds)
        before = {(c.model.name, c.target.name) for c in hierarchy.candidates[: entry.position]}
        return Attempt(
            candidate=candidate,
            number=entry.number,
            fallbacks=hierarchy.models.index(candidate.model),
            probes=tuple(k for k in (candidate.target_key, candidate.key) if k in windows),
            starts_at=starts_at,
            first_text_by=min(starts_at + first_text, speak_by),
            ends_by=deadline,
            has_alternative=any(
                later.candidate.target_key not in windows and later.candidate.key not in windows
                for later in permitted[index + 1 :]
            ),
            skipped=tuple(skip for skip in skipped if (skip.model, skip.target) in before),
        )
    return refusal_of(attempts, skipped, refused, now, tokens)


def _skipped(
    candidate: Candidate,
    reason: SkipReason,
    until: datetime | None = None,
    cause: str | None = None,
) -> Skipped:
    return Skipped(candidate.model.name, reason, until, cause, candidate.target.name)
