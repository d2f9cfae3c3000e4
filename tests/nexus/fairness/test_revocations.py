"""Revoked codes: known within a minute, and never waited for for long."""

from __future__ import annotations

import pytest

from fallback.events import Event
from fallback.wait_budget import WaitBudget
from nexus.fairness.revocations import Revocations
from tools.testkit.log import RecordingLog
from tools.testkit.memory_visitors import MemoryVisitors
from tools.testkit.time_travel import FakeClock


class Instance:
    def __init__(self, store: MemoryVisitors) -> None:
        self.clock = FakeClock()
        self.log = RecordingLog()
        self._revocations = Revocations(store, clock=self.clock, log=self.log)

    def knows(self, code_id: str, seconds: float = 10) -> bool:
        self._revocations.refresh(WaitBudget(self.clock, seconds))
        return code_id in self._revocations


@pytest.fixture
def store() -> MemoryVisitors:
    return MemoryVisitors()


def test_a_code_is_known_to_be_revoked_within_a_minute(store: MemoryVisitors) -> None:
    one = Instance(store)
    assert not one.knows("code")
    store.codes.add("code")
    one.clock.tick(59)
    assert not one.knows("code")
    one.clock.tick(1)

    assert one.knows("code")
    assert store.lists == 2


def test_a_store_that_is_down_leaves_the_list_as_it_was(store: MemoryVisitors) -> None:
    one = Instance(store)
    store.codes.add("code")
    assert one.knows("code")
    store.is_down = True
    one.clock.tick(60)

    assert one.knows("code")
    assert not one.knows("another")
    assert one.log.names() == [Event.VISITOR_STORE_UNAVAILABLE]


def test_a_store_that_hangs_is_not_waited_for_for_long(store: MemoryVisitors) -> None:
    store.gate.clear()
    try:
        assert not Instance(store).knows("code", seconds=0.01)
    finally:
        store.gate.set()


def test_a_bug_in_the_store_is_logged_with_its_place(
    store: MemoryVisitors, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(store, "revoked", lambda: 1 / 0)
    one = Instance(store)

    assert not one.knows("code")
    (event,) = one.log.of(Event.INTERNAL_ERROR)
    assert (event["thread"], event["error"]) == ("revocations", "ZeroDivisionError")
    assert 'File "nexus/fairness/revocations.py"' in event["stack_trace"]
