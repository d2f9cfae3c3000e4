"""The line that all instances share, as one process sees it.

1. A note among the windows, which every process reads already, says that there is a line. Without
   it nothing is read or written here.
2. A look is at most a second old. Numbers that are wanted meanwhile share one write.
3. Nobody waits for a store in trouble: then there is no line, and windows decide alone.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable
from concurrent.futures import Future
from datetime import datetime, timedelta

from fallback.core.windows import Window, Windows
from fallback.events import Event
from fallback.ports import Clock, EventLog
from fallback.store_tasks import Steps
from fallback.store_thread import StoreThread
from fallback.wait_budget import WaitBudget
from fallback.windows.shared import SharedWindows
from nexus.waiting_room.book import LineBook, Place
from nexus.waiting_room.core.line import Line, Supply
from nexus.waiting_room.store import LineStore

NOTE = "waiting-room"
"""The name of the note. It keeps nobody out, and stands until the line has moved past everybody."""

WAITING = "waiting"
"""Its reason."""

_NUMBER_SECONDS = 5.0
"""How long a refusal waits for its number."""

_BATCH_SECONDS = 0.25
_MAX_USES = 10_000
_LOGGED_EVERY = timedelta(seconds=10)
_RENEWED_WITHIN = timedelta(seconds=60)


class SharedLine:
    """One process's part of the line. Safe for many threads.

    Attributes:
        on_change: Called when this process has set the pace anew, or finds the line over.
    """

    def __init__(
        self,
        store: LineStore,
        windows: SharedWindows,
        *,
        supply: Callable[[Windows], Supply] | None,
        clock: Clock,
        log: EventLog,
    ) -> None:
        """Touches the store only when somebody waits.

        Args:
            store: Where the line is.
            windows: Where the note is.
            supply: What models take, given the windows; None in a process that may only read.
            clock: Tells the time.
            log: Where events go.
        """
        self._windows = windows
        self._supply = supply
        self._clock = clock
        self._book = LineBook()
        self._thread = StoreThread(
            self._book, store, name="line-store", clock=clock, log=log, tell=self._tell
        )
        self._log = log
        self._looking: Future[None] | None = None
        self._next: Future[None] | None = None
        self._gathering = threading.Lock()
        self._gathered_at = float("-inf")
        self._logged_at = clock.now() - _LOGGED_EVERY
        self._noted_until: datetime | None = None
        self._uses: OrderedDict[str, None] = OrderedDict()
        self.on_change: Callable[[], object] = lambda: None

    def known(self, windows: Windows, budget: WaitBudget) -> Line | None:
        """The line; None if there is none, or the store is unavailable.

        Args:
            windows: All that are known.
            budget: How long to wait for the store.
        """
        note = windows.get(NOTE)
        now = self._clock.now()
        if note is None or not note.is_open(now):
            self._end(now)
            return None
        with self._thread.book() as book:
            is_old = book.is_old(now)
            if is_old and (self._looking is None or self._looking.done()):
                self._looking = self._look(windows)
            looking = self._looking
        if is_old and looking is not None:
            self._thread.wait(looking, budget)
        return self._book.line if self._thread.is_available else None

    def number(self, windows: Windows) -> Place | None:
        """Gives the next number; None if the store does not give one in time.

        Args:
            windows: All that are known.
        """
        with self._thread.book() as book:
            place, version = book.want(), book.version
        ends_at = self._clock.monotonic() + _NUMBER_SECONDS
        while place.number is None and self._thread.is_available:
            self._gather(windows)
            left = ends_at - self._clock.monotonic()
            if left <= 0:
                break
            version = self._thread.wait_for_change(version, min(left, _BATCH_SECONDS))
        with self._thread.book() as book:
            book.forget(place)
        return None if place.number is None else place

    @property
    def line(self) -> Line | None:
        """The line as this process knows it; None if it knows none."""
        return self._book.line

    def confirm(self, number: int, windows: Windows) -> None:
        """A ticket has come back. Others learn of it at once; nobody waits for that.

        Args:
            number: Of the ticket.
            windows: All that are known.
        """
        now = self._clock.now()
        with self._thread.book() as book:
            if book.confirm(number) and book.may_tell(now):
                self._look(windows)

    def use(self, ticket: str, expires_at: datetime, windows: Windows, budget: WaitBudget) -> bool:
        """Takes note of the one use of a ticket, and says whether that was its first.

        While the store does not answer, this process says so alone. Others learn of it at once:
        the line waits for those who are called and do not come.
        """
        answers: list[bool] = []

        def ask(_now: datetime) -> Steps:
            is_new, _ = yield lambda store: store.use(ticket, expires_at)
            answers.append(is_new)

        with self._thread.book() as book:
            if ticket in self._uses:
                return False
            self._uses[ticket] = None
            if len(self._uses) > _MAX_USES:
                self._uses.popitem(last=False)
            asked = self._thread.submit(ask)
        self._thread.wait(asked, budget)
        if answers and not answers[0]:
            return False
        now = self._clock.now()
        with self._thread.book() as book:
            book.use()
            if book.may_tell(now):
                self._look(windows)
        return True

    def refused(self, windows: Windows, budget: WaitBudget) -> None:
        """Somebody who was let in has got no answer, and keeps the number.

        Args:
            windows: All that are known.
            budget: How long to wait for the store.
        """
        with self._thread.book() as book:
            book.refuse()
            told = self._look(windows)
        self._thread.wait(told, budget)

    def give_back(self, ticket: str, windows: Windows) -> None:
        """Forgets the use of a ticket, which brought no answer. Does not wait.

        Args:
            ticket: What names the use.
            windows: All that are known.
        """

        def ask(_now: datetime) -> Steps:
            yield lambda store: store.give_back(ticket)

        with self._thread.book() as book:
            self._uses.pop(ticket, None)
            self._thread.submit(ask)
            book.refuse()
            self._look(windows)

    def flush(self, seconds: float) -> None:
        """Waits until everything is done that was begun.

        Raises:
            TimeoutError: It is not, after so many seconds.
        """
        self._thread.flush(seconds)

    def _gather(self, windows: Windows) -> None:
        """Has all numbers given that are wanted by now, unless another request is about to."""
        if not self._gathering.acquire(blocking=False):
            return
        try:
            pause = max(_BATCH_SECONDS, self._book.pause.total_seconds())
            pause += self._gathered_at - self._clock.monotonic()
            if pause > 0:
                self._clock.sleep(pause)
            self._gathered_at = self._clock.monotonic()
        finally:
            self._gathering.release()
        with self._thread.book():
            self._look(windows)

    def _look(self, windows: Windows) -> Future[None]:
        """The next look, which tells all that is to be told when it begins. Needs the book."""

        def look(now: datetime) -> Steps:
            self._next = None
            supply = None if self._supply is None else self._supply(windows)
            writes = self._book.writes
            yield from self._book.look(supply)(now)
            if self._book.writes != writes:
                self._tell_others()

        if self._next is None:
            # The first one connects, which may take longer than any request waits.
            is_first = self._book.line is None
            self._next = self._thread.submit(look, may_take_long=is_first)
        return self._next

    def _end(self, now: datetime) -> None:
        """Has the status object forget those who never came, once: nobody else would say so."""
        if self._noted_until is not None and self._noted_until <= now:
            self._noted_until = None
            self.on_change()

    def _tell_others(self) -> None:
        """Has the note last as long as the line, and the status object say where it is."""
        line, now = self._book.line, self._clock.now()
        if line is None:
            return
        until = line.noted_until(now)
        if self._noted_until is None or until - self._noted_until > _RENEWED_WITHIN:
            self._noted_until = until
            self._windows.note(NOTE, Window(until, WAITING))
        self.on_change()
        if now - self._logged_at >= _LOGGED_EVERY:
            self._logged_at = now
            self._log(
                Event.LINE_MOVED,
                waiting=line.waiting(now),
                issued=line.issued,
                called=int(line.called_at(now)),
                used=line.used,
                per_second=line.per_second,
                share=line.share,
                mode=line.mode,
            )

    def _tell(self, reason: str | None) -> None:
        if reason is None:
            self._log(Event.LINE_STORE_RECOVERED)
        else:
            self._log(Event.LINE_STORE_UNAVAILABLE, reason=reason)
