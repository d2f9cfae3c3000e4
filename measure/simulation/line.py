"""The line on one instance: the book of `nexus.waiting_room`, with a process as its thread.

`nexus/waiting_room/shared.py` waits with threads; here a process yields instead.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

from fallback.core.windows import Window, Windows
from fallback.ports import StoreUnavailableError
from fallback.store_health import StoreHealth
from fallback.store_tasks import Steps
from measure.simulation.store import LineStore
from measure.simulation.timeline import Job, Process, Timeline
from measure.simulation.worker import WaitBudget, Worker
from nexus.waiting_room.book import LineBook, Place
from nexus.waiting_room.core.line import Line, Supply

NOTE = "waiting-room"
_WAITING = "waiting"
_NUMBER_SECONDS = 5.0
_BATCH_SECONDS = 0.25
_RENEWED_WITHIN = timedelta(seconds=60)
_LONGEST_NOTE = timedelta(hours=26)


class SharedLine:
    """One instance's part of the line.

    Attributes:
        is_dead: Whether its process has been killed.
    """

    def __init__(
        self,
        timeline: Timeline,
        store: LineStore,
        *,
        supply: Callable[[Windows], Supply],
        note: Callable[[str, Window], None],
        on_change: Callable[[], object],
    ) -> None:
        """Knows nothing.

        Args:
            timeline: When things happen.
            store: Where the line is.
            supply: What models take, given the windows.
            note: Stores a window that no failure has opened.
            on_change: Called when this instance has written the line.
        """
        self.is_dead = False
        self._timeline = timeline
        self._store = store
        self._supply = supply
        self._note = note
        self._on_change = on_change
        self._book = LineBook()
        health = StoreHealth(lambda: timeline.seconds, lambda _: None)
        self._worker = Worker(timeline, self, health)
        self._looking: Job | None = None
        self._gathering: Job | None = None
        self._next: Job | None = None
        self._gathered_at = -1.0
        self._noted_until = timeline.instant()
        self._uses: set[str] = set()

    @property
    def line(self) -> Line | None:
        """The line as this instance knows it."""
        return self._book.line

    def known(self, windows: Windows, budget: WaitBudget) -> Process[Line | None]:
        """The line; None if there is none, or the store is unavailable."""
        note, now = windows.get(NOTE), self._timeline.instant()
        if note is None or not note.is_open(now):
            return None
        if self._book.is_old(now):
            writes = self._book.writes
            if self._looking is None or self._looking.is_done:
                self._looking = self._look(windows)
            yield from self._worker.wait(self._looking, budget)
            self._tell_others(writes)
        return self._book.line if self._worker.is_available else None

    def number(self, windows: Windows) -> Process[Place | None]:
        """Gives the next number; None if the store does not give one in time."""
        place, writes = self._book.want(), self._book.writes
        ends_at = self._timeline.seconds + _NUMBER_SECONDS
        while place.number is None and self._timeline.seconds < ends_at:
            if self._gathering is None or self._gathering.is_done:
                self._gathering = Job()
                self._timeline.start(self._gather(windows, self._gathering))
            yield self._gathering, ends_at - self._timeline.seconds
        self._book.forget(place)
        self._tell_others(writes)
        return None if place.number is None else place

    def confirm(self, number: int, windows: Windows) -> None:
        """A ticket has come back."""
        if self._book.confirm(number) and self._book.may_tell(self._timeline.instant()):
            self._look(windows)

    def use(self, ticket: str, windows: Windows) -> Process[bool]:
        """Takes note of the one use of a ticket, and says whether that was its first."""
        if ticket in self._uses:
            return False
        self._uses.add(ticket)
        yield from ()
        try:
            is_first = yield from self._alive().use(ticket, self._timeline.instant())
        except StoreUnavailableError:
            is_first = True
        if is_first:
            self._book.use()
            now = self._timeline.instant()
            if self._book.may_tell(now):
                self._look(windows)
        return is_first

    def refused(self, windows: Windows, budget: WaitBudget) -> Process[None]:
        """Somebody who was let in has got no answer, and keeps the number."""
        self._book.refuse()
        writes = self._book.writes
        yield from self._worker.wait(self._look(windows), budget)
        self._tell_others(writes)

    # What the worker asks of the store. A killed process asks nothing.

    def read(self) -> Process[Line | None]:
        """See `LineStore`."""
        return self._alive().read()

    def write(self, line: Line, expires_at: datetime) -> Process[object | None]:
        """See `LineStore`."""
        return self._alive().write(line, expires_at)

    # Internal

    def _alive(self) -> LineStore:
        if self.is_dead:
            raise StoreUnavailableError("killed")
        return self._store

    def _gather(self, windows: Windows, gathering: Job) -> Process[None]:
        """Has all numbers given that are wanted by then."""
        pause = max(_BATCH_SECONDS, self._book.pause.total_seconds())
        yield max(0.0, self._gathered_at + pause - self._timeline.seconds)
        self._gathered_at = self._timeline.seconds
        yield self._look(windows), _NUMBER_SECONDS
        self._timeline.finish(gathering)

    def _look(self, windows: Windows) -> Job:
        begun: list[datetime] = []

        def look(now: datetime) -> Steps:
            begun.append(now)
            self._next = None
            return self._book.look(self._supply(windows))(now)

        if self._next is None:
            job = self._worker.submit(look)
            self._next = None if begun else job
            return job
        return self._next

    def _tell_others(self, writes: int) -> None:
        line, now = self._book.line, self._timeline.instant()
        if line is None or self._book.writes == writes:
            return
        until = min(line.ends_at(now), now + _LONGEST_NOTE)
        if until - self._noted_until > _RENEWED_WITHIN:
            self._noted_until = until
            self._note(NOTE, Window(until, _WAITING))
        self._on_change()
