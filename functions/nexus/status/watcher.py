"""Tells every open stream of a process when the state of the service changes."""

from __future__ import annotations

import threading
from collections.abc import Callable

from fallback.crash_report import describe
from fallback.events import Event
from fallback.ports import Clock, EventLog
from fallback.shutdown import Shutdown
from nexus.status.ports import Status

_LOOK_SECONDS = 0.75
"""A change in the store, and the end of a window, reach all streams within a second."""


class StatusWatcher:
    """Looks at the state while anybody listens, in one thread. Safe for many threads."""

    def __init__(
        self,
        state: Callable[[], Status],
        *,
        clock: Clock,
        log: EventLog,
        shutdown: Shutdown,
        max_listeners: int,
    ) -> None:
        """Starts nothing: the thread starts with the first listener, and ends with the last.

        Args:
            state: Reads the state as it is now.
            clock: Tells the time.
            log: Where events go.
            shutdown: Says when this process ends.
            max_listeners: How many may listen at once.
        """
        self._state = state
        self._clock = clock
        self._log = log
        self._shutdown = shutdown
        self._max_listeners = max_listeners
        self._condition = threading.Condition()
        self._listeners = 0
        self._is_watching = False
        self._status: Status | None = None

    def join(self) -> bool:
        """Begins to listen; false if too many do already. Whoever joins must leave."""
        with self._condition:
            if self._listeners >= self._max_listeners:
                return False
            self._listeners += 1
            if not self._is_watching:
                self._is_watching = True
                self._status = None
                threading.Thread(target=self._watch, name="status-watcher", daemon=True).start()
            return True

    def leave(self) -> None:
        """Ends listening."""
        with self._condition:
            self._listeners -= 1

    def wait(self, version: str | None, seconds: float) -> Status | None:
        """Waits for a state of another version; None if the time is up, or this process ends."""

        def is_over() -> bool:
            return self._news(version) is not None or self._shutdown.seconds_left() is not None

        with self._condition:
            self._condition.wait_for(is_over, seconds)
            return self._news(version)

    def _news(self, version: str | None) -> Status | None:
        status = self._status
        return None if status is None or status.version == version else status

    def _watch(self) -> None:
        while self._is_wanted():
            try:
                status = self._state()
            except Exception as bug:  # noqa: BLE001 - streams would fall silent without a word
                self._log(Event.INTERNAL_ERROR, thread="status-watcher", **describe(bug))
            else:
                with self._condition:
                    self._status = status
                    self._condition.notify_all()
            self._clock.sleep(_LOOK_SECONDS)

    def _is_wanted(self) -> bool:
        with self._condition:
            self._is_watching = self._listeners > 0
            return self._is_watching
