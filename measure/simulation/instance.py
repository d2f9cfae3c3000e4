"""One instance's say over the windows: `fallback/shared_windows.py` in simulated time.

The lengths of windows, strikes and verdicts on probes are the core's; who calls it when is a
mirror of that file, to which `tests/measure/simulation/test_mirror.py` holds it.
"""

from __future__ import annotations

import random
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from fallback.core.failure import Failure, Scope
from fallback.core.window_rules import ProbeResult, probe_result, strike_after, window_after
from fallback.core.windows import EVERY_MODEL, Windows, after_failed_probe, longer, outlasts
from measure.simulation.instance_cache import InstanceCache, Lease, WaitBudget
from measure.simulation.measures import Measures
from measure.simulation.settings import Settings
from measure.simulation.store import Store
from measure.simulation.timeline import Process, Timeline

Leases = Mapping[str, Lease]
"""The leases that one attempt holds, by window."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RunningAttempt:
    """What there is to know of an attempt, as `fallback.windows.shared.RunningAttempt`."""

    model: str
    started_at: datetime
    leases: Leases


class Instance:
    """Reads, opens, probes and closes windows for the requests of one instance."""

    def __init__(
        self,
        timeline: Timeline,
        store: Store,
        settings: Settings,
        chance: random.Random,
        measures: Measures,
    ) -> None:
        self._cache = InstanceCache(timeline, store, settings, chance, measures)
        self._timeline = timeline
        self._settings = settings
        self._chance = chance
        self._measures = measures
        self._strikes: dict[str, tuple[datetime, int]] = {}

    def snapshot(self, budget: WaitBudget) -> Process[Windows]:
        """All windows by model name, ended ones included."""
        return self._cache.snapshot(budget)

    def claim(
        self, names: Iterable[str], until: datetime, budget: WaitBudget
    ) -> Process[Leases | None]:
        """Asks for the probes of some windows; None where somebody else has one of them."""
        leases: dict[str, Lease] = {}
        for name in names:
            lease = yield from self._cache.claim(name, until, budget)
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
        failed = EVERY_MODEL if failure.scope is Scope.SERVICE else running.model
        for name, held in running.leases.items():
            verdict = probe_result(name, failure)
            if verdict is ProbeResult.ANSWERS:
                self._cache.close(held)
            elif verdict is ProbeResult.UNKNOWN:
                self._cache.release(held)
        lease = running.leases.get(failed)
        if lease is not None and not self._cache.holds(lease):
            self._measures.count("late")
            return  # Its time has run out, and with it its word.
        if lease is None and self._cache.closed_since(failed, running.started_at):
            return
        standing = lease.window if lease is not None else self._cache.known(failed)
        window = window_after(
            failure,
            now,
            self._settings.rules,
            standing=standing,
            is_probe=lease is not None,
            strike_at=self._strike_at(running.model, now),
            jitter=self._settings.jitter * self._chance.random(),
        )
        if strike_after(failure, now, None) is not None:
            self._strikes[running.model] = (now, self._counted(running.model, now) + 1)
        if window is None:
            return
        if not self._settings.looks_first:
            if longer(standing, window) is not window:
                return
        elif lease is not None:
            window = after_failed_probe(lease.window, window)
        elif not outlasts(window, standing):
            return
        self._cache.put(failed, window, lease)
        self._measures.opened(failed, self._timeline.until(window.until))
        yield from self._cache.write(budget)

    def probe_succeeded(self, leases: Leases) -> None:
        """Closes the windows of which a probe has found that they are over."""
        for name, lease in leases.items():
            self._cache.close(lease)
            self._measures.closed(name)

    def answered(self, model: str) -> None:
        """Forgets the transient failures of a model that has answered."""
        self._strikes.pop(model, None)

    def release(self, leases: Leases) -> None:
        """Gives back the leases of a probe that found out nothing."""
        for lease in leases.values():
            self._cache.release(lease)

    def _counted(self, model: str, now: datetime) -> int:
        """How many strikes in a row the model has, each within the memory of the one before."""
        at, number = self._strikes.get(model, (now, 0))
        memory = timedelta(seconds=self._settings.rules.transient_memory)
        return number if now <= at + memory else 0

    def _strike_at(self, model: str, now: datetime) -> datetime | None:
        """What the core is told of earlier strikes: the last one, if one more is enough."""
        if self._settings.strikes == 1:
            return now
        is_enough = self._counted(model, now) >= self._settings.strikes - 1
        return self._strikes[model][0] if is_enough else None
