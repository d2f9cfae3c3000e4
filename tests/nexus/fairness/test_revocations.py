"""Revoked codes: known within a minute, and never waited for for long."""

from __future__ import annotations

import pytest

from fallback.events import Event
from fallback.wait_budget import WaitBudget
from nexus.fairness.revocations import Revocations
from tools.testkit.log import RecordingLog
from tools.testkit.memory_visitors import MemoryVisitors
from tools.testkit.time_travel import FakeClock


class ClientConnection:
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
    reader = ClientConnection(store)
    assert not reader.knows("code")
    store.codes.add("code")
    reader.clock.tick(59)
    assert not reader.knows("code")
    reader.clock.tick(1)

    assert reader.knows("code")
    assert store.lists == 2


def test_a_store_that_is_down_leaves_the_list_as_it_was(store: MemoryVisitors) -> None:
    reader = ClientConnection(store)
    store.codes.add("code")
    assert reader.knows("code")
    store.is_down = True
    reader.clock.tick(60)

    assert reader.knows("code")
    assert not reader.knows("another")
    assert reader.log.names() == [Event.VISITOR_STORE_UNAVAILABLE]


def test_a_store_that_hangs_is_not_waited_for_for_long(store: MemoryVisitors) -> None:
    store.gate.clear()
    try:
        assert not ClientConnection(store).knows("code", seconds=0.01)
    finally:
        store.gate.set()
