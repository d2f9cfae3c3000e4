"""Exhaustion windows: for how long a failure sets a model aside.

A window is an instant in UTC at which it ends, never a duration: instants survive a restart, a
slow store and a clock that reads a second later. Windows are never shortened by a new failure.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from typing import assert_never
from zoneinfo import ZoneInfo

from fallback.core.failure import Failure, FailureKind

EVERY_MODEL = "every-model"
"""The name under which the window of the whole service is kept."""

# "Requests per day (RPD) quotas reset at midnight Pacific time", Gemini API, rate limits.
_QUOTA_DAY = ZoneInfo("America/Los_Angeles")
# Jitter spreads the return of many instances; a visitor should not wait noticeably longer for it.
_MAX_JITTER_SECONDS = 1.0
_MAX_DOUBLINGS = 30
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Window:
    """A model set aside.

    Attributes:
        until: The instant (UTC, whole milliseconds) at which the window ends.
        reason: The kind of the failure that opened it.
    """

    until: datetime
    reason: str

    def is_open(self, now: datetime) -> bool:
        """Whether the model is still set aside at `now`."""
        return now < self.until


Windows = Mapping[str, Window]
"""A snapshot: windows by model name, ended ones included; a healthy model has none."""


@dataclass(frozen=True, slots=True, kw_only=True)
class WindowRules:
    """Lengths of windows, all in seconds.

    Attributes:
        per_minute: For a quota of the minute, where the provider names no delay.
        per_minute_cap: The longest that a quota of the minute may claim.
        named_cap: The longest that any other delay named by the provider may claim.
        unnamed_quota: For a 429 that says nothing more.
        transient_first: After the second overload, server error or broken connection.
        transient_cap: What that doubles up to.
        transient_memory: How soon one transient failure must follow another to count with it.
        not_found: For a model that is retired or was never granted.
        service: For a key, region or account that no model will answer to.
    """

    per_minute: float = 60
    per_minute_cap: float = 120
    named_cap: float = 900
    unnamed_quota: float = 300
    transient_first: float = 15
    transient_cap: float = 300
    transient_memory: float = 60
    not_found: float = 21600
    service: float = 60


@dataclass(frozen=True, slots=True)
class Streak:
    """Transient failures of one model that came close together.

    Attributes:
        windows: How many windows they have opened.
        calm_at: From here on the next failure starts a new streak.
        window_until: End of the last window that the streak opened, if any.
    """

    windows: int
    calm_at: datetime
    window_until: datetime | None = None


def longer(one: Window | None, other: Window | None) -> Window | None:
    """The window that ends later."""
    if one is None or other is None:
        return one or other
    return other if other.until > one.until else one


def merge(one: Windows, other: Windows) -> dict[str, Window]:
    """Both snapshots in one, with the longer window where both have one."""
    merged = dict(one)
    for model, window in other.items():
        merged[model] = longer(merged.get(model), window) or window
    return merged


def window_after(
    failure: Failure,
    streak: Streak | None,
    now: datetime,
    rules: WindowRules,
    *,
    attempt: int = 1,
    jitter: float = 0.0,
) -> tuple[Window | None, Streak | None]:
    """The window that a failure opens, if any, and the model's streak after it.

    Args:
        failure: What went wrong.
        streak: The model's streak of transient failures so far.
        now: The instant of the failure (UTC).
        rules: Lengths of windows.
        attempt: Which attempt at this model it was for its request, counted from 1.
        jitter: A random number from 0 up to 1.

    Returns:
        The window (None: the failure sets nothing aside), and the streak to remember.
    """
    match failure.kind:
        case FailureKind.CONTEXT_TOO_LONG | FailureKind.INVALID_REQUEST:
            return None, streak
        case FailureKind.EMPTY_ANSWER | FailureKind.UNUSABLE_ANSWER:
            # As a rule the doing of one conversation; other visitors must not pay for it.
            return None, streak
        case FailureKind.UNAUTHORIZED | FailureKind.UNSUPPORTED_REGION | FailureKind.OUT_OF_CREDIT:
            return _window(failure, now, rules.service), streak
        case FailureKind.QUOTA_EXHAUSTED:
            return Window(next_quota_day(now), failure.kind), streak
        case FailureKind.NOT_FOUND:
            return _window(failure, now, rules.not_found), streak
        case FailureKind.RATE_LIMITED:
            seconds = _named(failure, rules.per_minute_cap, jitter) or rules.per_minute
            return _window(failure, now, seconds), streak
        case FailureKind.UNNAMED_QUOTA:
            seconds = _named(failure, rules.named_cap, jitter) or rules.unnamed_quota
            return _window(failure, now, seconds), streak
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
                return _window(failure, now, named), streak
            if failure.kind is FailureKind.SERVER_ERROR and attempt > 1:
                # A prompt can cause it; the same prompt twice is no second sign.
                return None, streak
            return _after_transient(failure, streak, now, rules)
        case _:  # pragma: no cover - mypy proves that this cannot be reached
            assert_never(failure.kind)


def next_quota_day(now: datetime) -> datetime:
    """The next midnight in California, in UTC; days of 23 and 25 hours included."""
    tomorrow = now.astimezone(_QUOTA_DAY).date() + timedelta(days=1)
    return datetime.combine(tomorrow, time(), tzinfo=_QUOTA_DAY).astimezone(UTC)


def _after_transient(
    failure: Failure, streak: Streak | None, now: datetime, rules: WindowRules
) -> tuple[Window | None, Streak]:
    memory = timedelta(seconds=rules.transient_memory)
    if streak is None or now > streak.calm_at:
        return None, Streak(windows=0, calm_at=now + memory)
    if streak.window_until is not None and now < streak.window_until:
        # It was under way when the window opened, and says nothing about the model after it.
        return None, streak
    doublings = min(streak.windows, _MAX_DOUBLINGS)
    window = _window(failure, now, min(rules.transient_first * 2**doublings, rules.transient_cap))
    return window, Streak(
        windows=streak.windows + 1,
        calm_at=window.until + memory,
        window_until=window.until,
    )


def _named(failure: Failure, cap_seconds: float, jitter: float) -> float | None:
    """The delay that the provider named: at least 1 s, with a little jitter, capped."""
    if failure.retry_delay_seconds is None:
        return None
    seconds = max(1.0, failure.retry_delay_seconds)
    return min(cap_seconds, seconds + jitter * min(_MAX_JITTER_SECONDS, seconds / 10))


def _window(failure: Failure, now: datetime, seconds: float) -> Window:
    until_ms = to_epoch_ms(now + timedelta(seconds=seconds))
    return Window(from_epoch_ms(until_ms), failure.kind)


def from_epoch_ms(epoch_ms: int) -> datetime:
    """The instant that stored milliseconds stand for, in UTC."""
    return _EPOCH + timedelta(milliseconds=epoch_ms)


def to_epoch_ms(instant: datetime) -> int:
    """The whole milliseconds under which an instant is stored; part ones count as whole."""
    return -((_EPOCH - instant) // timedelta(milliseconds=1))
