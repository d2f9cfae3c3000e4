"""What every visitor store keeps to: the same tests for SQLite and Firestore."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from fallback.wait_budget import WaitBudget
from nexus.fairness.core.allowance import Allowance, Usage
from nexus.fairness.core.ledger import TOTAL, Refused
from nexus.fairness.identity import Visitor
from nexus.fairness.shared_ledgers import SharedLedgers
from nexus.fairness.store import Record, VisitorStore
from tests.contract.conftest import OpenVisitorStore
from tools.testkit.log import RecordingLog
from tools.testkit.time_travel import FakeClock

NOW = datetime(2026, 11, 23, 12, 0, 0, 1000, tzinfo=UTC)
LATER = datetime(2100, 1, 1, tzinfo=UTC)
LEDGER = {TOTAL: Usage(NOW, NOW.date(), 2), "a-visitor_1": Usage(NOW, NOW.date(), 1)}


@pytest.fixture
def store(open_visitor_store: OpenVisitorStore) -> VisitorStore:
    return open_visitor_store()


def test_a_new_store_knows_nobody(store: VisitorStore) -> None:
    assert store.read("n") == Record({})
    assert store.revoked() == set()


def test_what_is_written_is_read_by_all(open_visitor_store: OpenVisitorStore) -> None:
    one, other = open_visitor_store(), open_visitor_store()

    assert one.write("n", Record(LEDGER), LATER)

    assert other.read("n").ledger == LEDGER
    assert other.read("m") == Record({})


def test_a_record_is_replaced_as_it_was_read(store: VisitorStore) -> None:
    store.write("n", Record({}), LATER)

    assert store.write("n", replace(store.read("n"), ledger=LEDGER), LATER)

    assert store.read("n").ledger == LEDGER


def test_a_record_that_has_changed_is_not_replaced(open_visitor_store: OpenVisitorStore) -> None:
    one, other = open_visitor_store(), open_visitor_store()
    one.write("n", Record({}), LATER)
    seen = one.read("n")
    assert other.write("n", replace(other.read("n"), ledger=LEDGER), LATER)

    assert one.write("n", seen, LATER) is None

    assert one.read("n").ledger == LEDGER


def test_one_of_many_makes_a_record(open_visitor_store: OpenVisitorStore) -> None:
    views = [open_visitor_store() for _ in range(4)]

    with ThreadPoolExecutor(8) as pool:
        writes = [pool.submit(views[i % 4].write, "n", Record(LEDGER), LATER) for i in range(8)]

    assert [write.result() is None for write in writes].count(False) == 1


def test_the_version_of_a_write_is_the_one_that_is_read(store: VisitorStore) -> None:
    for _ in range(2):  # A record that is made, and one that is replaced.
        version = store.write("n", replace(store.read("n"), ledger=LEDGER), LATER)

        assert version is not None
        assert store.read("n").version == version


def test_a_code_is_revoked_for_all_and_for_good(open_visitor_store: OpenVisitorStore) -> None:
    one, other = open_visitor_store(), open_visitor_store()

    one.revoke("-code_1", LATER)
    one.revoke("code-2", LATER)
    one.revoke("-code_1", LATER)

    assert other.revoked() == {"-code_1", "code-2"}


def test_of_many_messages_at_once_none_is_counted_twice_or_not_at_all(
    open_visitor_store: OpenVisitorStore,
) -> None:
    clock = FakeClock(LATER)  # Stores forget by clocks of their own what is over.
    burst = Allowance(burst=10, per_minute=1, per_day=100)
    log = RecordingLog()
    instances = [SharedLedgers(open_visitor_store(), clock=clock, log=log) for _ in range(4)]
    visitor = Visitor(record="n", name="a", allowances={"a": burst})

    def send(number: int) -> bool:
        outcome = instances[number % 4].count(visitor, WaitBudget(clock, seconds=30))
        return not isinstance(outcome, Refused)

    with ThreadPoolExecutor(40) as pool:
        allowed = list(pool.map(send, range(40)))

    usage = open_visitor_store().read("n").ledger["a"]
    assert log.names() == []  # With an unavailable store each would count by itself.
    assert allowed.count(True) == 10
    assert (usage.used, usage.due_at) == (10, clock.now() + timedelta(minutes=10))
