"""Processes with one store, and a clock that stands still."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta

from fallback.core.failure import Failure, FailureKind
from fallback.core.window_rules import WindowRules
from fallback.core.windows import Window
from fallback.wait_budget import WaitBudget
from fallback.windows.leases import Leases, RunningAttempt
from fallback.windows.shared import SharedWindows
from tools.testkit.log import RecordingLog
from tools.testkit.memory_store import MemoryStore
from tools.testkit.time_travel import FakeClock

MODEL = "gemini-3.8-flash"
RULES = WindowRules()
DAY = Failure(kind=FailureKind.QUOTA_EXHAUSTED)
MINUTE = Failure(kind=FailureKind.RATE_LIMITED, retry_delay_seconds=30.0)
BUSY = Failure(kind=FailureKind.OVERLOADED)
SILENT = Failure(kind=FailureKind.TIMED_OUT)


class Scene:
    """A store, a clock that stands still, a log, and one view of the store."""

    def __init__(self) -> None:
        self.store = MemoryStore()
        self.clock = FakeClock()
        self.log = RecordingLog()
        self.windows = self.another()

    def another(self) -> SharedWindows:
        return SharedWindows(
            self.store, rules=RULES, clock=self.clock, log=self.log, jitter=lambda: 0.0
        )

    def snapshot(self) -> Mapping[str, Window]:
        return self.windows.snapshot(WaitBudget(self.clock, 5))

    def fail(
        self,
        failure: Failure,
        leases: Leases | None = None,
        started_at: datetime | None = None,
    ) -> None:
        self.windows.record(
            running(leases or {}, started_at or self.clock.now()),
            failure,
            WaitBudget(self.clock, 5),
        )

    def claim(self, *names: str, seconds: float = 20) -> Leases | None:
        return self.windows.claim(
            names or (MODEL,),
            self.clock.now() + timedelta(seconds=seconds),
            WaitBudget(self.clock, 5),
        )

    def claimed(self, *names: str, seconds: float = 20) -> Leases:
        leases = self.claim(*names, seconds=seconds)
        assert leases is not None
        return leases

    def settle(self) -> None:
        """Waits until the background thread has done what it was given."""
        self.windows.flush(10)


def running(leases: Leases, started_at: datetime, model: str = MODEL) -> RunningAttempt:
    return RunningAttempt(key=model, started_at=started_at, leases=leases)


# Probes


def ended(scene: Scene) -> None:
    """A window that has just ended, known to the store and to the process."""
    scene.fail(MINUTE)
    scene.clock.tick(31)
    scene.snapshot()
