"""The line: the numbers of those who wait, and which of them are called.

Numbers are called at a pace: from an instant on, so many a second. Whoever finds the pace a second
old sets it anew, by what models take and by how many of those called have come. Between two such
looks any instance, and any page, says alone which number is called.

Called numbers and time are counted while the line moves: an outage between them changes nothing.
"""

from __future__ import annotations

import enum
import math
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from nexus.waiting_room.core.looks import ARRIVAL_SECONDS, GRACE_SECONDS, Look, kept, missing, share
from nexus.waiting_room.core.pace import FIRST_PER_SECOND, in_proportion, most_a_second, slowed

SET_EVERY = timedelta(seconds=1)
"""How old the pace may be before it is set anew."""

KEPT = timedelta(days=2)
"""How long a line is stored after its last change."""

_AHEAD_SECONDS = 2.0
_AHEAD_NUMBERS = 2.0
"""The line moves no further while nobody sets its pace, whichever is longer."""
_GROWTH_A_SECOND = 1.5 ** (1 / 15)
_RECOVERY_A_SECOND = 1.01 ** (1 / 60)
_PACE_KEPT = timedelta(minutes=10)
"""How long after the last look others are still thought to use what they used."""
_MINUTE_SECONDS = 60.0
_LEAST_MISSING = 3.0
_MISSING_SECONDS = 4.0
_LONGEST_HOLD = timedelta(seconds=5)
_LONGEST_NOTE = timedelta(hours=26)


