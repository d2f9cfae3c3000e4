"""One process's copy of the stored windows, and the one thread that talks to the store."""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from fallback.core.windows import Phase, Window, Windows, longer, merge, outlasts
from fallback.events import Event
from fallback.ports import Clock, EventLog, StoreUnavailableError, WindowStore
from fallback.wait_budget import MAX_WAIT_SECONDS, WaitBudget

MAX_AGE_SECONDS = 1.0

_FRESH_SECONDS = 0.1
"""Before a write for which others compete, what they have written is read, unless that was done
just now: many instances meet the same failure, and the same end of a window, at the same time."""

_FORGOTTEN_AFTER = timedelta(minutes=10)
"""So long after its end a window is as good as none, and not worth a read a second any more."""


@dataclass(slots=True, eq=False)
class Lease:
    """The right to probe a window.

    Attributes:
        name: The window's name.
        window: As it was leased; with a version once the store has agreed.
    """

    name: str
    window: Window


class WindowCache:
    """What this process knows of the windows. Safe for many threads.

    Attributes:
        lock: Held by whoever reads and changes what is known in one step.
    """

    def __init__(self, store: WindowStore, *, clock: Clock, log: EventLog) -> None:
        """Touches the store only when it is first asked."""
        self._store = store
        self._clock = clock
        self._log = log
        self._worker = ThreadPoolExecutor(max_workers=1, thread_name_prefix="window-store")
        self.lock = threading.RLock()
        self._known: Windows = {}
        self._unwritten: Windows = {}
        self._leases: dict[str, Lease] = {}
        self._closed_at: dict[str, datetime] = {}
        self._read_at = float("-inf")
        self._refresh: Future[None] | None = None
        self._opening: Future[None] | None = None
        self._in_trouble = False

    # What is known

    def prefetch(self) -> None:
        """Begins to read before anybody waits for it, as soon as the process may have threads.

        The store has to be opened first, which can take longer than budget lasts. Until then
        nothing is known, and that is no trouble yet.
        """
        self._opening = self._submit(self._open)

    def snapshot(self, budget: WaitBudget) -> Windows:
        """All windows, at most a second old, or as they were last known."""
        refresh = self._refresh_if_old()
        if refresh is not None:
            self._wait(refresh, budget)
        with self.lock:
            return {**merge(self._known, self._unwritten), **self._leased()}

    def known(self, name: str) -> Window | None:
        """One window, without asking the store."""
        with self.lock:
            return longer(self._known.get(name), self._unwritten.get(name))

    def closed_since(self, name: str, instant: datetime) -> bool:
        """Whether the window was seen to be closed after an instant."""
        with self.lock:
            return name in self._closed_at and self._closed_at[name] > instant

    # Leases

    def claim(self, name: str, until: datetime, budget: WaitBudget) -> Lease | None:
        """Asks for the lease of a window that is due; see `SharedWindows.claim`."""
        with self.lock:
            window = self.known(name)
            if name in self._leased() or window is None:
                return None
            if window.phase(self._clock.now()) is not Phase.DUE:
                return None
            lease = Lease(name, replace(window, leased_until=until))
            self._leases[name] = lease
        if window.version is not None:
            self._wait(self._submit(lambda: self._lease(lease, window, until)), budget)
        return lease if self.holds(lease) else None

    def holds(self, lease: Lease) -> bool:
        """Whether a lease is still this process's, as far as it knows."""
        with self.lock:
            return self._leased().get(lease.name) is lease.window

    def release(self, lease: Lease) -> None:
        """Gives a lease back, so that the next request may probe."""
        if self._end(lease):
            self._submit(lambda: self._give_back(lease))

    def close(self, lease: Lease) -> None:
        """Forgets the window that was probed: its model answers."""
        with self.lock:
            if not self._end(lease):
                return
            self._forget(lease.name)
        self._submit(lambda: self._close(lease))

    # Changes

    def put(self, name: str, window: Window, lease: Lease | None) -> None:
        """Takes in a window that `write` will store; with the lease that it follows from."""
        with self.lock:
            if lease is not None and self._end(lease):
                window = replace(window, version=lease.window.version)
                self._known = _without(name, self._known)
            self._unwritten = {**self._unwritten, name: window}

    def write(self, budget: WaitBudget) -> None:
        """Stores what is not stored yet, and waits for it as long as budget lasts."""
        self._wait(self._submit(self._write), budget)

    # Internal

    def _leased(self) -> dict[str, Window]:
        now = self._clock.now()
        return {
            name: lease.window
            for name, lease in self._leases.items()
            if lease.window.phase(now) is Phase.PROBING
        }

    def _end(self, lease: Lease) -> bool:
        with self.lock:
            held = self.holds(lease)
            if self._leases.get(lease.name) is lease:
                del self._leases[lease.name]
            return held

    def _forget(self, name: str) -> None:
        self._known = _without(name, self._known)
        self._unwritten = _without(name, self._unwritten)
        self._closed_at[name] = self._clock.now()

    def _refresh_if_old(self) -> Future[None] | None:
        with self.lock:
            if self._clock.monotonic() - self._read_at < MAX_AGE_SECONDS:
                return None
            if self._refresh is None or self._refresh.done():
                self._refresh = self._submit(self._read)
            return self._refresh

    def _wait(self, work: Future[None], budget: WaitBudget) -> None:
        if self._in_trouble or budget.wait_for(work):
            return
        if self._opening is None or self._opening.done():
            self._trouble("slow")

    def _submit(self, work: Callable[[], object]) -> Future[None]:
        def run() -> None:
            try:
                work()
            except StoreUnavailableError as error:
                self._trouble(str(error))
            except Exception as bug:  # noqa: BLE001 - a future that nobody reads would hide it
                self._log(Event.INTERNAL_ERROR, where="window-store", error=type(bug).__name__)

        return self._worker.submit(run)

    # On the worker's one thread from here on, so that no read undoes a write.

    def _open(self) -> None:
        self._read()
        with self.lock:
            self._read_at = float("-inf")  # Who asks first wants to know what is then.

    def _read(self) -> None:
        started, now = self._clock.monotonic(), self._clock.now()
        try:
            read = self._store.read(now - _FORGOTTEN_AFTER)
        finally:
            with self.lock:
                self._read_at = started
        with self.lock:
            self._closed_at.update(dict.fromkeys(self._known.keys() - read.keys(), now))
            self._known = read
            self._unwritten = {
                name: window
                for name, window in self._unwritten.items()
                if window.version is not None or outlasts(window, read.get(name))
            }
        self._store_unwritten()
        self._no_trouble(self._clock.monotonic() - started)

    def _read_again(self) -> None:
        with self.lock:
            is_fresh = self._clock.monotonic() - self._read_at < _FRESH_SECONDS
        if not is_fresh:
            self._read()

    def _write(self) -> None:
        with self.lock:
            unwritten = list(self._unwritten.values())
        if not unwritten:
            return  # Written by a turn before this one.
        started = self._clock.monotonic()
        if any(window.version is None for window in unwritten):
            self._read_again()
        self._store_unwritten()
        self._no_trouble(self._clock.monotonic() - started)

    def _store_unwritten(self) -> None:
        with self.lock:
            unwritten = dict(self._unwritten)
        for name, window in unwritten.items():
            version = self._store.extend(name, window)
            with self.lock:
                if self._unwritten.get(name) == window:
                    self._unwritten = _without(name, self._unwritten)
                if version is None:
                    self._read_at = float("-inf")  # The store knows better.
                elif longer(self._known.get(name), window) is window:
                    self._known = {**self._known, name: replace(window, version=version)}

    def _lease(self, lease: Lease, seen: Window, until: datetime) -> None:
        self._read_again()
        standing = self._known.get(lease.name)
        is_as_seen = standing is not None and standing.version == seen.version
        leased = self._store.lease(lease.name, seen, until) if is_as_seen else None
        with self.lock:
            if leased is not None:
                lease.window = leased
                return
            self._end(lease)
            # Somebody else has it: not to be asked for again before the next read.
            soon = self._clock.now() + timedelta(seconds=MAX_AGE_SECONDS)
            if self._known.get(lease.name) == seen:
                self._known = {**self._known, lease.name: replace(seen, leased_until=soon)}

    def _give_back(self, lease: Lease) -> None:
        if lease.window.version is None:
            return
        given = self._store.lease(lease.name, lease.window, self._clock.now())
        with self.lock:
            if given is not None and lease.name in self._known:
                self._known = {**self._known, lease.name: given}

    def _close(self, lease: Lease) -> None:
        window = lease.window
        if window.version is None or self._store.close(lease.name, window):
            self._log(Event.WINDOW_CLOSED, model=lease.name, reason=window.reason)
        else:
            with self.lock:
                self._read_at = float("-inf")  # The store knows better.

    def _trouble(self, reason: str) -> None:
        with self.lock:
            is_news, self._in_trouble = not self._in_trouble, True
        if is_news:
            self._log(Event.STORE_UNAVAILABLE, reason=reason)

    def _no_trouble(self, took_seconds: float) -> None:
        if took_seconds > MAX_WAIT_SECONDS:
            return  # It answers, but chats should go on not waiting for it.
        with self.lock:
            is_news, self._in_trouble = self._in_trouble, False
        if is_news:
            self._log(Event.STORE_RECOVERED)


def _without(name: str, windows: Windows) -> Windows:
    return {kept: window for kept, window in windows.items() if kept != name}
