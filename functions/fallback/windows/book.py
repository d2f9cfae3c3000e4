"""What one process knows of the windows, and what it asks of the store.

No clock, no thread, no I/O: whatever depends on the time is told the instant, and what the store
has to do is a task (`fallback.store_tasks`).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from functools import partial

from fallback.core.windows import Phase, Window, Windows, longer, merge, outlasts
from fallback.store_tasks import Read, Steps, Task
from fallback.windows.leases import Lease

MAX_AGE = timedelta(seconds=1)

_FRESH = timedelta(seconds=0.1)
"""Many processes meet the same failure, and the same end of a window, at the same time. So each
reads what the others have written before it competes with them, unless it has just done so."""

_FORGOTTEN_AFTER = timedelta(minutes=10)
"""A window that ended so long ago is not worth reading every second."""


class Book:
    """The windows by name (opaque keys), as one process knows them. Not safe for many threads.

    Attributes:
        version: Another number whenever something that `windows` shows has changed.
    """

    def __init__(
        self,
        *,
        tell_closed: Callable[[str, Window], object] = lambda *_: None,
        max_age: timedelta = MAX_AGE,
    ) -> None:
        """Begins empty.

        Args:
            tell_closed: Called when a window that a probe found over is gone from the store.
            max_age: How old what is known may be.
        """
        self.version = 0
        self._tell_closed = tell_closed
        self._max_age = max_age
        self._known: Windows = {}
        self._unwritten: Windows = {}
        self._leases: dict[str, Lease] = {}
        self._closed_at: dict[str, datetime] = {}
        self._read_at: datetime | None = None
        self._stable: Windows | None = self._known

    # What is known

    def stable(self, now: datetime) -> Windows | None:
        """The same as `windows`, and safe for many threads; None if that has to be asked.

        That is so while this process probes, and when it is time to `read` the store.
        """
        return None if self.is_old(now) else self._stable

    def windows(self, now: datetime) -> Windows:
        """All windows, ended ones included."""
        if not self._unwritten and not self._leases:
            return self._known
        return {**merge(self._known, self._unwritten), **self._leased(now)}

    def window(self, name: str) -> Window | None:
        """One window, without its lease."""
        return longer(self._known.get(name), self._unwritten.get(name))

    def due_at(self, name: str) -> datetime | None:
        """When the probe of a window is due; None unless other processes may ask for it too."""
        window = self._known.get(name)
        return None if window is None or name in self._unwritten else window.due_at

    def is_old(self, now: datetime) -> bool:
        """Whether it is time to `read` the store."""
        return not self._was_read_within(self._max_age, now)

    # Probes

    def claim(self, name: str, until: datetime, now: datetime) -> tuple[Lease, Task | None] | None:
        """Takes the lease of a window that is due.

        Args:
            name: The window's.
            until: When another request may probe it, whatever has become of this probe.
            now: The present instant.

        Returns:
            The lease, and the task that asks the store for it, after which it may not be held any
            more. None if the window is not due or this process is already probing it.
        """
        window = self.window(name)
        if window is None or name in self._leased(now) or window.phase(now) is not Phase.DUE:
            return None
        lease = Lease(name, replace(window, leased_until=until))
        self._leases[name] = lease
        self._change()
        # The store has nothing to lease where the window has not reached it.
        return lease, None if window.version is None else partial(self._ask, lease, window, until)

    def holds(self, lease: Lease, now: datetime) -> bool:
        """Whether a lease is still this process's, as far as it knows."""
        return self._leased(now).get(lease.name) is lease.window

    def release(self, lease: Lease, now: datetime) -> Task | None:
        """Ends a probe that has found nothing out: the next request may probe."""
        return partial(self._give_back, lease) if self._end(lease, now) else None

    def close(self, lease: Lease, now: datetime) -> Task | None:
        """Ends a probe that was answered: the window is over."""
        if not self._end(lease, now):
            return None
        self._set(_without(lease.name, self._known), _without(lease.name, self._unwritten))
        self._closed_at[lease.name] = now
        return lambda _: self._close(lease)

    def pass_over(self, name: str, window: Window | None, until: datetime) -> None:
        """Leaves a window's probe to others until an instant, or until the store is read again."""
        if window is not None and self._known.get(name) == window:
            self._set({**self._known, name: replace(window, leased_until=until)}, self._unwritten)

    def put(self, name: str, window: Window, lease: Lease | None, now: datetime) -> None:
        """Takes in a window that this process opens; `write` stores it.

        Args:
            name: The window's.
            window: What it is from now on.
            lease: Of the probe that has failed, if it follows from one.
            now: The present instant.
        """
        known = self._known
        if lease is not None and self._end(lease, now):
            window = replace(window, version=lease.window.version)
            known = _without(name, known)
        self._set(known, {**self._unwritten, name: window})

    def closed_since(self, name: str, instant: datetime) -> bool:
        """Whether a window was seen to be closed after an instant."""
        return name in self._closed_at and self._closed_at[name] > instant

    # Tasks

    def open(self, now: datetime) -> Steps:
        """Reads before the first request does, which will read again: opening takes long."""
        yield from self.read(now)
        self._read_at = None

    def read(self, now: datetime) -> Steps:
        """Learns what the store knows, and tells it what it does not."""
        try:
            read, _ = yield Read(now - _FORGOTTEN_AFTER)
        finally:
            self._read_at = now
        self._closed_at.update(dict.fromkeys(self._known.keys() - read.keys(), now))
        self._set(
            read,
            {
                name: window
                for name, window in self._unwritten.items()
                if window.version is not None or outlasts(window, read.get(name))
            },
        )
        yield from self._store_unwritten()

    def write(self, now: datetime) -> Steps:
        """Stores what is not stored yet."""
        if any(window.version is None for window in self._unwritten.values()):
            yield from self._look(now)
        yield from self._store_unwritten()

    def _look(self, now: datetime) -> Steps:
        if not self._was_read_within(_FRESH, now):
            yield from self.read(now)

    def _store_unwritten(self) -> Steps:
        for name, window in dict(self._unwritten).items():
            yield from self._extend(name, window)

    def _extend(self, name: str, window: Window) -> Steps:
        version, _ = yield lambda store: store.extend(name, window)
        known, unwritten = self._known, self._unwritten
        if unwritten.get(name) == window:
            unwritten = _without(name, unwritten)
        if version is None:
            self._read_at = None  # The store knows better.
        elif longer(known.get(name), window) is window:
            known = {**known, name: replace(window, version=version)}
        self._set(known, unwritten)

    def _ask(self, lease: Lease, seen: Window, until: datetime, now: datetime) -> Steps:
        yield from self._look(now)
        standing = self._known.get(lease.name)
        if standing is not None and standing.version == seen.version:
            leased, now = yield lambda store: store.lease(lease.name, seen, until)
            if leased is not None:
                lease.window = leased
                return
        self._end(lease, now)
        self.pass_over(lease.name, seen, now + self._max_age)

    def _give_back(self, lease: Lease, now: datetime) -> Steps:
        if lease.window.version is not None:
            given, _ = yield lambda store: store.lease(lease.name, lease.window, now)
            if given is not None and lease.name in self._known:
                self._set({**self._known, lease.name: given}, self._unwritten)

    def _close(self, lease: Lease) -> Steps:
        name, window = lease.name, lease.window
        is_closed = True
        if window.version is not None:
            is_closed, _ = yield lambda store: store.close(name, window)
        if is_closed:
            # A read that came before this may have shown it once more.
            self._set(_without(name, self._known), self._unwritten)
            self._tell_closed(name, window)
        else:
            self._read_at = None  # The store knows better.

    # Internal

    def _leased(self, now: datetime) -> dict[str, Window]:
        return {
            name: lease.window
            for name, lease in self._leases.items()
            if lease.window.phase(now) is Phase.PROBING
        }

    def _end(self, lease: Lease, now: datetime) -> bool:
        """Takes a lease back; says whether it was held until now."""
        is_held = self.holds(lease, now)
        if self._leases.get(lease.name) is lease:
            del self._leases[lease.name]
            self._change()
        return is_held

    def _was_read_within(self, age: timedelta, now: datetime) -> bool:
        """Whether the last read began so recently; one in the future was before a clock was set."""
        read_at = self._read_at
        return read_at is not None and timedelta() <= now - read_at < age

    def _set(self, known: Windows, unwritten: Windows) -> None:
        is_news = known != self._known or unwritten != self._unwritten
        self._known, self._unwritten = known, unwritten
        if is_news:
            self._change()

    def _change(self) -> None:
        self.version += 1
        self._stable = None if self._leases else merge(self._known, self._unwritten)


def _without(name: str, windows: Windows) -> Windows:
    return {kept: window for kept, window in windows.items() if kept != name}
