"""The windows that all instances share, as one process sees them: cached, and never in the way.

1. A snapshot is at most a second old, and one read at a time is under way.
2. A request waits for the store a quarter of a second in all. After that the last known state and
   this process's own windows serve (fail open). While the store is unavailable or slow, requests
   do not wait for it at all.
3. A window that could not be written holds in this process, and is written when the store is back.
4. A window that has ended is probed under a lease of the store, which one request of one process
   gets. While the store is unavailable, each process probes for itself.

`book.py` keeps what is known, `judge.py` enters how attempts ended, `fallback.store_thread` talks
to the store, and here they meet.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Collection, Iterable
from concurrent.futures import Future
from datetime import datetime, timedelta

from fallback.core.failure import QUOTA_KINDS, Failure, FailureKind, Scope
from fallback.core.hierarchy import Target
from fallback.core.window_rules import WindowRules
from fallback.core.windows import Window, Windows, split_name
from fallback.events import Event
from fallback.ports import Clock, EventLog, WindowStore
from fallback.store_thread import StoreThread
from fallback.wait_budget import WaitBudget
from fallback.windows.book import Book
from fallback.windows.judge import Judge
from fallback.windows.leases import Lease, Leases, RunningAttempt

_PROBE_SPREAD = timedelta(seconds=2)
"""Processes that find a window due at the same moment ask for its probe within this time:
otherwise the probes grow with the fleet (docs/simulation/rules.md)."""


class SharedWindows:
    """Reads, opens, probes and closes exhaustion windows for the runner. Safe for many threads.

    Attributes:
        on_change: Called when this process has opened, lengthened or closed a window.
    """

    def __init__(
        self,
        store: WindowStore,
        *,
        rules: WindowRules,
        clock: Clock,
        log: EventLog,
        jitter: Callable[[], float] = random.random,
        default_target: str = Target().name,
    ) -> None:
        """Touches the store only when it is first asked.

        A process that forks afterwards (gunicorn does) takes no thread or connection with it.

        Args:
            store: Where the windows are.
            rules: Lengths of windows.
            clock: Tells the time.
            log: Where events go.
            jitter: Returns random numbers from 0 up to 1.
            default_target: What the log calls the target whose windows do not name theirs.
        """
        self._book = Book(tell_closed=self._log_closed)
        self._judge = Judge(self._book, rules)
        self._thread = StoreThread(
            self._book, store, name="window-store", clock=clock, log=log, tell=self._tell
        )
        self._clock = clock
        self._log = log
        self._jitter = jitter
        self._default_target = default_target
        self._reading: Future[None] | None = None
        self._rereading: Future[None] | None = None
        self.on_change: Callable[[], object] = lambda: None

    def prefetch(self) -> None:
        """Begins to open and read the store before a request waits for it.

        That may take longer than any budget; the store is not slow for it.
        """
        with self._thread.book() as book:
            self._thread.submit(book.open, may_take_long=True)

    def snapshot(self, budget: WaitBudget) -> Windows:
        """All windows by name, ended ones included."""
        # Nearly every chat ends here: threads that queue for a lock cost more than they do.
        stable = self._book.stable(self._clock.now())
        if stable is not None:
            return stable
        with self._thread.book() as book:
            reading = None
            if book.is_old(self._clock.now()):
                if self._reading is None or self._reading.done():
                    self._reading = self._thread.submit(book.read)
                reading = self._reading
        if reading is not None:
            self._thread.wait(reading, budget)
        with self._thread.book() as book:
            return book.windows(self._clock.now())

    def reread(self, budget: WaitBudget) -> Windows:
        """The same, read from the store now, behind all that this process is writing."""
        with self._thread.book() as book:
            # One that has not begun will read what is written by then.
            waiting = self._rereading
            if waiting is None or waiting.running() or waiting.done():
                self._rereading = waiting = self._thread.submit(book.read)
        self._thread.wait(waiting, budget)
        with self._thread.book() as book:
            return book.windows(self._clock.now())

    def wait_for_change(self, version: int, seconds: float) -> int:
        """Waits until the windows have another version than the given one, or the time is up.

        Returns:
            Their version, for the next wait. It changes as soon as this process knows something
            new; that a window's time has come is for the caller to see.
        """
        return self._thread.wait_for_change(version, seconds)

    def seconds_to_turn(self, names: Collection[str]) -> float:
        """How long this process should wait before it asks for some probes.

        Many processes find a window due at the same moment: each asks at a random one.

        Args:
            names: The windows that are due.
        """
        if not names:
            return 0.0
        now = self._clock.now()
        with self._thread.book() as book:
            due = [book.due_at(name) for name in names]
        spread = _PROBE_SPREAD * self._jitter()
        return max(((at + spread - now).total_seconds() for at in due if at), default=0.0)

    def pass_over(self, names: Iterable[str], seconds: float) -> None:
        """Leaves probes to other processes for so long."""
        until = self._clock.now() + timedelta(seconds=seconds)
        with self._thread.book() as book:
            for name in names:
                book.pass_over(name, book.window(name), until)

    def claim(self, names: Iterable[str], until: datetime, budget: WaitBudget) -> Leases | None:
        """Asks for the probes of some windows.

        Args:
            names: The windows that are due.
            until: When another request may probe, whatever has become of this probe.
            budget: How long to wait for the store's reply.

        Returns:
            A lease for each; None if another request has one of them, or one is not due any more.
            The next snapshot knows.
        """
        leases: dict[str, Lease] = {}
        for name in names:
            lease = self._claim(name, until, budget)
            if lease is None:
                self.release(leases)
                return None
            leases[name] = lease
        return leases

    def record(self, running: RunningAttempt, failure: Failure, budget: WaitBudget) -> None:
        """Opens the windows that a failure asks for, if any, here and in the store.

        Args:
            running: What failed.
            failure: How.
            budget: How long to wait until they are durable.
        """
        with self._thread.book() as book:
            tasks, opened = self._judge.failed(running, failure, self._clock.now(), self._jitter())
            for task in tasks:
                self._thread.submit(task)
            written = self._thread.submit(book.write) if opened else None
        if written is None:
            if tasks:  # A probe has closed a window, though its answer was a failure.
                self.on_change()
            return
        for name, window in opened:
            model, target = self._named(name)
            self._log(
                Event.WINDOW_OPENED,
                model=model,
                target=target,
                reason=window.reason,
                until=window.until,
                failed_probes=window.failed_probes,
            )
        model, target = self._named(opened[0][0])
        if failure.kind is FailureKind.NOT_FOUND:
            self._log(Event.MODEL_RETIRED, model=model, target=target, successor=failure.successor)
        if failure.scope is Scope.SERVICE and failure.kind not in QUOTA_KINDS:
            self._log(
                Event.SERVICE_MISCONFIGURED,
                kind=failure.kind,
                reason=failure.reason,
                target=target,
            )
        self._thread.wait(written, budget)
        self.on_change()

    def note(self, name: str, window: Window) -> None:
        """Stores a window that no failure has opened. Does not wait."""
        with self._thread.book() as book:
            book.put(name, window, None, self._clock.now())
            self._thread.submit(book.write)

    def probe_succeeded(self, leases: Leases) -> None:
        """Closes the windows that a probe has found to be over, for all instances."""
        for lease in leases.values():
            with self._thread.book() as book:
                task = book.close(lease, self._clock.now())
                if task is not None:
                    self._thread.submit(task)
            if task is not None:
                self.on_change()

    def answered(self, key: str, began_at: datetime | None = None) -> None:
        """Forgets the transient failures of a candidate that has answered; see `Judge`."""
        if self._judge.has_failed(key):
            with self._thread.book():
                self._judge.answered(key, began_at)

    def release(self, leases: Leases) -> None:
        """Gives back the leases of a probe that found nothing out; those that are over stay so."""
        for lease in leases.values():
            with self._thread.book() as book:
                task = book.release(lease, self._clock.now())
                if task is not None:
                    self._thread.submit(task)

    def flush(self, seconds: float) -> None:
        """Waits until the store knows what this process knows, as far as it can be reached.

        Raises:
            TimeoutError: Not yet, after so many seconds.
        """
        self._thread.flush(seconds)

    def _claim(self, name: str, until: datetime, budget: WaitBudget) -> Lease | None:
        with self._thread.book() as book:
            claimed = book.claim(name, until, self._clock.now())
            if claimed is None:
                return None
            lease, task = claimed
            asked = None if task is None else self._thread.submit(task)
        if asked is not None:
            self._thread.wait(asked, budget)
        with self._thread.book() as book:
            is_held = book.holds(lease, self._clock.now())
        if is_held and asked is not None and not asked.done():
            model, target = self._named(name)
            self._log(Event.PROBE_UNCONFIRMED, model=model, target=target)
        return lease if is_held else None

    def _log_closed(self, name: str, window: Window) -> None:
        model, target = self._named(name)
        self._log(Event.WINDOW_CLOSED, model=model, target=target, reason=window.reason)

    def _named(self, name: str) -> tuple[str, str]:
        """The model and the target of a window."""
        model, target = split_name(name)
        return model, target or self._default_target

    def _tell(self, reason: str | None) -> None:
        if reason is None:
            self._log(Event.STORE_RECOVERED)
        else:
            self._log(Event.STORE_UNAVAILABLE, reason=reason)
