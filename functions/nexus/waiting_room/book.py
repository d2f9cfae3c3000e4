"""What one process knows of the line, and what it asks of the store.

No clock, no thread, no I/O, as `fallback.windows.book`. Numbers that are wanted while the store is
being asked share the next write, and so does all else that this process has to tell.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import partial

from fallback.store_tasks import Steps, Task
from nexus.waiting_room.core.line import KEPT, SET_EVERY, Line, Supply, new_line
from nexus.waiting_room.ports import LineStore

_TRIES = 12
_LONGEST_PAUSE = timedelta(seconds=4)


@dataclass(slots=True, eq=False)
class Place:
    """A number that is wanted.

    Attributes:
        epoch: Of the line that the number is of.
        number: The number; None before it is given.
    """

    epoch: int = 0
    number: int | None = None


class LineBook:
    """The line as one process knows it. Not safe for many threads.

    Attributes:
        version: Another number whenever the line has changed.
        line: As it was when it was read or written last; None before that.
        writes: How often this process has written it.
    """

    def __init__(self) -> None:
        """Knows nothing."""
        self.version = 0
        self.line: Line | None = None
        self.writes = 0
        self._looked_at: datetime | None = None
        self._pause = SET_EVERY
        self._wanted: list[Place] = []
        self._confirmed = 0
        self._back_to: float | None = None
        self._used = 0

    def is_old(self, now: datetime) -> bool:
        """Whether it is time to `look`: the sooner, the fewer others write at the same time."""
        looked_at = self._looked_at
        return looked_at is None or not timedelta() <= now - looked_at < self._pause

    def want(self) -> Place:
        """Asks for a number, which the next `look` gives."""
        place = Place()
        self._wanted.append(place)
        return place

    def forget(self, place: Place) -> None:
        """Asks no more."""
        if place in self._wanted:
            self._wanted.remove(place)

    def confirm(self, number: int) -> None:
        """A ticket has come back; the next `look` tells."""
        if self.line is None or number > self.line.confirmed:
            self._confirmed = max(self._confirmed, number)

    def use(self) -> None:
        """Somebody is let in; the next `look` tells."""
        self._used += 1

    def refuse(self, rank: float) -> None:
        """Models have refused somebody who was let in; the next `look` tells."""
        self._used -= 1
        self._back_to = _least(self._back_to, rank)

    def look(self, supply: Supply | None) -> Task:
        """The task that reads the line, tells what is to be told, and sets the pace if it is due.

        Args:
            supply: What models take now; None in a process that may only read.
        """
        return partial(self._look, supply)

    def _look(self, supply: Supply | None, now: datetime) -> Steps:
        self._looked_at = now
        wanted: list[Place] = []
        confirmed = used = 0
        back_to: float | None = None
        try:
            for attempt in range(_TRIES):
                stored, now = yield _read
                before = stored or new_line(now)
                wanted += self._wanted
                self._wanted = []
                confirmed, self._confirmed = max(confirmed, self._confirmed), 0
                used, self._used = used + self._used, 0
                back_to, self._back_to = _least(back_to, self._back_to), None
                line = before.told(wanted=len(wanted), confirmed=confirmed, used=used)
                if supply is not None and (back_to is not None or line.is_due(now)):
                    line = line.paced(supply, now, back_to)
                if line != before:
                    version, _ = yield partial(_write, line, now + KEPT)
                    if version is None:
                        self._pause = min(2 * self._pause, _LONGEST_PAUSE)
                        continue
                    if attempt == 0:
                        self._pause = max(self._pause / 2, SET_EVERY)
                    line = replace(line, version=version)
                    self.writes += 1
                self._give(wanted, before)
                wanted, confirmed, used, back_to = [], 0, 0, None
                self.line = line
                self.version += 1
                return
        finally:
            self._wanted = wanted + self._wanted
            self._confirmed = max(confirmed, self._confirmed)
            self._used += used
            self._back_to = _least(back_to, self._back_to)

    def _give(self, wanted: list[Place], before: Line) -> None:
        for number, place in enumerate(wanted, before.issued + 1):
            place.epoch, place.number = before.epoch, number


def _least(one: float | None, other: float | None) -> float | None:
    return min((number for number in (one, other) if number is not None), default=None)


def _read(store: LineStore) -> Line | None:
    return store.read()


def _write(line: Line, expires_at: datetime, store: LineStore) -> object | None:
    return store.write(line, expires_at)
