"""How long a failure sets a model aside."""

from __future__ import annotations

import enum
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from typing import assert_never
from zoneinfo import ZoneInfo

from fallback.core.decision import FailedAttempt
from fallback.core.failure import Failure, FailureKind, Scope
from fallback.core.windows import EVERY_MODEL, ISOLATED, Window, from_epoch_ms, to_epoch_ms

# "Requests per day (RPD) quotas reset at midnight Pacific time", Gemini API, rate limits.
_QUOTA_DAY = ZoneInfo("America/Los_Angeles")
# Jitter spreads the return of many instances; a visitor should not notice it.
_MAX_JITTER_SECONDS = 1.0
_MAX_DOUBLINGS = 30


@dataclass(frozen=True, slots=True, kw_only=True)
class WindowRules:
    """Lengths of windows, all in seconds.

    Attributes:
        per_minute: A per-minute quota without a named delay.
        per_minute_cap: The longest delay that a per-minute quota may claim.
        named_cap: The longest delay that any other failure may claim.
        unnamed_quota: A 429 that says nothing more.
        transient_first: The second transient failure in a row.
        transient_cap: The longest that `transient_first` becomes while probes fail.
        transient_memory: How long one transient failure is remembered.
        not_found: A model that is retired or was never granted.
        service: A key, region or account that the provider rejects.
        probe_interval: Longer windows are probed this often.
    """

    per_minute: float = 15
    per_minute_cap: float = 120
    named_cap: float = 900
    unnamed_quota: float = 300
    transient_first: float = 15
    transient_cap: float = 300
    transient_memory: float = 60
    not_found: float = 21600
    service: float = 60
    probe_interval: float = 1800


def counts_against_model(failure: Failure, model: str, attempts: Sequence[FailedAttempt]) -> bool:
    """Whether a failure counts against its model.

    An ambiguous failure counts only at the first model that fails the request in such a way. Once
    a second one does, the request is the likelier cause, and other visitors must not pay for it.

    Args:
        failure: What went wrong.
        model: The model's name.
        attempts: What the request has tried so far.
    """
    return not failure.is_ambiguous or not any(
        attempted.failure.is_ambiguous for attempted in attempts if attempted.model != model
    )


def window_after(
    failure: Failure,
    now: datetime,
    rules: WindowRules,
    *,
    standing: Window | None = None,
    is_probe: bool = False,
    strike_at: datetime | None = None,
    jitter: float = 0.0,
) -> Window | None:
    """The window that a failure opens, if any.

    Args:
        failure: What went wrong.
        now: The instant of the failure (UTC).
        rules: Lengths of windows.
        standing: The model's window so far; for a probe, the window that it probed.
        is_probe: Whether the attempt was a probe. Without a named delay, the window that it opens
            is twice as long as the one before.
        strike_at: When the model last failed in a transient way, if it has not answered since.
        jitter: A random number from 0 up to 1.
    """
    if standing is not None and not is_probe:
        if standing.reason == ISOLATED:
            return None  # Set by hand: it stands until its end.
        if not standing.is_open(now):
            return None  # The attempt began before that window, and only a probe may judge it.
        if strike_after(failure, now, None) is not None:
            return None  # The attempt was under way when the window opened: no new sign.
    failed_probes = standing.failed_probes + 1 if standing is not None and is_probe else 0
    is_sign = failed_probes > 0 or _is_second_strike(now, strike_at, rules)
    seconds = _seconds_after(failure, now, rules, failed_probes, is_sign=is_sign, jitter=jitter)
    if seconds is None:
        return None
    until = now + timedelta(seconds=seconds)
    if failure.kind is FailureKind.QUOTA_EXHAUSTED:
        until = next_quota_day(now)
    interval = timedelta(seconds=rules.probe_interval)
    return Window(
        until=_whole_ms(until),
        reason=failure.kind,
        probe_at=_whole_ms(now + interval) if until - now > interval else None,
        failed_probes=failed_probes,
    )


def strike_after(failure: Failure, now: datetime, strike_at: datetime | None) -> datetime | None:
    """When the model last failed in a transient way, given one more failure."""
    is_transient = failure.kind in _TRANSIENT_KINDS and failure.retry_delay_seconds is None
    return now if is_transient else strike_at


class ProbeResult(enum.StrEnum):
    """What a failed probe says about its window."""

    EXHAUSTED = "exhausted"
    """The model is still exhausted: a new window opens."""
    ANSWERS = "answers"
    """The model answers again, though the reply was of no use to this request."""
    UNKNOWN = "unknown"
    """Nothing: another request should probe."""


