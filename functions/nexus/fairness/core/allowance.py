"""Whether one more message is within an allowance: a rate with a burst, and a daily number.

The rate is a GCRA (generic cell rate algorithm, ITU-T I.371), which remembers one instant: the
theoretical arrival time of the next message. Days are UTC days, whose midnight is the same instant
everywhere.
"""

from __future__ import annotations

import enum
import math
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

_MILLISECOND = timedelta(milliseconds=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Allowance:
    """How much somebody may send.

    Attributes:
        burst: Messages at once, after a pause.
        per_minute: Messages a minute, steadily.
        per_day: Messages in one day (UTC).
    """

    burst: int
    per_minute: float
    per_day: int

    @property
    def interval(self) -> timedelta:
        """The time between two messages at the steady rate, in whole milliseconds."""
        return math.ceil(60_000 / self.per_minute) * _MILLISECOND

    def times(self, factor: float) -> Allowance:
        """The allowance of several visitors together."""
        return Allowance(
            burst=math.floor(self.burst * factor),
            per_minute=self.per_minute * factor,
            per_day=math.floor(self.per_day * factor),
        )


@dataclass(frozen=True, slots=True)
class Usage:
    """What somebody has sent.

    Attributes:
        due_at: The theoretical arrival time (UTC): when the next message is due at the steady
            rate, in whole milliseconds.
        day: The day (UTC) of the last message.
        used: Messages on that day.
    """

    due_at: datetime
    day: date
    used: int


class Limit(enum.StrEnum):
    """Which limit was reached."""

    RATE = "rate"
    DAY = "day"


@dataclass(frozen=True, slots=True)
class Limited:
    """One message too many.

    Attributes:
        limit: Which limit was reached; if both were, the one that lasts longer.
        retry_at: The first instant at which one message is allowed again.
    """

    limit: Limit
    retry_at: datetime


def spend(usage: Usage | None, allowance: Allowance, now: datetime) -> Usage | Limited:
    """Spends one message of an allowance, if any is left at `now` (UTC).

    Args:
        usage: What was sent before; None for nothing.
        allowance: What may be sent.
        now: The present instant (UTC).

    Returns:
        The usage with this message, or the limit that refuses it.
    """
    today = now.date()
    used = usage.used if usage is not None and usage.day >= today else 0
    due_at = max(usage.due_at, now) if usage is not None else now
    tolerance = (allowance.burst - 1) * allowance.interval
    refusals = []
    if due_at - tolerance > now:
        refusals.append(Limited(Limit.RATE, due_at - tolerance))
    if used >= allowance.per_day:
        refusals.append(Limited(Limit.DAY, end_of(max(today, usage.day) if usage else today)))
    if refusals:
        return max(refusals, key=lambda refusal: refusal.retry_at)
    return Usage(
        due_at=_whole(due_at + allowance.interval),
        day=max(today, usage.day) if usage is not None else today,
        used=used + 1,
    )


def later(one: Usage | None, other: Usage | None) -> Usage | None:
    """Merges two usages that instances have counted separately."""
    if one is None or other is None:
        return one or other
    day, used = max((one.day, one.used), (other.day, other.used))
    return Usage(due_at=max(one.due_at, other.due_at), day=day, used=used)


def end_of(day: date) -> datetime:
    """The instant (UTC) at which a day ends."""
    return datetime.combine(day + timedelta(days=1), time(), UTC)


def _whole(instant: datetime) -> datetime:
    """Rounds up to whole milliseconds, so that what is stored allows no more than this."""
    return instant + timedelta(microseconds=-instant.microsecond % 1000)
