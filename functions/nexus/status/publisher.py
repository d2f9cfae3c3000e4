"""Writes the status object when this process has changed a window.

1. The object is written at most once a second, by a thread of its own. What changes meanwhile is in
   the next write.
2. No reply ends while a change is unwritten, as an instance has no CPU between requests. A reply
   waits two seconds at most, and not at all while the store fails.
3. The state is read after the object's generation, and written only over that generation. So of
   many instances, whoever writes last has seen every change that others have written.
4. The pages are written after it, by the same process. One that starts looks at them once, for
   another may have died between the two.
5. A process that ends writes what is due while its stores still answer, and nothing after that.
"""

from __future__ import annotations

import contextvars
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

from fallback.crash_report import describe
from fallback.events import Event
from fallback.ports import Clock, EventLog, StoreUnavailableError
from nexus.status.ports import Status, StatusStore

_INTERVAL_SECONDS = 1.0
_GATHER_SECONDS = 0.25
"""Models often fail one after another: their changes are in one write."""
_MAX_WAIT_SECONDS = 2.0
_PAUSE_SECONDS = 10.0
"""After a failure of the store, before it is asked again."""
_ATTEMPTS = 5
"""Others may write the object at the same time. Mostly it then says what this process would."""


class StatusPublisher:
    """Keeps the status object up to date. Safe for many threads."""

    def __init__(
        self,
        store: StatusStore,
        state: Callable[[], Status],
        *,
        clock: Clock,
        log: EventLog,
        write_pages: Callable[[], bool] = lambda: True,
        interval_seconds: float = _INTERVAL_SECONDS,
    ) -> None:
        """Starts nothing: the thread starts with the first change.

        Args:
            store: Where the object lies.
            state: Reads the state as it is now, with what other instances have changed.
            clock: Tells the time.
            log: Where events go.
            write_pages: Brings up to date what is written beside the object; false if somebody
                else wrote at the same time. Raises StoreUnavailableError.
            interval_seconds: The least time from one write to the next.
        """
        self._store = store
        self._state = state
        self._clock = clock
        self._log = log
        self._write_pages = write_pages
        self._interval_seconds = interval_seconds
        self._condition = threading.Condition()
        self._thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix="status-object")
        self._changes = 0
        self._written = 0
        self._waiting = 0
        self._not_before = 0.0
        self._is_running = False
        self._is_failing = False
        self._has_ended = False
        self._are_pages_behind = True

    def changed(self) -> None:
        """Takes note of a change that this process has made to a window."""
        with self._condition:
            self._changes += 1
            self._start()

    def settle(self) -> None:
        """Waits until every change so far is written; call it before a reply ends."""
        with self._condition:
            self._settle(_MAX_WAIT_SECONDS)

    def end(self, seconds: float) -> None:
        """Waits until every change so far is written, and begins no write after that.

        Call it when the process ends, while the threads of its stores still take tasks.

        Args:
            seconds: How long to wait at most.
        """
        with self._condition:
            self._settle(seconds)
            self._has_ended = True

    def _settle(self, seconds: float) -> None:
        changes = self._changes
        if self._written >= changes:
            return
        self._start()
        if self._is_failing or self._has_ended:
            return
        self._waiting += 1
        self._condition.notify_all()
        self._condition.wait_for(lambda: self._written >= changes or self._is_failing, seconds)
        self._waiting -= 1

    def _start(self) -> None:
        is_too_early = self._is_failing and self._clock.monotonic() < self._not_before
        if not (self._is_running or is_too_early or self._has_ended):
            self._is_running = True
            # With the context of the request, whose id the events then carry.
            self._thread.submit(contextvars.copy_context().run, self._run)

    def _run(self) -> None:
        while (changes := self._next()) is not None:
            reason = self._write()
            with self._condition:
                pause = self._interval_seconds if reason is None else _PAUSE_SECONDS
                self._not_before = self._clock.monotonic() + pause
                is_news = self._is_failing is not (reason is not None)
                self._is_failing = reason is not None
                self._is_running = reason is None
                if reason is None:
                    self._written = changes
                self._condition.notify_all()
            if is_news and reason is not None:
                self._log(Event.STATUS_UNAVAILABLE, reason=reason)
            elif is_news:
                self._log(Event.STATUS_RECOVERED)
            if reason is not None:
                return  # Whoever settles or changes something after the pause tries again.

    def _next(self) -> int | None:
        """Waits until the next write is due; the number of changes that it covers, None if none."""
        with self._condition:
            if self._written == self._changes:
                self._is_running = False
                return None
            self._condition.wait_for(lambda: self._waiting > 0, _GATHER_SECONDS)
        wait = self._not_before - self._clock.monotonic()
        if wait > 0:
            self._clock.sleep(wait)
        with self._condition:
            if self._has_ended:
                self._is_running = False
                return None
            return self._changes

    def _write(self) -> str | None:
        """Writes what does not say the same already; why not, if that fails."""
        try:
            for attempt in range(_ATTEMPTS):
                self._clock.sleep(attempt * self._interval_seconds / 4)
                if not self._is_object_written():
                    continue
                if not self._are_pages_behind or self._write_pages():
                    self._are_pages_behind = False
                    return None
        except StoreUnavailableError as error:
            return str(error)
        except Exception as bug:  # noqa: BLE001 - a future that nobody reads would hide it
            if self._has_ended:  # The stores' threads have ended, too.
                return f"the process ends: {bug}"
            self._log(Event.INTERNAL_ERROR, thread="status-object", **describe(bug))
            return "bug"
        return "contended"

    def _is_object_written(self) -> bool:
        stored = self._store.read()
        status = self._state()
        if stored.version == status.version:
            return True
        self._are_pages_behind = True
        return self._store.write(status, stored.generation)
