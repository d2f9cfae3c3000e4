"""A thread that talks to one store for one book: I/O, and nothing else."""

from __future__ import annotations

import contextvars
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager, suppress
from datetime import datetime
from typing import Any, Generic, Protocol, TypeVar

from fallback.crash_report import describe
from fallback.events import Event
from fallback.ports import Clock, EventLog, StoreUnavailableError
from fallback.store_health import StoreHealth
from fallback.store_tasks import Call, Read, Steps, Task
from fallback.wait_budget import WaitBudget


class Versioned(Protocol):
    """A book. `version` is another number whenever what it shows has changed."""

    version: int


BookT = TypeVar("BookT", bound=Versioned)


class StoreThread(Generic[BookT]):
    """Runs the tasks of a book, one after another, so that no read undoes a write."""

    def __init__(
        self,
        book: BookT,
        store: object,
        *,
        name: str,
        clock: Clock,
        log: EventLog,
        tell: Callable[[str | None], None],
    ) -> None:
        """Starts nothing: the thread starts with the first task.

        Args:
            book: What is known.
            store: What the calls of its tasks are made to.
            name: The thread's, for the log.
            clock: Tells the time.
            log: Where events go.
            tell: Is told why the store is not worth waiting for, or None when it is again.
        """
        self._book = book
        self._store = store
        self._name = name
        self._clock = clock
        self._log = log
        self._changed = threading.Condition()
        self._worker = ThreadPoolExecutor(max_workers=1, thread_name_prefix=name)
        self._health = StoreHealth(clock.monotonic, tell)

    @contextmanager
    def book(self) -> Iterator[BookT]:
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

    @property
    def is_available(self) -> bool:
        """Whether the store is worth waiting for."""
        return self._health.look()

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
                writes = not isinstance(call, Read)
                with self._health.judging(writes=writes, may_take_long=may_take_long):
                    result = call(self._store)
                call = self._next_call(steps, (result, self._clock.now()))
        except StoreUnavailableError:
            pass  # The store's health has told.
        except Exception as bug:  # noqa: BLE001 - a future that nobody reads would hide it
            self._log(Event.INTERNAL_ERROR, thread=self._name, **describe(bug))
        finally:
            with self.book():
                steps.close()

    def _next_call(self, steps: Steps, reply: tuple[Any, datetime] | None) -> Call | None:
        with self.book(), suppress(StopIteration):
            return steps.send(reply)
        return None
