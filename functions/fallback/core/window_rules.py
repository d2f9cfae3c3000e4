"""How long a failure sets a model aside."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import UTC, datetime, time, timedelta
from typing import assert_never
from zoneinfo import ZoneInfo

from fallback.core.failure import Failure, Opens
from fallback.core.failure import FailureKind as K
from fallback.core.windows import ISOLATED, Window, whole_ms

# "Requests per day (RPD) quotas reset at midnight Pacific time", Gemini API, rate limits.
_QUOTA_DAY = ZoneInfo("America/Los_Angeles")
# Jitter spreads the return of many instances; a visitor should not notice it.
_MAX_JITTER_SECONDS = 1.0
_MAX_DOUBLINGS = 30


@dataclass(frozen=True, slots=True, kw_only=True)
class WindowRules:
    """How many failures open a window, and how long it lasts, in seconds.

    docs/simulation/rules.md plays other values.

    Attributes:
        tripping_failures: So many transient failures in a row, in one process, open a window:
            fewer come by chance in a large fleet.
        tripping_silences: So many silences in a row do: each costs a visitor the whole wait.
        per_minute: For a quota of the minute, where the provider names no delay.
        per_minute_cap: The longest that a quota of the minute may claim.
        named_cap: The longest that any other delay named by the provider may claim.
        unnamed_quota: For a 429 that says nothing more.
        spend_rate: For an account that spends too fast, where the provider names no delay.
        transient_first: After overloads, server errors or broken connections in a row.
        transient_cap: What that doubles up to.
        silence_first: After silences in a row; its probe costs a visitor the wait.
        silence_cap: What that doubles up to.
        transient_memory: How soon one transient failure must follow another to count with it.
        not_found: For a model that is retired or was never granted.
        service: For a key, region or account that no model will answer to.
        probe_interval: A window that lasts longer is probed this often.
    """

    tripping_failures: int = 4
    tripping_silences: int = 3
    per_minute: float = 15
    per_minute_cap: float = 120
    named_cap: float = 900
    unnamed_quota: float = 300
    spend_rate: float = 120
    transient_first: float = 5
    transient_cap: float = 5
    silence_first: float = 15
    silence_cap: float = 60
    transient_memory: float = 300
    not_found: float = 21600
    service: float = 60
    probe_interval: float = 1800


@dataclass(frozen=True, slots=True)
class Streak:
    """Transient failures of one model in a row, as one process has seen them.

    Attributes:
        failures: How many.
        silences: How many of the last ones were silences.
        last_at: When the last one was.
        silence_began_at: When the attempt began that was silent last; None if that is not known.
    """

    failures: int = 0
    silences: int = 0
    last_at: datetime | None = None
    silence_began_at: datetime | None = None

    def trips(self, rules: WindowRules) -> bool:
        """Whether they are more than chance."""
        return self.failures >= rules.tripping_failures or self.silences >= rules.tripping_silences


def streak_after(
    failure: Failure,
    now: datetime,
    streak: Streak | None,
    rules: WindowRules,
    *,
    began_at: datetime | None = None,
) -> Streak | None:
    """The streak with one more failure; as it was if that is none of its kind.

    Args:
        failure: What went wrong.
        now: The instant of the failure (UTC).
        streak: What came before it; None where the model has answered since.
        rules: How soon one must follow another.
        began_at: When the attempt that failed began.
    """
    if not failure.is_transient:
        return streak
    memory = timedelta(seconds=rules.transient_memory)
    if streak is None or streak.last_at is None or now > streak.last_at + memory:
        streak = Streak()
    if failure.kind is not K.TIMED_OUT:
        return Streak(streak.failures + 1, 0, now)
    return Streak(streak.failures + 1, streak.silences + 1, now, began_at)


def streak_after_answer(streak: Streak, began_at: datetime) -> Streak | None:
    """What a whole answer leaves of a streak: silences of attempts that began after it did.

    A model that falls silent may still end what it has begun to say.

    Args:
        streak: What came before.
        began_at: When the attempt that was answered began.
    """
    if streak.silence_began_at is None or streak.silence_began_at <= began_at:
        return None
    return replace(streak, failures=streak.silences)


def counts_against_model(
    failure: Failure, model: str, earlier: Iterable[tuple[str, Failure]]
) -> bool:
    """Whether a failure says anything about the model that it happened at.

    What a request can cause at every model by itself counts against none of them. Where either may
    be the cause, it counts at the first model only: where another has failed this request so, the
    request is the likelier cause, and nobody else must pay.

    Args:
        failure: What went wrong.
        model: The model's name.
        earlier: The failures that the request has met before, each with the model's name.
    """
    if failure.is_useless_reply:
        return False
    return not failure.is_ambiguous or not any(
        before.is_ambiguous for name, before in earlier if name != model
    )


def window_after(
    failure: Failure,
    now: datetime,
    rules: WindowRules,
    *,
    standing: Window | None = None,
    is_probe: bool = False,
    streak: Streak | None = None,
    jitter: float = 0.0,
) -> Window | None:
    """The window that a failure opens, if any.

    Args:
        failure: What went wrong.
        now: The instant of the failure (UTC).
        rules: Lengths of windows.
        standing: What stands against the model already; for a probe, the window that it probed.
        is_probe: Whether the failed attempt was a probe. Where the provider names no instant, the
            window that it opens may be twice as long as after the probe before it.
        streak: Transient failures in a row, this one included.
        jitter: A random number from 0 up to 1.
    """
    if standing is not None and not is_probe:
        if standing.reason == ISOLATED:
            return None  # Set by hand: it stands until its end.
        if not standing.is_open(now):
            return None  # It began before that window; whether it is over is for a probe to say.
        if failure.is_transient:
            return None  # It was under way when the window opened, and is no further sign.
    if failure.kind.opens is Opens.NEVER:
        return None
    failed_probes = standing.failed_probes + 1 if standing is not None and is_probe else 0
    if failure.is_transient and not failed_probes and (streak is None or not streak.trips(rules)):
        return None
    until = end_of(failure, now, rules, failed_probes=failed_probes, jitter=jitter)
    interval = timedelta(seconds=rules.probe_interval)
    return Window(
        until=until,
        reason=failure.kind,
        probe_at=whole_ms(now + interval) if until - now > interval else None,
        failed_probes=failed_probes,
    )


def next_quota_day(now: datetime) -> datetime:
    """The next midnight in California, in UTC; days of 23 and 25 hours included."""
    tomorrow = now.astimezone(_QUOTA_DAY).date() + timedelta(days=1)
    return datetime.combine(tomorrow, time(), tzinfo=_QUOTA_DAY).astimezone(UTC)


def end_of(
    failure: Failure,
    now: datetime,
    rules: WindowRules,
    *,
    failed_probes: int = 0,
    jitter: float = 0.0,
) -> datetime:
    """When the window of a failure ends, in whole milliseconds.

    Args:
        failure: What went wrong.
        now: The instant of the failure (UTC).
        rules: Lengths of windows.
        failed_probes: How many probes in a row have failed so.
        jitter: A random number from 0 up to 1.
    """
    is_day = failure.kind is K.INPUT_QUOTA and failure.is_per_day
    if is_day or failure.kind is K.QUOTA_EXHAUSTED:
        return next_quota_day(now)
    first, cap, named_cap = _lengths(failure.kind, rules)
    delay = failure.retry_delay_seconds
    if named_cap is None or delay is None:
        return whole_ms(now + timedelta(seconds=_doubled(first, failed_probes, cap)))
    seconds = max(1.0, delay)
    seconds = min(named_cap, seconds + jitter * min(_MAX_JITTER_SECONDS, seconds / 10))
    return whole_ms(now + timedelta(seconds=seconds))


def _lengths(kind: K, rules: WindowRules) -> tuple[float, float, float | None]:
    """The first length, what it doubles up to, and the longest that the provider may name.

    All in seconds; None for the last where what the provider names does not count.
    """
    match kind:
        case K.UNAUTHORIZED | K.UNSUPPORTED_REGION | K.OUT_OF_CREDIT:
            # Not doubled: whoever has mended the key should see that it works again.
            return rules.service, rules.service, None
        case K.FORBIDDEN:
            return rules.service, rules.not_found, None
        case K.NOT_FOUND:
            return rules.not_found, rules.not_found, None
        case K.RATE_LIMITED | K.INPUT_QUOTA:
            return rules.per_minute, rules.per_minute_cap, rules.per_minute_cap
        case K.UNNAMED_QUOTA:
            return rules.unnamed_quota, rules.named_cap, rules.named_cap
        case K.SPEND_RATE_LIMITED:
            return rules.spend_rate, rules.named_cap, rules.named_cap
        case K.TIMED_OUT:
            return rules.silence_first, rules.silence_cap, rules.named_cap
        case K.OVERLOADED | K.SERVER_ERROR | K.CONNECTION_FAILED | K.UNKNOWN:
            return rules.transient_first, rules.transient_cap, rules.named_cap
        case (
            K.QUOTA_EXHAUSTED
            | K.CONTEXT_TOO_LONG
            | K.INVALID_REQUEST
            | K.UNSUPPORTED_FIELD
            | K.INCOMPLETE_ANSWER
            | K.EMPTY_ANSWER
            | K.UNUSABLE_ANSWER
        ):
            raise AssertionError(f"{kind} opens no window that has a length of its own")
        case _:  # pragma: no cover - mypy proves that this cannot be reached
            assert_never(kind)


def _doubled(first_seconds: float, times: int, cap_seconds: float) -> float:
    """Doubles a number of seconds, up to the cap; a cap below the first has no effect."""
    return max(first_seconds, min(cap_seconds, first_seconds * 2.0 ** min(times, _MAX_DOUBLINGS)))
