"""The one thread of a process that talks to the window store: I/O, and nothing else."""

from __future__ import annotations

import contextvars
import threading
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager, suppress
from datetime import datetime
from typing import Any

from fallback.crash_report import describe
from fallback.events import Event
from fallback.ports import Clock, EventLog, StoreUnavailableError, WindowStore
from fallback.store_health import StoreHealth
from fallback.wait_budget import WaitBudget
from fallback.windows.book import Book, Call, Steps, Task


class StoreThread:
    """Runs the tasks of a book, one after another, so that no read undoes a write."""

    def __init__(self, book: Book, store: WindowStore, *, clock: Clock, log: EventLog) -> None:
        """Starts nothing: the thread starts with the first task."""
        self._book = book
        self._store = store
        self._clock = clock
        self._log = log
        self._changed = threading.Condition()
        self._worker = ThreadPoolExecutor(max_workers=1, thread_name_prefix="window-store")
        self._health = StoreHealth(clock.monotonic, self._tell)

    @contextmanager
    def book(self) -> Iterator[Book]:
        """The book, for a look or a change: nobody else has it until the block ends."""
        with self._changed:
            version = self._book.version
            yield self._book
            if self._book.version != version:
                self._changed.notify_all()

    def wait_for_change(self, version: int, seconds: float) -> int:
        """Waits until the book has another version; returns the one that it then has."""
        with self._changed:
            self._changed.wait_for(lambda: self._book.version != version, seconds)
            return self._book.version

    def submit(self, task: Task, *, may_take_long: bool = False) -> Future[None]:
        """Has a task done, with the context of its request, whose id its events then carry."""
        run = contextvars.copy_context().run
        return self._worker.submit(run, self._run, task, may_take_long)

    def wait(self, done: Future[None], budget: WaitBudget) -> None:
        """Waits for a task as long as the budget lasts; not at all if the store is unavailable."""
        if self._health.look() and not budget.wait_for(done):
            self._health.look()

    def flush(self, seconds: float) -> None:
        """Waits until everything that was submitted is done.

        Raises:
            TimeoutError: It is not, after so many seconds.
        """
        self._worker.submit(lambda: None).result(seconds)

    def _run(self, task: Task, may_take_long: bool) -> None:
        with self.book():
            steps = task(self._clock.now())
        try:
            call = self._next_call(steps, None)
            while call is not None:
                with self._health.judging(may_take_long=may_take_long):
                    result = call(self._store)
                call = self._next_call(steps, (result, self._clock.now()))
        except StoreUnavailableError:
            pass  # The store's health has told.
        except Exception as bug:  # noqa: BLE001 - a future that nobody reads would hide it
            self._log(Event.INTERNAL_ERROR, thread="window-store", **describe(bug))
        finally:
            with self.book():
                steps.close()

    def _next_call(self, steps: Steps, reply: tuple[Any, datetime] | None) -> Call | None:
        with self.book(), suppress(StopIteration):
            return steps.send(reply)
        return None

    def _tell(self, reason: str | None) -> None:
        if reason is None:
            self._log(Event.STORE_RECOVERED)
        else:
            self._log(Event.STORE_UNAVAILABLE, reason=reason)
