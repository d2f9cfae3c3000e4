"""The windows that all instances share, as one process sees them: cached, and never in the way.

1. A snapshot is at most a second old, and one read at a time is under way.
2. A chat waits for the store a quarter of a second in all. After that the last known state and
   this process's own windows serve (fail open), and later chats do not wait at all until the
   store is quick again.
3. A window that could not be written holds in this process, and is written when the store is back.
4. A window that has ended is probed under a lease of the store, which one request of one process
   gets. While the store is in trouble, each process probes for itself.
5. What began before a window's present state changes nothing: a probe whose lease has run out, a
   failure of an attempt that began before the window was closed.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from fallback.core.failure import Failure, FailureKind, Scope
from fallback.core.window_rules import (
    ProbeResult,
    WindowRules,
    probe_result,
    strike_after,
    window_after,
)
from fallback.core.windows import EVERY_MODEL, Windows, after_failed_probe, outlasts
from fallback.events import Event
from fallback.ports import Clock, EventLog, WindowStore
from fallback.wait_budget import WaitBudget
from fallback.windows.cache import Lease, WindowCache

Leases = Mapping[str, Lease]
"""The leases that one attempt holds, by window."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RunningAttempt:
    """What there is to know of an attempt, to judge how it ended.

    Attributes:
        model: The model that was asked.
        started_at: When it began.
        leases: Of the windows that it is the probe of.
    """

    model: str
    started_at: datetime
    leases: Leases


class SharedWindows:
    """Reads, opens, probes and closes exhaustion windows for the runner. Safe for many threads."""

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
        self._cache = WindowCache(store, clock=clock, log=log)
        self._rules = rules
        self._clock = clock
        self._log = log
        self._jitter = jitter
        self._strikes: dict[str, datetime] = {}

    def prefetch(self) -> None:
        """Begins to open the store; see `WindowCache.prefetch`."""
        self._cache.prefetch()

    def snapshot(self, budget: WaitBudget) -> Windows:
        """All windows by model name, ended ones included."""
        return self._cache.snapshot(budget)

    def claim(self, names: Iterable[str], until: datetime, budget: WaitBudget) -> Leases | None:
        """Asks for the probes of some windows.

        Args:
            names: The windows that are due.
            until: The instant at which somebody else may try, whatever became of this probe.
            budget: How long to wait for the store's word.

        Returns:
            A lease for each; None where somebody else has one of them, or where it is not due
            any more. The next snapshot knows.
        """
        leases: dict[str, Lease] = {}
        for name in names:
            lease = self._cache.claim(name, until, budget)
            if lease is None:
                self.release(leases)
                return None
            leases[name] = lease
        return leases

    def record(self, running: RunningAttempt, failure: Failure, budget: WaitBudget) -> None:
        """Opens the window that a failure asks for, if any, here and in the store.

        Args:
            running: What failed.
            failure: How.
            budget: How long to wait until the window is durable.
        """
        now = self._clock.now()
        failed = EVERY_MODEL if failure.scope is Scope.SERVICE else running.model
        for name, held in running.leases.items():
            verdict = probe_result(name, failure)
            if verdict is ProbeResult.ANSWERS:
                self._cache.close(held)
            elif verdict is ProbeResult.UNKNOWN:
                self._cache.release(held)
        lease = running.leases.get(failed)
        with self._cache.lock:
            if lease is not None and not self._cache.holds(lease):
                return  # Its time has run out, and with it its word.
            if lease is None and self._cache.closed_since(failed, running.started_at):
                return
            standing = lease.window if lease is not None else self._cache.known(failed)
            window = window_after(
                failure,
                now,
                self._rules,
                standing=standing,
                is_probe=lease is not None,
                strike_at=self._strikes.get(running.model),
                jitter=self._jitter(),
            )
            strike = strike_after(failure, now, self._strikes.get(running.model))
            if strike is not None:
                self._strikes[running.model] = strike
            if window is None:
                return
            if lease is not None:
                window = after_failed_probe(lease.window, window)
            elif not outlasts(window, standing):
                return
            self._cache.put(failed, window, lease)
        self._log(
            Event.WINDOW_OPENED,
            model=failed,
            reason=window.reason,
            until=window.until,
            failed_probes=window.failed_probes,
        )
        if failure.kind is FailureKind.NOT_FOUND:
            self._log(Event.MODEL_RETIRED, model=failed, successor=failure.successor)
        if failure.scope is Scope.SERVICE:
            self._log(Event.SERVICE_MISCONFIGURED, kind=failure.kind, reason=failure.reason)
        self._cache.write(budget)

    def probe_succeeded(self, leases: Leases) -> None:
        """Closes the windows of which a probe has found that they are over, for all instances."""
        for lease in leases.values():
            self._cache.close(lease)

    def answered(self, model: str) -> None:
        """Forgets the transient failures of a model that has answered."""
        with self._cache.lock:
            self._strikes.pop(model, None)

    def release(self, leases: Leases) -> None:
        """Gives back the leases of a probe that found out nothing; those that are over stay so."""
        for lease in leases.values():
            self._cache.release(lease)
