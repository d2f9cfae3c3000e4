"""Counting with a store that is healthy, slow or gone."""

from __future__ import annotations

import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta

import pytest

from fallback.events import Event
from fallback.ports import StoreUnavailableError
from fallback.wait_budget import WaitBudget
from nexus.fairness.core.allowance import Allowance, Usage
from nexus.fairness.core.ledger import Refused
from nexus.fairness.identity import Visitor
from nexus.fairness.shared_ledgers import SharedLedgers
from nexus.fairness.store import Record
from tools.testkit.log import RecordingLog
from tools.testkit.memory_visitors import MemoryVisitors
from tools.testkit.time_travel import FakeClock

ALLOWANCE = Allowance(burst=3, per_minute=1, per_day=10)
VISITOR = Visitor(record="n", name="a", allowances={"a": ALLOWANCE})


class Instance:
    """One process's ledgers."""

    def __init__(self, store: MemoryVisitors, clock: FakeClock) -> None:
        self.clock = clock
        self.log = RecordingLog()
        self._ledgers = SharedLedgers(store, clock=clock, log=self.log)

    def send(self, seconds: float = 10, visitor: Visitor = VISITOR, units: float = 1) -> bool:
        """Sends one message with so much budget; says whether it was let in."""
        budget = WaitBudget(self.clock, seconds)
        return not isinstance(self._ledgers.count(visitor, budget, units), Refused)

    def settle(self, units: float, visitor: Visitor = VISITOR) -> None:
        """Counts further units of a message that was let in."""
        self._ledgers.settle(visitor, units)

    def used(self) -> float | None:
        """The units that this process knows of."""
        usage = self._ledgers.usage(VISITOR)
        return None if usage is None else usage.used


@pytest.fixture
def store() -> Iterator[MemoryVisitors]:
    store = MemoryVisitors()
    yield store
    store.gate.set()


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock()


@pytest.fixture
def one(store: MemoryVisitors, clock: FakeClock) -> Instance:
    return Instance(store, clock)


@pytest.fixture
def other(store: MemoryVisitors, clock: FakeClock) -> Instance:
    return Instance(store, clock)


def eventually_shared(instance: Instance) -> None:
    give_up_at = time.monotonic() + 60
    while Event.VISITOR_STORE_RECOVERED not in instance.log.names():
        assert time.monotonic() < give_up_at


def test_a_message_is_one_write_and_only_the_first_one_a_read(
    store: MemoryVisitors, one: Instance
) -> None:
    assert [one.send() for _ in range(3)] == [True] * 3

    assert (store.reads, store.writes, store.refused) == (1, 3, 0)


def test_while_others_write_a_record_too_it_is_read_first(
    store: MemoryVisitors, clock: FakeClock
) -> None:
    wide = Allowance(burst=100, per_minute=1, per_day=100)
    visitor = Visitor(record="n", name="a", allowances={"a": wide})
    one, other = (SharedLedgers(store, clock=clock, log=RecordingLog()) for _ in range(2))
    for instance in (one, other) * 10:
        instance.count(visitor, WaitBudget(clock, 10))

    assert store.records["n"].ledger["a"].used == 20
    # Each finds out once, and then asks each time.
    assert (store.reads, store.writes, store.refused) == (20, 20, 2)

    before = store.reads
    for _ in range(10):
        one.count(visitor, WaitBudget(clock, 10))

    # To be the only one is found out by two reads: the first one still finds the other's work.
    assert (store.reads - before, store.writes, store.refused) == (2, 30, 2)


def test_instances_share_a_limit(one: Instance, other: Instance) -> None:
    assert [one.send(), other.send(), one.send()] == [True] * 3
    assert [one.send(), other.send()] == [False] * 2


def test_a_visitor_over_the_limit_costs_the_store_nothing(
    store: MemoryVisitors, one: Instance
) -> None:
    for _ in range(3):
        one.send()

    assert not any(one.send() for _ in range(100))

    assert (store.reads, store.writes) == (1, 3)


def test_an_instance_that_learns_of_a_limit_from_the_store_writes_nothing(
    store: MemoryVisitors, one: Instance, other: Instance
) -> None:
    for _ in range(3):
        one.send()

    assert not other.send()
    assert (store.reads, store.writes) == (2, 3)
    assert not other.send()
    assert store.reads == 2