def probe_result(name: str, failure: Failure) -> ProbeResult:
    """What the failure of its probe says about a window.

    Args:
        name: The model's name, or EVERY_MODEL for the window over the whole service.
        failure: How the probe failed.
    """
    if name == EVERY_MODEL:
        if failure.scope is Scope.SERVICE:
            return ProbeResult.EXHAUSTED
        return ProbeResult.ANSWERS if failure.kind in _KEY_WORKS_KINDS else ProbeResult.UNKNOWN
    if failure.scope is not Scope.MODEL:
        return ProbeResult.UNKNOWN
    return ProbeResult.ANSWERS if failure.kind in _USELESS_KINDS else ProbeResult.EXHAUSTED


def next_quota_day(now: datetime) -> datetime:
    """The next midnight in California, in UTC; days of 23 and 25 hours included."""
    tomorrow = now.astimezone(_QUOTA_DAY).date() + timedelta(days=1)
    return datetime.combine(tomorrow, time(), tzinfo=_QUOTA_DAY).astimezone(UTC)


_TRANSIENT_KINDS = frozenset(
    {
        FailureKind.OVERLOADED,
        FailureKind.SERVER_ERROR,
        FailureKind.TIMED_OUT,
        FailureKind.CONNECTION_FAILED,
        FailureKind.INCOMPLETE_ANSWER,
        FailureKind.UNKNOWN,
    }
)
_USELESS_KINDS = frozenset({FailureKind.EMPTY_ANSWER, FailureKind.UNUSABLE_ANSWER})
# What Gemini says only to a key that it accepts.
_KEY_WORKS_KINDS = _USELESS_KINDS | {
    FailureKind.RATE_LIMITED,
    FailureKind.QUOTA_EXHAUSTED,
    FailureKind.UNNAMED_QUOTA,
    FailureKind.NOT_FOUND,
    FailureKind.OVERLOADED,
    FailureKind.CONTEXT_TOO_LONG,
}


def _seconds_after(
    failure: Failure,
    now: datetime,
    rules: WindowRules,
    failed_probes: int,
    *,
    is_sign: bool,
    jitter: float,
) -> float | None:
    match failure.kind:
        case FailureKind.CONTEXT_TOO_LONG | FailureKind.INVALID_REQUEST:
            return None
        case FailureKind.EMPTY_ANSWER | FailureKind.UNUSABLE_ANSWER:
            # Usually caused by one conversation; other visitors must not pay for it.
            return None
        case FailureKind.UNAUTHORIZED | FailureKind.UNSUPPORTED_REGION | FailureKind.OUT_OF_CREDIT:
            # Not doubled, so that a repaired key is noticed soon.
            return rules.service
        case FailureKind.QUOTA_EXHAUSTED:
            return (next_quota_day(now) - now).total_seconds()
        case FailureKind.NOT_FOUND:
            return rules.not_found
        case FailureKind.RATE_LIMITED:
            unnamed = _doubled(rules.per_minute, failed_probes, rules.per_minute_cap)
            return _named(failure, rules.per_minute_cap, jitter) or unnamed
        case FailureKind.UNNAMED_QUOTA:
            unnamed = _doubled(rules.unnamed_quota, failed_probes, rules.named_cap)
            return _named(failure, rules.named_cap, jitter) or unnamed
        case (
            FailureKind.OVERLOADED
            | FailureKind.SERVER_ERROR
            | FailureKind.TIMED_OUT
            | FailureKind.CONNECTION_FAILED
            | FailureKind.INCOMPLETE_ANSWER
            | FailureKind.UNKNOWN
        ):
            named = _named(failure, rules.named_cap, jitter)
            if named is not None:
                return named
            return (
                _doubled(rules.transient_first, failed_probes, rules.transient_cap)
                if is_sign
                else None
            )
        case _:  # pragma: no cover - mypy proves that this cannot be reached
            assert_never(failure.kind)


def _is_second_strike(now: datetime, strike_at: datetime | None, rules: WindowRules) -> bool:
    """One transient failure may be chance; a second one soon after is a sign."""
    memory = timedelta(seconds=rules.transient_memory)
    return strike_at is not None and now <= strike_at + memory


def _doubled(first_seconds: float, times: int, cap_seconds: float) -> float:
    """Doubles a number of seconds, up to the cap; a cap below the first has no effect."""
    return max(first_seconds, min(cap_seconds, first_seconds * 2.0 ** min(times, _MAX_DOUBLINGS)))


def _named(failure: Failure, cap_seconds: float, jitter: float) -> float | None:
    """The delay that the provider named: at least 1 s, with a little jitter, capped."""
    if failure.retry_delay_seconds is None:
        return None
    seconds = max(1.0, failure.retry_delay_seconds)
    return min(cap_seconds, seconds + jitter * min(_MAX_JITTER_SECONDS, seconds / 10))


def _whole_ms(instant: datetime) -> datetime:
    return from_epoch_ms(to_epoch_ms(instant))
