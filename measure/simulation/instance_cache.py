"""One instance's copy of the stored windows: `fallback/windows/cache.py` in simulated time.

Methods have the names, the order and the rules of that file, without its thread and its locks:
where a thread would wait, a process yields. `tests/measure/simulation/test_mirror.py` plays the
same stories through both. Rules that the real one does not have are behind `Settings.looks_first`,
`Settings.needs_word` and `Settings.probe_spread_seconds`.
"""

from __future__ import annotations

import random
from collections import deque
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from fallback.core.windows import Phase, Window, Windows, longer, merge, outlasts
from fallback.ports import StoreUnavailableError
from fallback.windows.cache import _FORGOTTEN_AFTER, _FRESH_SECONDS
from measure.simulation.measures import Measures
from measure.simulation.settings import Settings
from measure.simulation.store import Store
from measure.simulation.timeline import Job, Process, Timeline


@dataclass(slots=True, eq=False)
class Lease:
    """The right to probe a window, as `fallback.windows.cache.Lease`."""

    name: str
    window: Window
    is_wanted: bool = True


@dataclass(slots=True)
class WaitBudget:
    """How long one request may still wait for the store, as `fallback/budget.py`."""

    left_seconds: float


class InstanceCache:
    """What one instance knows of the windows."""

    def __init__(
        self,
        timeline: Timeline,
        store: Store,
        settings: Settings,
        chance: random.Random,
        measures: Measures,
    ) -> None:
        self._timeline = timeline
        self._store = store
        self._settings = settings
        self._chance = chance
        self._measures = measures
        self._known: Windows = {}
        self._unwritten: Windows = {}
        self._leases: dict[str, Lease] = {}
        self._closed_at: dict[str, datetime] = {}
        self._read_at = float("-inf")
        self._refresh: Job | None = None
        self._in_trouble = False
        self._turns: dict[str, tuple[object, datetime]] = {}
        self._jobs: deque[tuple[Job, Process[None]]] = deque()
        self._is_working = False
        self._knows = False

    # What is known

    def snapshot(self, budget: WaitBudget) -> Process[Windows]:
        """All windows, as old as the settings allow, or as they were last known."""
        refresh = self._refresh_if_old()
        if refresh is not None:
            yield from self._wait(refresh, budget)
        if not self._unwritten and not self._leases:
            return self._known  # What follows would make it, slowly.
        return {**merge(self._known, self._unwritten), **self._leased()}

    def known(self, name: str) -> Window | None:
        """One window, without asking the store."""
        return longer(self._known.get(name), self._unwritten.get(name))

    def closed_since(self, name: str, instant: datetime) -> bool:
        """Whether the window was seen to be closed after an instant."""
        return name in self._closed_at and self._closed_at[name] > instant

    # Leases

    def claim(self, name: str, until: datetime, budget: WaitBudget) -> Process[Lease | None]:
        """Asks for the lease of a window that is due."""
        window = self.known(name)
        if name in self._leased() or window is None:
            return None
        if window.phase(self._timeline.instant()) is not Phase.DUE:
            return None
        if self._settings.probe_spread_seconds and not self._is_my_turn(name, window):
            return None
        lease = Lease(name, replace(window, leased_until=until))
        self._leases[name] = lease
        if window.version is not None:
            was_in_trouble = self._in_trouble
            job = self._submit(self._lease(lease, window, until))
            yield from self._wait(job, budget)
            if self._settings.needs_word and not (job.is_done or was_in_trouble):
                lease.is_wanted = False
                return None
        return lease if self.holds(lease) else None

    def holds(self, lease: Lease) -> bool:
        """Whether a lease is still this instance's, as far as it knows."""
        return self._leased().get(lease.name) is lease.window

    def release(self, lease: Lease) -> None:
        """Gives a lease back, so that the next request may probe."""
        if self._end(lease):
            self._submit(self._give_back(lease))

    def close(self, lease: Lease) -> None:
        """Forgets the window that was probed: its model answers."""
        if not self._end(lease):
            return
        self._forget(lease.name)
        self._submit(self._close(lease))

    # Changes

    def put(self, name: str, window: Window, lease: Lease | None) -> None:
        """Takes in a window that `write` will store."""
        if lease is not None and self._end(lease):
            window = replace(window, version=lease.window.version)
            if self._settings.looks_first:
                self._known = _without(name, self._known)
        self._unwritten = {**self._unwritten, name: window}
        self._has_learnt()

    def write(self, budget: WaitBudget) -> Process[None]:
        """Stores what is not stored yet, and waits for it as long as budget lasts."""
        yield from self._wait(self._submit(self._write()), budget)

    # Internal

    def _leased(self) -> dict[str, Window]:
        if not self._leases:
            return {}
        now = self._timeline.instant()
        return {
            name: lease.window
            for name, lease in self._leases.items()
            if lease.window.phase(now) is Phase.PROBING
        }

    def _end(self, lease: Lease) -> bool:
        held = self.holds(lease)
        if self._leases.get(lease.name) is lease:
            del self._leases[lease.name]
        return held

    def _forget(self, name: str) -> None:
        self._known = _without(name, self._known)
        self._unwritten = _without(name, self._unwritten)
        self._closed_at[name] = self._timeline.instant()
        self._has_learnt()

    def _is_my_turn(self, name: str, window: Window) -> bool:
        """Spreads instances that find a window over: until its turn, one takes it for leased."""
        now = self._timeline.instant()
        version, turn_at = self._turns.get(name, (None, now))
        if version != window.version:
            spread_seconds = self._settings.probe_spread_seconds * self._chance.random()
            turn_at = now + timedelta(seconds=spread_seconds)
            self._turns[name] = (window.version, turn_at)
        if now >= turn_at:
            return True
        if self._known.get(name) == window:
            self._known = {**self._known, name: replace(window, leased_until=turn_at)}
        return False

    def _refresh_if_old(self) -> Job | None:
        if self._timeline.seconds - self._read_at < self._settings.max_age_seconds:
            return None
        if self._refresh is None or self._refresh.is_done:
            self._refresh = self._submit(self._read())
        return self._refresh

    def _wait(self, job: Job, budget: WaitBudget) -> Process[None]:
        if self._in_trouble:
            return
        started = self._timeline.seconds
        is_done = yield job, max(0.0, budget.left_seconds)
        budget.left_seconds -= self._timeline.seconds - started
        if not is_done:
            self._trouble()

    def _submit(self, work: Process[None]) -> Job:
        job = Job()
        self._jobs.append((job, work))
        if not self._is_working:
            self._timeline.start(self._work())
        return job

    def _work(self) -> Process[None]:
        """The worker: one job at a time, so that no read undoes a write."""
        self._is_working = True
        while self._jobs:
            job, work = self._jobs.popleft()
            try:
                yield from work
            except StoreUnavailableError:
                self._trouble()
            self._timeline.finish(job)
        self._is_working = False

    def _read(self) -> Process[None]:
        started, now = self._timeline.seconds, self._timeline.instant()
        try:
            if not self._settings.looks_first:
                yield from self._store_unwritten()
            read = yield from self._store.read(self._since(now))
        finally:
            self._read_at = started
        for name in self._known:
            if name not in read:
                self._closed_at[name] = now
        self._known = read
        if self._settings.looks_first:
            self._unwritten = {
                name: window
                for name, window in self._unwritten.items()
                if window.version is not None or outlasts(window, read.get(name))
            }
            yield from self._store_unwritten()
        self._has_learnt()
        self._no_trouble(self._timeline.seconds - started)

    def _read_again(self) -> Process[None]:
        if self._settings.looks_first and self._timeline.seconds - self._read_at >= _FRESH_SECONDS:
            yield from self._read()

    def _write(self) -> Process[None]:
        if not self._unwritten:
            return  # Written by a turn before this one.
        started = self._timeline.seconds
        if any(window.version is None for window in self._unwritten.values()):
            yield from self._read_again()
        yield from self._store_unwritten()
        self._no_trouble(self._timeline.seconds - started)

    def _store_unwritten(self) -> Process[None]:
        for name, window in dict(self._unwritten).items():
            version = yield from self._store.extend(name, window)
            if self._unwritten.get(name) == window:
                self._unwritten = _without(name, self._unwritten)
            if version is None:
                self._read_at = float("-inf")  # The store knows better.
            elif longer(self._known.get(name), window) is window:
                self._known = {**self._known, name: replace(window, version=version)}
            self._has_learnt()

    def _since(self, now: datetime) -> datetime | None:
        return now - _FORGOTTEN_AFTER if self._settings.looks_first else None

    def _lease(self, lease: Lease, seen: Window, until: datetime) -> Process[None]:
        yield from self._read_again()
        standing = self._known.get(lease.name)
        leased = None
        if not self._settings.looks_first or (
            standing is not None and standing.version == seen.version
        ):
            leased = yield from self._store.lease(lease.name, seen, until)
        if leased is not None:
            lease.window = leased
            if not lease.is_wanted:
                self.release(lease)
            return
        self._end(lease)
        # Somebody else has it: not to be asked for again before the next read.
        soon = self._timeline.instant() + timedelta(seconds=self._settings.max_age_seconds)
        if self._known.get(lease.name) == seen:
            self._known = {**self._known, lease.name: replace(seen, leased_until=soon)}

    def _give_back(self, lease: Lease) -> Process[None]:
        if lease.window.version is None:
            return
        given = yield from self._store.lease(lease.name, lease.window, self._timeline.instant())
        if given is not None and lease.name in self._known:
            self._known = {**self._known, lease.name: given}

    def _close(self, lease: Lease) -> Process[None]:
        window = lease.window
        if window.version is None:
            return
        is_closed = yield from self._store.close(lease.name, window)
        if not is_closed:
            self._read_at = float("-inf")  # The store knows better.

    def _trouble(self) -> None:
        if not self._in_trouble:
            self._in_trouble = True
            self._measures.in_trouble(1)

    def _no_trouble(self, took_seconds: float) -> None:
        if took_seconds > self._settings.max_wait_seconds:
            return  # It answers, but chats should go on not waiting for it.
        if self._in_trouble:
            self._in_trouble = False
            self._measures.in_trouble(-1)

    def _has_learnt(self) -> None:
        """Tells the measures when this instance begins or ceases to set the watched model aside."""
        name = self._measures.watched
        window = longer(self._known.get(name), self._unwritten.get(name))
        knows = window is not None and window.is_open(self._timeline.instant())
        if knows is not self._knows:
            self._knows = knows
            self._measures.knows(1 if knows else -1)


def _without(name: str, windows: Windows) -> Windows:
    return {kept: window for kept, window in windows.items() if kept != name}
