"""The windows that all instances share, as one process sees them: cached, and never in the way.

1. A snapshot is at most a second old, and one read at a time is under way.
2. A chat waits for the store a quarter of a second in all. After that the last known state and
   this process's own windows serve (fail open), and later chats do not wait at all until the
   store is quick again.
3. A window that could not be written holds in this process, and is written when the store is back.
"""

from __future__ import annotations

import random
import threading
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor, wait

from fallback.core.failure import Failure, FailureKind, Scope
from fallback.core.windows import (
    EVERY_MODEL,
    Streak,
    Window,
    WindowRules,
    Windows,
    longer,
    merge,
    window_after,
)
from fallback.events import Event
from fallback.ports import Clock, EventLog, StoreUnavailableError, WindowStore

MAX_AGE_SECONDS = 1.0
MAX_WAIT_SECONDS = 0.25


class Patience:
    """For how long one request may still wait for the store, in seconds."""

    def __init__(self, clock: Clock, seconds: float = MAX_WAIT_SECONDS) -> None:
        """Starts whole."""
        self._clock = clock
        self._left_seconds = seconds

    def wait_for(self, work: Future[None]) -> bool:
        """Waits as long as patience lasts; says whether the work was done by then."""
        started = self._clock.monotonic()
        wait([work], timeout=max(0.0, self._left_seconds))
        self._left_seconds -= self._clock.monotonic() - started
        return work.done()


class SharedWindows:
    """Reads, opens and closes exhaustion windows for the runner. Safe for many threads."""

    def __init__(
        self,
        store: WindowStore,
        *,
        rules: WindowRules,
        clock: Clock,
        log: EventLog,
        jitter: Callable[[], float] = random.random,
    ) -> None:
        """Touches the store only when it is first asked.

        A process that forks afterwards (gunicorn does) takes no thread or connection with it.
        """
        self._store = store
        self._rules = rules
        self._clock = clock
        self._log = log
        self._jitter = jitter
        self._worker = ThreadPoolExecutor(max_workers=1, thread_name_prefix="window-store")
        self._lock = threading.Lock()
        self._known: Windows = {}
        self._unwritten: Windows = {}
        self._streaks: dict[str, Streak] = {}
        self._read_at = float("-inf")
        self._refresh: Future[None] | None = None
        self._in_trouble = False

    def snapshot(self, patience: Patience) -> Windows:
        """All windows by model name, ended ones included."""
        refresh = self._refresh_if_old()
        if refresh is not None and not self._in_trouble and not patience.wait_for(refresh):
            self._trouble("slow")
        with self._lock:
            return merge(self._known, self._unwritten)

    def record(self, model: str, failure: Failure, attempt: int, patience: Patience) -> None:
        """Opens the window that a failure asks for, if any, here and in the store.

        Args:
            model: The model that failed.
            failure: How.
            attempt: Which attempt at this model it was for its request, counted from 1.
            patience: How long to wait until the window is durable.
        """
        now = self._clock.now()
        with self._lock:
            window, streak = window_after(
                failure,
                self._streaks.get(model),
                now,
                self._rules,
                attempt=attempt,
                jitter=self._jitter(),
            )
            if streak is not None:
                self._streaks[model] = streak
            key = EVERY_MODEL if failure.scope is Scope.SERVICE else model
            known = longer(self._known.get(key), self._unwritten.get(key))
            if window is None or longer(known, window) is not window:
                return
            self._unwritten = merge(self._unwritten, {key: window})
        self._log(Event.WINDOW_OPENED, model=key, reason=window.reason, until=window.until)
        if failure.kind is FailureKind.NOT_FOUND:
            self._log(Event.MODEL_RETIRED, model=model, successor=failure.successor)
        if failure.scope is Scope.SERVICE:
            self._log(Event.SERVICE_MISCONFIGURED, kind=failure.kind, reason=failure.reason)
        writing = self._submit(self._write)
        if not self._in_trouble and not patience.wait_for(writing):
            self._trouble("slow")

    def answered(self, model: str, seen: Windows) -> None:
        """Forgets what stood against a model that has answered.

        Args:
            model: The model.
            seen: The snapshot that permitted the attempt: a window opened since then stays.
        """
        with self._lock:
            self._streaks.pop(model, None)
        ended = seen.get(model)
        if ended is not None and not ended.is_open(self._clock.now()):
            self._submit(lambda: self._close(model, ended))

    def _refresh_if_old(self) -> Future[None] | None:
        with self._lock:
            if self._clock.monotonic() - self._read_at < MAX_AGE_SECONDS:
                return None
            if self._refresh is None or self._refresh.done():
                self._refresh = self._submit(self._read)
            return self._refresh

    def _submit(self, work: Callable[[], object]) -> Future[None]:
        def run() -> None:
            try:
                work()
            except Exception as bug:  # noqa: BLE001 - a future that nobody reads would hide it
                self._log(Event.INTERNAL_ERROR, where="window-store", error=type(bug).__name__)

        return self._worker.submit(run)

    # On the worker's one thread from here on, so that no read undoes a write.

    def _read(self) -> None:
        started = self._clock.monotonic()
        if not self._write():
            return
        try:
            known = self._store.read()
        except StoreUnavailableError as error:
            self._trouble(str(error))
        else:
            with self._lock:
                self._known = known
            self._no_trouble(self._clock.monotonic() - started)
        finally:
            with self._lock:
                self._read_at = started

    def _write(self) -> bool:
        with self._lock:
            unwritten = dict(self._unwritten)
        if not unwritten:
            return True  # Written by a turn before this one.
        started = self._clock.monotonic()
        try:
            for model, window in unwritten.items():
                self._store.extend(model, window)
        except StoreUnavailableError as error:
            self._trouble(str(error))
            with self._lock:
                self._read_at = started
            return False
        with self._lock:
            self._known = merge(self._known, unwritten)
            self._unwritten = {
                model: window
                for model, window in self._unwritten.items()
                if unwritten.get(model) != window
            }
        self._no_trouble(self._clock.monotonic() - started)
        return True

    def _close(self, model: str, ended: Window) -> None:
        with self._lock:
            if self._known.get(model) != ended:
                return
            self._known = {name: kept for name, kept in self._known.items() if name != model}
        try:
            self._store.close(model, ended)
        except StoreUnavailableError as error:
            self._trouble(str(error))
        else:
            self._log(Event.WINDOW_CLOSED, model=model, reason=ended.reason)

    def _trouble(self, reason: str) -> None:
        with self._lock:
            is_news, self._in_trouble = not self._in_trouble, True
        if is_news:
            self._log(Event.STORE_UNAVAILABLE, reason=reason)

    def _no_trouble(self, took_seconds: float) -> None:
        if took_seconds > MAX_WAIT_SECONDS:
            return  # It answers, but chats should go on not waiting for it.
        with self._lock:
            is_news, self._in_trouble = self._in_trouble, False
        if is_news:
            self._log(Event.STORE_RECOVERED)
