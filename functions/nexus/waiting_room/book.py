"""What one process knows of the line, and what it asks of the store.

No clock, no thread, no I/O, as `fallback.windows.book`. Numbers that are wanted while the store is
being asked share the next write, and so does all else that this process has to tell.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import partial

from fallback.store_tasks import Read, Steps, Task
from nexus.waiting_room.core.line import KEPT, SET_EVERY, Line, Supply, new_line
from nexus.waiting_room.store import LineStore

_TRIES = 2
_SHORTEST_PAUSE = timedelta(seconds=0.25)
_LONGEST_PAUSE = timedelta(seconds=4)


@dataclass(slots=True, eq=False)
class Place:
    """A number that is wanted.

    Attributes:
        epoch: Of the line that the number is of.
        number: The number; None before it is given.
        is_wanted: Whether somebody still waits for it.
    """

    epoch: int = 0
    number: int | None = None
    is_wanted: bool = True


class LineBook:
    """The line as one process knows it. Not safe for many threads.

    Attributes:
        version: Another number whenever wanted numbers may have been given.
        line: As it was when it was read or written last; None before that.
        writes: How often this process has written it.
        pause: The least time from one write to the next, unless the pace has to be set: none where
            nobody else writes, and the longer, the more others do.
    """

    def __init__(self) -> None:
        """Knows nothing."""
        self.version = 0
        self.line: Line | None = None
        self.writes = 0
        self._looked_at: datetime | None = None
        self.pause = timedelta()
        self._wrote_at: datetime | None = None
        self._wanted: list[Place] = []
        self._confirmed = 0
        self._used = 0
        self._refused = 0

    def is_old(self, now: datetime) -> bool:
        """Whether it is time to `look`."""
        return _is_over(SET_EVERY, self._looked_at, now)

    def may_tell(self, now: datetime) -> bool:
        """Whether what this process has to tell need not wait for others."""
        return _is_over(self.pause, self._wrote_at, now)

    def want(self) -> Place:
        """Asks for a number, which the next `look` gives."""
        place = Place()
        self._wanted.append(place)
        return place

    def forget(self, place: Place) -> None:
        """Asks no more: a number that nobody holds would be called in vain."""
        place.is_wanted = False

    def confirm(self, number: int) -> bool:
        """A ticket has come back; the next `look` tells, if that is news."""
        is_news = number > max(self._confirmed, self.line.confirmed if self.line else 0)
        if is_news:
            self._confirmed = number
        return is_news

    def use(self) -> None:
        """Somebody is let in; the next `look` tells."""
        self._used += 1

    def refuse(self) -> None:
        """Models have refused somebody who was let in; the next `look` tells."""
        self._refused += 1

    def look(self, supply: Supply | None) -> Task:
        """The task that reads the line, tells what is to be told, and sets the pace if it is due.

        Args:
            supply: What models take now; None in a process that may only read.
        """
        return partial(self._look, supply)

    def _look(self, supply: Supply | None, now: datetime) -> Steps:
        self._looked_at = now
        wanted: list[Place] = []
        confirmed = used = refused = 0
        try:
            for attempt in range(_TRIES):
                stored, now = yield Read()
                self.line = before = stored or new_line(now)  # Known even if others write first.
                is_urgent = refused or self._refused or before.is_due(now)
                if not (is_urgent or self.may_tell(now)):
                    return
                wanted = [place for place in wanted + self._wanted if place.is_wanted]
                self._wanted = []
                confirmed, self._confirmed = max(confirmed, self._confirmed), 0
                used, self._used = used + self._used, 0
                refused, self._refused = refused + self._refused, 0
                line = before.told(wanted=len(wanted), confirmed=confirmed, used=used - refused)
                if supply is not None and (refused or line.is_due(now)):
                    line = line.paced(supply, now, refused)
                if line != before:
                    version, _ = yield partial(_write, line, now + KEPT)
                    if version is None:
                        longer = max(2 * self.pause, _SHORTEST_PAUSE)
                        self.pause = min(longer, _LONGEST_PAUSE)
                        continue
                    if attempt == 0:
                        shorter = self.pause / 2
                        self.pause = shorter if shorter >= _SHORTEST_PAUSE else timedelta()
                    line = replace(line, version=version)
                    self.writes += 1
                    self._wrote_at = now
                for number, place in enumerate(wanted, before.issued + 1):
                    place.epoch, place.number = before.epoch, number
                wanted, confirmed, used, refused = [], 0, 0, 0
                self.line = line
                self.version += 1
                return
        finally:
            self._wanted = wanted + self._wanted
            self._confirmed = max(confirmed, self._confirmed)
            self._used += used
            self._refused += refused


def _is_over(pause: timedelta, since: datetime | None, now: datetime) -> bool:
    return since is None or not timedelta() <= now - since < pause


def _write(line: Line, expires_at: datetime, store: LineStore) -> object | None:
    return store.write(line, expires_at)
