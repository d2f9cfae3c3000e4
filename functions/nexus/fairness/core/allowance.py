"""Whether one more message is within an allowance: a rate with a burst, and a daily number.

The rate is a GCRA (generic cell rate algorithm, ITU-T I.371), which remembers one instant: the
theoretical arrival time of the next message. Days are UTC days, whose midnight is the same instant
everywhere. Messages are counted in units of an ordinary one.
"""

from __future__ import annotations

import enum
import math
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

_MILLISECOND = timedelta(milliseconds=1)
_CLOCKS_DIFFER = timedelta(seconds=1)
"""How far the clocks of two instances may be apart without anybody noticing."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Allowance:
    """How much somebody may send.

    Attributes:
        burst: Units at once, after a pause.
        per_minute: Units a minute, steadily.
        per_day: Units in one day (UTC).
    """

    burst: int
    per_minute: float
    per_day: int

    @property
    def interval(self) -> timedelta:
        """The time between two units at the steady rate, in whole milliseconds."""
        return math.ceil(60_000 / self.per_minute) * _MILLISECOND

    @property
    def longest_debt(self) -> timedelta:
        """How far ahead of now usage can be due: a burst that is used up, and as much again."""
        return 2 * self.burst * self.interval

    @property
    def horizon(self) -> timedelta:
        """Usage that is due further ahead of now was written by a clock that is ahead."""
        return self.longest_debt + _CLOCKS_DIFFER

    def times(self, factor: float) -> Allowance:
        """The allowance of several visitors together, or a part of one: at least one unit."""
        return Allowance(
            burst=max(1, math.floor(self.burst * factor)),
            per_minute=self.per_minute * factor,
            per_day=max(1, math.floor(self.per_day * factor)),
        )

    def capped(self, units: float) -> float:
        """What a message of so many units costs: at most what may be sent at once."""
        return min(units, self.burst, self.per_day)


@dataclass(frozen=True, slots=True)
class Usage:
    """What somebody has sent.

    Attributes:
        due_at: The theoretical arrival time (UTC): when the next message is due at the steady
            rate, in whole milliseconds.
        day: The day (UTC) of the last message.
        used: Units on that day.
    """

    due_at: datetime
    day: date
    used: float


class Limit(enum.StrEnum):
    """Which limit was reached."""

    RATE = "rate"
    DAY = "day"


@dataclass(frozen=True, slots=True)
class Limited:
    """One message too many.

    Attributes:
        limit: Which limit was reached; if both were, the one that lasts longer.
        retry_at: The first instant at which the message is allowed.
    """

    limit: Limit
    retry_at: datetime


@dataclass(frozen=True, slots=True)
class Standing:
    """What is left of an allowance.

    Attributes:
        limit: Units in all: of the burst or of the day, whichever has less left.
        remaining: Whole units left.
        reset: How long it takes until all of them are back.
    """

    limit: int
    remaining: int
    reset: timedelta


def spend(
    usage: Usage | None, allowance: Allowance, now: datetime, units: float = 1
) -> Usage | Limited:
    """Spends a message's units of an allowance, if they are left at `now` (UTC).

    Args:
        usage: What was sent before; None for nothing.
        allowance: What may be sent.
        now: The present instant (UTC).
        units: What the message costs. It never costs more than may be sent at once.

    Returns:
        The usage with this message, or the limit that refuses it.
    """
    usage, units = _present(usage, allowance, now), allowance.capped(units)
    tolerance = (allowance.burst - units) * allowance.interval
    refusals = []
    if usage.due_at - tolerance > now:
        refusals.append(Limited(Limit.RATE, _whole(usage.due_at - tolerance)))
    if usage.used + units > allowance.per_day:
        refusals.append(Limited(Limit.DAY, end_of(usage.day)))
    if refusals:
        return max(refusals, key=lambda refusal: refusal.retry_at)
    return Usage(
        due_at=_whole(usage.due_at + units * allowance.interval),
        day=usage.day,
        used=usage.used + units,
    )


def add(usage: Usage | None, allowance: Allowance, now: datetime, units: float) -> Usage:
    """Adds units that are known only afterwards, such as those of extra attempts.

    They may be more than what is left, but the next message never waits for longer than a burst
    and one message take at the steady rate.
    """
    usage = _present(usage, allowance, now)
    due_at = _whole(usage.due_at + units * allowance.interval)
    latest = _whole(now + allowance.longest_debt)
    return Usage(
        # It may be later already, by the difference of two clocks.
        due_at=max(usage.due_at, min(due_at, latest)),
        day=usage.day,
        used=usage.used + units,
    )


def standing(usage: Usage | None, allowance: Allowance, now: datetime) -> Standing:
    """What is left at `now` (UTC)."""
    usage = _present(usage, allowance, now)
    reset = max(usage.due_at - _whole(now), timedelta())
    left = max(0, math.floor(allowance.burst - reset / allowance.interval))
    rate = Standing(allowance.burst, left, reset)
    left_today = max(0, math.floor(allowance.per_day - usage.used))
    day = Standing(allowance.per_day, left_today, end_of(usage.day) - now)
    return day if day.remaining <= rate.remaining else rate


def believed(usage: Usage, now: datetime, horizon: timedelta) -> Usage:
    """The usage without what only a clock that is ahead can have written.

    An instance whose clock is an hour ahead must not lock anybody out for that hour.
    """
    today = now.date()
    if usage.due_at <= now + horizon and usage.day <= today:
        return usage
    return Usage(
        due_at=usage.due_at if usage.due_at <= now + horizon else _whole(now - _MILLISECOND),
        day=min(usage.day, today),
        used=usage.used if usage.day <= today else 0,
    )


def later(one: Usage, other: Usage) -> Usage:
    """Merges two usages that instances have counted separately."""
    day, used = max((one.day, one.used), (other.day, other.used))
    return Usage(due_at=max(one.due_at, other.due_at), day=day, used=used)


def end_of(day: date) -> datetime:
    """The instant (UTC) at which a day ends."""
    return datetime.combine(day + timedelta(days=1), time(), UTC)


def _present(usage: Usage | None, allowance: Allowance, now: datetime) -> Usage:
    """The usage as it is now: a day that is over counts no more, and unused time is not saved."""
    today = now.date()
    if usage is None:
        return Usage(now, today, 0)
    usage = believed(usage, now, allowance.horizon)
    used = usage.used if usage.day == today else 0
    return Usage(max(usage.due_at, now), today, used)


def _whole(instant: datetime) -> datetime:
    """Rounds up to whole milliseconds, so that what is stored allows no more than this."""
    return instant + timedelta(microseconds=-instant.microsecond % 1000)