class Mode(enum.StrEnum):
    """What the operator wants of the line."""

    AUTO = "auto"
    """People wait while models are short."""
    START = "start"
    """Everybody waits in line, also while models answer."""
    DRAIN = "drain"
    """Those in line are served, newcomers are refused meanwhile. Nobody gets a new place."""
    STOP = "stop"
    """There is no line: whoever waits is let in at once."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Supply:
    """What models take now, as far as is known.

    Attributes:
        retry_at: When a model may next be tried (UTC); None if one may be now.
        per_minute: The requests a minute of the models that answer, or of those that return at
            `retry_at`; None if that is not known.
        is_exhausted: Whether each of these has refused requests until `retry_at`. Otherwise it may
            be our own count of a minute, or another's probe, that keeps them out.
    """

    retry_at: datetime | None = None
    per_minute: float | None = None
    is_exhausted: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """The line.

    Attributes:
        epoch: Names this line; numbers of another one mean nothing here.
        set_at: When the pace was set (UTC).
        at: From when on (UTC) numbers are called at the pace.
        called: The highest number that is called at that instant.
        rate: How many chats a second are let in; None before anybody knows.
        most: How many a second models were to be sent at that rate; None if their limits were not
            known.
        share: Of those called, the part that comes.
        is_known: Whether the pace is more than a guess: limits are known, and who comes.
        is_held: Whether no model may be tried before `at`, when the next number is called.
        issued: The last number given.
        confirmed: The highest number whose ticket has been sent back.
        used: How many have come when they were called, and were not refused after all.
        seconds: How long the line has moved, in all.
        looks: Earlier ones, the oldest first.
        mode: What the operator wants.
        version: The state of the store that this was read from; None if it has none.
    """

    epoch: int
    set_at: datetime
    at: datetime
    called: float = 0.0
    rate: float | None = None
    most: float | None = None
    share: float = 1.0
    is_known: bool = False
    is_held: bool = False
    issued: int = 0
    confirmed: int = 0
    used: int = 0
    seconds: float = 0.0
    looks: tuple[Look, ...] = ()
    mode: Mode = Mode.AUTO
    version: object | None = field(default=None, compare=False)

    # Who is called

    def called_at(self, now: datetime) -> float:
        """The highest number that is called at `now` (UTC)."""
        if now < self.at:
            return self.called
        moved = self._numbers_a_second * self._moved_seconds(now, self.at)
        return min(self.called + self.is_held + moved, max(self.called, self.issued))

    def is_called(self, number: float, now: datetime) -> bool:
        """Whether a number, less its head start, may come now."""
        return self.mode is Mode.STOP or number <= self.called_at(now)

    def is_passed_over(self, number: float) -> bool:
        """Whether a number was called so long ago that its place is lost."""
        long_ago = [look for look in self.looks if look.seconds <= self.seconds - GRACE_SECONDS]
        return bool(long_ago) and number <= long_ago[-1].called

    def somebody_waits(self, now: datetime) -> bool:
        """Whether those without a ticket have to get into line."""
        if self.mode in (Mode.START, Mode.STOP):
            return self.mode is Mode.START
        return self.waiting(now) > 0

    @property
    def gives_places(self) -> bool:
        """Whether those who are refused get a place."""
        return self.mode in (Mode.AUTO, Mode.START)

    def waiting(self, now: datetime) -> int:
        """How many wait, at most: some may have left."""
        last = 0 if self._is_deserted(now) else self.confirmed
        return max(0, math.ceil(last - self.called_at(now)))

    def place(self, number: float, now: datetime) -> int:
        """The place in line of a number, less its head start; 1 is the first."""
        return max(1, math.ceil(number - self.called_at(now)))

    def comes_at(self, number: float, now: datetime) -> datetime:
        """When the holder of a number should come: as expected, or when it is worth a try."""
        pace = self._numbers_a_second or FIRST_PER_SECOND
        return max(self._reached_at(number, pace), now + timedelta(seconds=1))

    @property
    def pace(self) -> float | None:
        """How many numbers are called a second for now; None before anybody has set that."""
        return self._numbers_a_second or None

    @property
    def per_second(self) -> float | None:
        """How many numbers are called a second, as far as times follow; None if nobody can say."""
        return self.pace if self.is_known else None

    def ends_at(self, now: datetime) -> datetime:
        """When the last number will have been called, and its grace is over (UTC)."""
        return self.comes_at(self.issued, now) + timedelta(seconds=GRACE_SECONDS)

    def noted_until(self, now: datetime) -> datetime:
        """Until when (UTC) every process should look at the line; a mode lasts a day beyond use."""
        longest = now + _LONGEST_NOTE
        return min(self.ends_at(now), longest) if self.mode is Mode.AUTO else longest

    # What changes

    def with_mode(self, mode: Mode) -> Line:
        """As the operator wants it from now on."""
        called = max(self.called, self.issued) if mode is Mode.STOP else self.called
        return replace(self, mode=mode, called=called)

    def told(self, *, wanted: int = 0, confirmed: int = 0, used: int = 0) -> Line:
        """With what one instance has to tell.

        Args:
            wanted: How many numbers it gives.
            confirmed: The highest number that has come back to it.
            used: How many more it has let in; below zero where models refused them after all.
        """
        return replace(
            self,
            issued=self.issued + wanted,
            confirmed=max(self.confirmed, min(confirmed, self.issued + wanted)),
            used=self.used + used,
        )

    def is_due(self, now: datetime) -> bool:
        """Whether it is time to set the pace: not while every number is called."""
        return self.issued > self.called_at(now) and abs(now - self.set_at) >= SET_EVERY

    def paced(self, supply: Supply, now: datetime, refused: int = 0) -> Line:
        """With its pace set anew.

        Args:
            supply: What models take.
            now: The present instant (UTC).
            refused: How many models have refused after all since. The line goes back by as many
                who come, and calls the last numbers again.
        """
        since = self.at if self.is_held else self.set_at
        elapsed = self._moved_seconds(now, since) if self.rate else 0.0
        seconds = self.seconds + elapsed
        called = max(0.0, self.called_at(now) - refused / self.share)
        look = Look(seconds, called, self.used)
        line = replace(
            self,
            set_at=now,
            at=now,
            called=look.called,
            confirmed=0 if self._is_deserted(now) else self.confirmed,
            rate=self.rate if now - self.set_at < _PACE_KEPT else self.most or self.rate,
            seconds=seconds,
            looks=(*kept(self.looks, seconds), look),
        )
        part, is_known = share(line.looks, seconds, self.used)
        line = replace(line, share=part, is_known=is_known or not called)
        if refused and supply.retry_at and supply.is_exhausted:
            lasted = _MINUTE_SECONDS - (supply.retry_at - now).total_seconds()
            line = replace(line, rate=slowed(line.rate, line.most, line.looks, lasted))
        if supply.retry_at is not None:
            return line._waits_until(supply.retry_at, supply)
        return line._moves_on(supply, 0.0 if refused else elapsed)

    # Internal

    @property
    def _numbers_a_second(self) -> float:
        return 0.0 if self.rate is None else self.rate / self.share

    def _rate_for(self, most: float | None) -> float:
        is_guess = self.is_held and self.most is None
        return in_proportion(None if is_guess else self.rate, self.most, most)

    def _moved_seconds(self, now: datetime, since: datetime) -> float:
        """How long numbers were called by `now`: nobody comes where nobody sets the pace."""
        longest = max(_AHEAD_SECONDS, _AHEAD_NUMBERS / (self._numbers_a_second or math.inf))
        return _clipped((now - since).total_seconds(), 0.0, longest)

    def _is_deserted(self, now: datetime) -> bool:
        """Whether none of those called last has come. Whoever is left says so by coming back."""
        then = now - timedelta(seconds=ARRIVAL_SECONDS)
        return self._moved_seconds(then, self.at) < (then - self.at).total_seconds()

    def _reached_at(self, number: float, per_second: float) -> datetime:
        seconds = max(0.0, number - self.called - self.is_held) / per_second
        return self.at + timedelta(seconds=min(seconds, 86_400.0 * 365))

    def _waits_until(self, retry_at: datetime, supply: Supply) -> Line:
        most = most_a_second(supply.per_minute)
        if most is None and self.is_held:  # Another instance may have learned more.
            return replace(self, at=max(retry_at, self.at))
        return replace(
            self,
            at=max(retry_at, self.at),
            rate=FIRST_PER_SECOND if most is None else self._rate_for(most),
            most=most,
            is_known=self.is_known and most is not None,
            is_held=True,
        )

    def _moves_on(self, supply: Supply, elapsed: float) -> Line:
        """Goes faster while nobody is refused, and waits for those called who have not come."""
        most = most_a_second(supply.per_minute)
        rate = self._rate_for(most)
        rate *= (_GROWTH_A_SECOND if most is None else _RECOVERY_A_SECOND) ** elapsed
        rate = rate if most is None else min(rate, most)
        held = missing(self.looks, self.share) - max(_LEAST_MISSING, _MISSING_SECONDS * rate)
        held_seconds = _clipped(held / rate, 0.0, _LONGEST_HOLD.total_seconds())
        return replace(
            self,
            at=self.at + timedelta(seconds=held_seconds),
            rate=rate,
            most=most,
            is_known=self.is_known and most is not None,
            is_held=False,
        )


def new_line(now: datetime) -> Line:
    """A line in which nobody waits."""
    return Line(epoch=round(now.timestamp() * 1000), set_at=now - SET_EVERY, at=now)


def _clipped(value: float, least: float, most: float) -> float:
    return min(max(value, least), most)
