"""The learned limits of one key (a model at a target), and its calls of the last minute.

A key is metered from its first refusal for a quota of the minute on, and for an hour after the
last request that did not fit. All instances share its meter, so that together they stay below the
limit, and a request that does not fit goes to the next candidate before it is refused.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from fallback.core.failure import Failure, FailureKind
from fallback.core.quota import Dimension, LearnedLimit
from fallback.core.sliding_log import SPAN, Entry, SlidingLog
from fallback.core.windows import whole_ms

METERED_FOR = timedelta(hours=1)
"""How long a key is metered after a request that did not fit."""

MAX_METERED_REQUESTS = 600
"""A limit above so many requests a minute is learned, and not metered: one record cannot take a
write for each of them, and windows alone use such limits well."""

_TOKEN_SHARE = 0.97
"""Of a limit of tokens: what a request will cost is an estimate."""

_MINUTE = timedelta(seconds=60)
_OF_A_MINUTE = (Dimension.REQUESTS_PER_MINUTE, Dimension.INPUT_TOKENS_PER_MINUTE)


@dataclass(frozen=True, slots=True)
class Meter:
    """What is known of one key.

    Attributes:
        limits: What refusals have shown, by what the limit counts.
        log: The calls of the last minute, while the key is metered.
        counted_from: From when on (UTC) the log has every call; None where it never has.
        version: The state of the store that this was read from, in the store's own terms; None
            where it has none yet.
    """

    limits: Mapping[Dimension, LearnedLimit] = field(default_factory=dict)
    log: SlidingLog = field(default_factory=SlidingLog)
    counted_from: datetime | None = None
    version: object | None = field(default=None, compare=False)

    def fits_at(self, now: datetime, tokens: int) -> datetime:
        """When a request of so many input tokens fits; `now` where it does at once."""
        max_calls = self._most(Dimension.REQUESTS_PER_MINUTE, now)
        max_tokens = self._most(Dimension.INPUT_TOKENS_PER_MINUTE, now) * _TOKEN_SHARE
        return max(
            self.log.fits_at(now, tokens, max_calls, max_tokens),
            self.log.paced_at(now, max_calls, max_tokens),
        )

    def share_left(self, now: datetime) -> float:
        """What is left of the running minute, from 0 to 1; 1 where no limit is known."""
        log = self.log.latest(now)
        used = [
            log.calls / self._most(Dimension.REQUESTS_PER_MINUTE, now),
            log.tokens / (self._most(Dimension.INPUT_TOKENS_PER_MINUTE, now) * _TOKEN_SHARE),
        ]
        return max(0.0, 1 - max(used))

    def plus(self, *entries: Entry) -> Meter:
        """With calls or corrections in its log."""
        log = self.log
        for entry in entries:
            log = log.plus(entry)
        return replace(self, log=log)

    def latest(self, now: datetime) -> Meter:
        """Without what has left the log."""
        return replace(self, log=self.log.latest(now))

    def _most(self, dimension: Dimension, now: datetime) -> float:
        limit = self.limits.get(dimension)
        return limit.value if limit is not None and limit.holds(now) else math.inf


def starts_metering(failure: Failure) -> bool:
    """Whether a failure is a refusal after which calls should ask for a permit.

    A bare 429 is not: it may be about capacity that all customers share, where no limit of ours
    can be learned.
    """
    if failure.kind not in (FailureKind.RATE_LIMITED, FailureKind.INPUT_QUOTA):
        return False
    of_a_minute = [quota for quota in failure.quotas if quota.dimension in _OF_A_MINUTE]
    return bool(of_a_minute) and not any(
        quota.dimension is Dimension.REQUESTS_PER_MINUTE
        and (quota.limit or 0) > MAX_METERED_REQUESTS
        for quota in of_a_minute
    )


def after_refusal(
    meter: Meter, failure: Failure, tokens: int, now: datetime, *, was_metered: bool
) -> Meter:
    """The meter after a refusal for a quota.

    A refusal says that the minute is full for such a request. What the log lacks of a full minute,
    somebody has used without a permit: before the key was metered, or outside of Nexus. It leaves
    the log when the provider asks to return, or after a whole minute.

    A limit that is not named is counted: the provider's minute began 60 seconds before the instant
    at which it asks to return, and has taken the calls since.

    Args:
        meter: As it was, without the call that was refused.
        failure: The refusal.
        tokens: The input tokens of the request that was refused.
        now: The instant of the refusal (UTC).
        was_metered: Whether every call had a permit until now.
    """
    counted_from = meter.counted_from if was_metered else None
    limits = dict(meter.limits)
    for quota in failure.quotas:
        if quota.limit:
            limits[quota.dimension] = LearnedLimit(quota.limit, now)
    if not starts_metering(failure):
        return replace(meter, limits=limits)
    log = meter.log.latest(now)
    named = failure.retry_delay_seconds
    delay = SPAN if named is None else min(SPAN, timedelta(seconds=named))
    minute_began_at = now + (timedelta() if named is None else min(delay, _MINUTE)) - _MINUTE
    in_minute = log.since(minute_began_at)
    is_counted = counted_from is not None and counted_from <= minute_began_at
    for dimension, passed in zip(_OF_A_MINUTE, (in_minute.calls, in_minute.tokens), strict=True):
        known = limits.get(dimension)
        is_meant = any(q.dimension is dimension and q.limit is None for q in failure.quotas)
        is_told = known is not None and known.is_told and known.holds(now)
        if is_meant and is_counted and passed and not is_told:
            limits[dimension] = LearnedLimit(passed, now, is_told=False)
    exceeded = {quota.dimension for quota in failure.quotas}
    calls = _missing(Dimension.REQUESTS_PER_MINUTE, limits, exceeded, log.calls)
    tokens = _missing(Dimension.INPUT_TOKENS_PER_MINUTE, limits, exceeded, log.tokens + tokens)
    missing = Entry(whole_ms(now + delay - SPAN), calls, tokens)
    return replace(
        meter,
        limits=limits,
        log=log.plus(missing),
        counted_from=counted_from or whole_ms(now),
    )


def _missing(
    dimension: Dimension,
    limits: Mapping[Dimension, LearnedLimit],
    exceeded: set[Dimension],
    used: int,
) -> int:
    limit = limits.get(dimension)
    return max(0, limit.value - used) if limit is not None and dimension in exceeded else 0
