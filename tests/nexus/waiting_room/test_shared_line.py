"""What one process tells others of the line."""

from __future__ import annotations

from datetime import timedelta

from fallback.core.window_rules import WindowRules
from fallback.wait_budget import WaitBudget
from fallback.windows.shared import SharedWindows
from nexus.waiting_room.core.line import Supply
from nexus.waiting_room.shared import SharedLine
from tools.testkit.log import RecordingLog
from tools.testkit.memory_line import MemoryLine
from tools.testkit.memory_store import MemoryStore
from tools.testkit.time_travel import FakeClock


def test_when_everybody_in_line_has_left_the_end_is_told_once() -> None:
    clock, log, changes = FakeClock(), RecordingLog(), []
    windows = SharedWindows(MemoryStore(), rules=WindowRules(), clock=clock, log=log)
    back = Supply(retry_at=clock.now() + timedelta(seconds=30))
    line = SharedLine(MemoryLine(), windows, supply=lambda _: back, clock=clock, log=log)
    line.on_change = lambda: changes.append(clock.now())

    def is_known() -> bool:
        budget = WaitBudget(clock, 60)
        return line.known(windows.reread(budget), budget) is not None

    place = line.number({})
    assert place is not None
    assert place.number is not None
    clock.tick(5)
    line.confirm(place.number, {})
    line.flush(60)
    assert is_known()
    told = len(changes)

    clock.tick(3600)

    assert [is_known(), is_known()] == [False, False]
    assert len(changes) == told + 1
