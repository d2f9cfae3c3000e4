"""One instance: the book and the judge of `fallback.windows`, with a process as their thread.

`fallback/windows/shared.py` waits with threads; here a process yields instead.
"""

from __future__ import annotations

import random
from collections.abc import Iterable
from datetime import datetime, timedelta

from fallback.core.failure import Failure
from fallback.core.windows import Window, Windows
from fallback.store_health import StoreHealth
from fallback.windows.book import Book
from fallback.windows.judge import Judge
from fallback.windows.leases import Lease, Leases, RunningAttempt
from measure.simulation.limits import Limits
from measure.simulation.measures import Measures
from measure.simulation.settings import Settings
from measure.simulation.store import MeterStore, Store
from measure.simulation.timeline import Job, Process, Timeline
from measure.simulation.worker import WaitBudget, Worker


class Instance:
    """Reads, opens, probes and closes windows for the requests of one instance.

    Attributes:
        limits: Its learned limits.
    """

    def __init__(
        self,
        timeline: Timeline,
        store: Store,
        settings: Settings,
        chance: random.Random,
        measures: Measures,
        *,
        meters: MeterStore,
    ) -> None:
        """Knows nothing yet."""
        self.limits = Limits(timeline, meters, settings, measures, self.note)
        self._book = Book(max_age=timedelta(seconds=settings.max_age_seconds))
        self._judge = Judge(self._book, settings.rules)
        self._health = StoreHealth(
            lambda: timeline.seconds,
            lambda reason: measures.without_store(-1 if reason is None else 1),
            settings.max_wait_seconds,
        )
        self._timeline = timeline
        self._store = store
        self._settings = settings
        self._chance = chance
        self._measures = measures
        self._worker = Worker(timeline, store, self._health, told=self._has_learnt)
        self._reading: Job | None = None
        self._knows = False

    def snapshot(self, budget: WaitBudget) -> Process[Windows]:
        """All windows by model name, ended ones included."""
        if self._book.is_old(self._timeline.instant()):
            if self._reading is None or self._reading.is_done:
                self._reading = self._worker.submit(self._book.read)
            yield from self._worker.wait(self._reading, budget)
        return self._book.windows(self._timeline.instant())

    def seconds_to_turn(self, names: Iterable[str]) -> float:
        """How long this instance should wait before it asks for some probes."""
        now = self._timeline.instant()
        due = [self._book.due_at(name) for name in names]
        spread = timedelta(seconds=self._settings.probe_spread_seconds * self._chance.random())
        return max(((at + spread - now).total_seconds() for at in due if at), default=0.0)

    def pass_over(self, names: Iterable[str], seconds: float) -> None:
        """Leaves probes to other instances for so long."""
        until = self._timeline.instant() + timedelta(seconds=seconds)
        for name in names:
            self._book.pass_over(name, self._book.window(name), until)

    def claim(
        self, names: Iterable[str], until: datetime, budget: WaitBudget
    ) -> Process[Leases | None]:
        """Asks for the probes of some windows; None if another request has one of them."""
        leases: dict[str, Lease] = {}
        for name in names:
            lease = yield from self._claim(name, until, budget)
            if lease is None:
                self.release(leases)
                return None
            leases[name] = lease
        return leases

    def record(
        self, running: RunningAttempt, failure: Failure, budget: WaitBudget
    ) -> Process[None]:
        """Opens the window that a failure asks for, if any, here and in the store."""
        now = self._timeline.instant()
        if not all(self._book.holds(lease, now) for lease in running.leases.values()):
            self._measures.count("late")
        tasks, opened = self._judge.failed(running, failure, now, self._chance.random())
        for task in tasks:
            self._worker.submit(task)
        if opened:
            self._has_learnt()
            for name, window in opened:
                self._measures.opened(name, self._timeline.until(window.until))
            yield from self._worker.wait(self._worker.submit(self._book.write), budget)

    def note(self, name: str, window: Window) -> None:
        """Stores a window that no failure has opened."""
        self._book.put(name, window, None, self._timeline.instant())
        self._worker.submit(self._book.write)

    def probe_succeeded(self, leases: Leases) -> None:
        """Closes the windows that a probe has found to be over."""
        for name, lease in leases.items():
            task = self._book.close(lease, self._timeline.instant())
            if task is not None:
                self._has_learnt()
                self._worker.submit(task)
            self._measures.closed(name)

    def answered(self, model: str) -> None:
        """Forgets the transient failures of a model that has answered."""
        self._judge.answered(model)

    def release(self, leases: Leases) -> None:
        """Gives back the leases of a probe that found nothing out."""
        for lease in leases.values():
            task = self._book.release(lease, self._timeline.instant())
            if task is not None:
                self._worker.submit(task)

    # Internal

    def _claim(self, name: str, until: datetime, budget: WaitBudget) -> Process[Lease | None]:
        claimed = self._book.claim(name, until, self._timeline.instant())
        if claimed is None:
            return None
        lease, task = claimed
        if task is not None:
            yield from self._worker.wait(self._worker.submit(task), budget)
        return lease if self._book.holds(lease, self._timeline.instant()) else None

    def _has_learnt(self) -> None:
        """Tells the measures when this instance begins or ceases to set the watched model aside."""
        window = self._book.window(self._measures.watched)
        knows = window is not None and window.is_open(self._timeline.instant())
        if knows is not self._knows:
            self._knows = knows
            self._measures.knows(1 if knows else -1)