def test_messages_at_once_share_a_write(store: MemoryVisitors, clock: FakeClock) -> None:
    wide = Allowance(burst=100, per_minute=1, per_day=100)
    visitor = Visitor(record="n", name="a", allowances={"a": wide})
    ledgers = SharedLedgers(store, clock=clock, log=RecordingLog())
    store.gate.clear()
    with ThreadPoolExecutor(20) as pool:
        counts = [pool.submit(ledgers.count, visitor, WaitBudget(clock, 30)) for _ in range(20)]
        time.sleep(0.05)  # Only so that they meet; with fewer that do, there is more to write.
        store.gate.set()
        assert not any(isinstance(count.result(), Refused) for count in counts)

    assert store.records["n"].ledger["a"].used == 20
    assert store.writes <= 20


def test_a_store_that_is_down_leaves_each_instance_its_own_limit(
    store: MemoryVisitors, one: Instance, other: Instance
) -> None:
    one.send()
    store.is_down = True

    assert [one.send() for _ in range(3)] == [True, True, False]
    assert [other.send() for _ in range(4)] == [True, True, True, False]
    assert one.log.names() == [Event.VISITOR_STORE_UNAVAILABLE]


def test_a_store_that_can_only_be_read_is_one_outage(
    store: MemoryVisitors, one: Instance, clock: FakeClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    failed: list[str] = []

    def full(name: str, *_: object) -> None:
        failed.append(name)
        raise StoreUnavailableError("it is full")

    with monkeypatch.context() as patched:
        patched.setattr(store, "write", full)
        for writes in (1, 2):
            assert one.send()
            give_up_at = time.monotonic() + 60
            while len(failed) < writes:
                assert time.monotonic() < give_up_at
            clock.tick(1)
    assert store.reads > 1
    assert one.log.names() == [Event.VISITOR_STORE_UNAVAILABLE]

    assert one.send()
    eventually_shared(one)

    assert one.log.names() == [Event.VISITOR_STORE_UNAVAILABLE, Event.VISITOR_STORE_RECOVERED]
    assert store.records["n"].ledger["a"].used == 3


def test_what_is_left_of_each_allowance_is_told_without_asking_the_store(
    store: MemoryVisitors, clock: FakeClock
) -> None:
    visitor = Visitor(record="n", name="a", allowances={"a": ALLOWANCE, "*": ALLOWANCE.times(2)})
    ledgers = SharedLedgers(store, clock=clock, log=RecordingLog())
    assert ledgers.left(visitor) == {"a": 3, "*": 6}
    ledgers.count(visitor, WaitBudget(clock, 10), units=2)
    calls = (store.reads, store.writes)

    assert ledgers.left(visitor) == {"a": 1, "*": 4}
    assert (store.reads, store.writes) == calls


def hangs(store: MemoryVisitors, one: Instance, seconds: float) -> None:
    """A message whose first call to the store takes so long; it is let in after a moment."""
    store.gate.clear()
    store.is_asked.clear()
    assert one.send(seconds=0.01)
    assert store.is_asked.wait(10)
    one.clock.tick(seconds)


def test_a_store_that_hangs_is_waited_for_once(store: MemoryVisitors, one: Instance) -> None:
    hangs(store, one, 0.25)

    # A wait would end the test in an error: nothing sets the gate.
    assert [one.send(seconds=3600) for _ in range(3)] == [True, True, False]

    assert one.log.of(Event.VISITOR_STORE_UNAVAILABLE) == [{"reason": "slow"}]


def test_a_message_without_time_left_is_no_sign_of_a_slow_store(
    store: MemoryVisitors, one: Instance
) -> None:
    hangs(store, one, 0.12)
    assert one.send(seconds=0)

    store.gate.set()
    assert one.send()

    assert one.log.names() == []
    assert store.records["n"].ledger["a"].used == 3


def test_what_was_counted_meanwhile_counts_when_the_store_is_back(
    store: MemoryVisitors, one: Instance, other: Instance, clock: FakeClock
) -> None:
    store.is_down = True
    assert one.send()
    assert one.send()
    store.is_down = False
    clock.tick(1)

    assert one.send()
    eventually_shared(one)

    assert store.records["n"].ledger["a"].used == 3
    assert not other.send()


def test_a_slow_store_counts_a_message_once(
    store: MemoryVisitors, one: Instance, clock: FakeClock
) -> None:
    hangs(store, one, 0.3)
    store.gate.set()
    clock.tick(1)

    assert one.send()
    eventually_shared(one)

    assert store.records["n"].ledger["a"].used == 2


def test_an_unavailable_store_is_asked_once_a_second(
    store: MemoryVisitors, one: Instance, clock: FakeClock
) -> None:
    store.is_down = True
    one.send()
    store.is_down = False
    one.send()
    assert store.reads == 0

    clock.tick(1)
    one.send()
    eventually_shared(one)

    assert store.reads == 1


def test_a_record_that_too_many_write_is_counted_here_for_a_second_and_no_other_is(
    store: MemoryVisitors, one: Instance, clock: FakeClock
) -> None:
    other = Visitor(record="m", name="b", allowances={"b": ALLOWANCE})
    store.contended.add("n")
    assert one.send()
    refused = store.refused

    assert one.send()
    assert one.send(visitor=other)

    assert refused == store.refused == 20
    assert store.records["m"].ledger["b"].used == 1
    assert one.log.names() == [Event.VISITOR_RECORD_CONTENDED]

    store.contended.clear()
    clock.tick(1)
    assert one.send()
    assert store.records["n"].ledger["a"].used == 3
    assert not one.send()


def test_a_bug_in_the_store_is_logged_and_stops_nobody(
    store: MemoryVisitors, one: Instance, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(store, "read", lambda *_: 1 / 0)

    assert one.send()
    (event,) = one.log.of(Event.INTERNAL_ERROR)
    assert (event["thread"], event["error"]) == ("visitor-store", "ZeroDivisionError")
    assert 'File "nexus/fairness/shared_ledgers.py"' in event["stack_trace"]


def test_further_units_of_a_message_are_one_write_that_nobody_waits_for(
    store: MemoryVisitors, one: Instance, other: Instance
) -> None:
    one.send()
    store.gate.clear()
    one.settle(1)  # A wait would end the test in an error: nothing sets the gate.
    store.gate.set()

    assert one.send()  # It is counted after them.
    assert (store.records["n"].ledger["a"].used, store.writes) in {(3, 2), (3, 3)}
    assert not other.send()


def test_further_units_count_here_while_the_store_is_down(
    store: MemoryVisitors, one: Instance
) -> None:
    one.send()
    store.is_down = True
    one.settle(1)
    assert one.send()  # It comes after them, and finds the store down as well.

    one.settle(0.25)

    assert one.used() == 3.25


def test_a_refused_message_makes_the_next_one_dearer_and_the_instant_it_named_stays_true(
    store: MemoryVisitors, one: Instance, clock: FakeClock
) -> None:
    for _ in range(3):
        one.send()
    assert not one.send()
    assert not one.send()
    assert store.writes == 3

    clock.tick(60)  # A minute for each message.
    assert one.send()
    assert store.records["n"].ledger["a"].used == 4.5

    clock.tick(89)
    assert not one.send()
    clock.tick(1)
    assert one.send()


def test_what_a_message_costs_after_a_refusal_moves_no_instant_and_is_paid_with_the_next_one(
    store: MemoryVisitors, one: Instance, clock: FakeClock
) -> None:
    for _ in range(3):
        one.send()
    assert not one.send()  # Until a minute from now.

    one.settle(2)
    clock.tick(60)

    assert one.send()
    assert store.records["n"].ledger["a"].used == 4 + 0.25 + 2
    assert not one.send()


def test_of_a_network_such_a_cost_is_counted_at_once(store: MemoryVisitors, one: Instance) -> None:
    wide = Allowance(burst=100, per_minute=1, per_day=100)
    visitor = Visitor(record="n", name="a", allowances={"a": ALLOWANCE, "*": wide})
    assert [one.send(visitor=visitor) for _ in range(4)] == [True] * 3 + [False]

    one.settle(2, visitor)
    one.send(visitor=replace(visitor, name="b", allowances={"*": wide}))

    assert store.records["n"].ledger["a"].used == 3
    assert store.records["n"].ledger["*"].used == 6


def test_whoever_hammers_still_has_half_of_the_rate(one: Instance, clock: FakeClock) -> None:
    for _ in range(3):
        one.send()

    let_in = 0
    for _ in range(8 * 60):
        clock.tick(1)
        let_in += one.send()

    assert let_in == 4  # Of the eight that a patient visitor has.


def test_a_long_message_counts_as_several(store: MemoryVisitors, one: Instance) -> None:
    assert one.send(units=2)
    assert one.send()

    assert store.records["n"].ledger["a"].used == 3
    assert not one.send()


@pytest.mark.parametrize("name", ["a", "another"])
def test_an_instance_whose_clock_is_ahead_locks_nobody_out(
    store: MemoryVisitors, one: Instance, clock: FakeClock, name: str
) -> None:
    now = clock.now()
    ahead = Usage(now + timedelta(hours=1), now.date() + timedelta(days=1), 10)
    store.records["n"] = Record({name: ahead}, version="of another instance")

    assert [one.send() for _ in range(4)] == [True, True, True, False]

    assert store.records["n"].ledger[name].due_at <= now + timedelta(minutes=3)
    clock.tick(60)
    assert one.send()
