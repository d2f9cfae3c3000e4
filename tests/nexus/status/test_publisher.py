"""When the status object is written, and that the last change of many instances is in it."""

from __future__ import annotations

import random
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fallback.events import Event
from fallback.ports import StoreUnavailableError
from fallback.system_clock import SystemClock
from nexus.status.ports import Status, Stored
from nexus.status.publisher import StatusPublisher
from tools.testkit.log import RecordingLog
from tools.testkit.time_travel import FakeClock


class MemoryStore:
    """A store of the status object.

    Attributes:
        before_read: Called before each read takes place.
        after_read: Called after it.
        before_write: Called before each write takes place.
    """

    def __init__(self) -> None:
        self.versions: list[str] = []
        self.reads = 0
        self.is_down = False
        self.before_read: Callable[[], object] = lambda: None
        self.after_read: Callable[[], object] = lambda: None
        self.before_write: Callable[[], object] = lambda: None
        self._lock = threading.Lock()

    def read(self) -> Stored:
        if self.is_down:
            raise StoreUnavailableError("memory: down")
        self.reads += 1
        self.before_read()
        stored = Stored(self.versions[-1] if self.versions else None, len(self.versions))
        self.after_read()
        return stored

    def content(self, stored: Stored) -> bytes:
        return b""

    def write(self, status: Status, generation: object) -> bool:
        self.before_write()
        with self._lock:
            if generation != len(self.versions):
                return False
            self.versions.append(status.version)
            return True


class Service:
    """The windows that all instances share, as one number."""

    def __init__(self) -> None:
        self.version = 0

    def state(self) -> Status:
        return Status(str(self.version), b"")

    def change(self) -> None:
        self.version += 1


@pytest.fixture
def store() -> MemoryStore:
    return MemoryStore()


@pytest.fixture
def service() -> Service:
    return Service()


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock()


@pytest.fixture
def log() -> RecordingLog:
    return RecordingLog()


@pytest.fixture
def publisher(
    store: MemoryStore, service: Service, clock: FakeClock, log: RecordingLog
) -> StatusPublisher:
    return StatusPublisher(store, service.state, clock=clock, log=log)


def test_a_healthy_service_neither_reads_nor_writes(
    publisher: StatusPublisher, store: MemoryStore
) -> None:
    publisher.settle()

    assert (store.reads, store.versions) == (0, [])


def test_a_reply_ends_after_the_change_has_been_written(
    publisher: StatusPublisher, store: MemoryStore, service: Service
) -> None:
    service.change()
    publisher.changed()
    publisher.settle()

    assert store.versions == ["1"]


def test_a_change_is_written_while_the_answer_that_met_it_goes_on(
    publisher: StatusPublisher, store: MemoryStore
) -> None:
    is_written = threading.Event()
    store.before_write = is_written.set

    publisher.changed()

    assert is_written.wait(30)


def test_of_many_changes_in_one_second_the_last_is_in_the_second_write(
    publisher: StatusPublisher, store: MemoryStore, service: Service, clock: FakeClock
) -> None:
    written_at: list[float] = []
    store.before_write = lambda: written_at.append(clock.monotonic())
    service.change()
    publisher.changed()
    publisher.settle()
    for _ in range(20):
        service.change()
        publisher.changed()
    publisher.settle()

    assert store.versions[-1] == "21"
    assert len(written_at) <= 3
    assert all(b - a >= 1.0 for a, b in pairwise(written_at))


def test_what_another_instance_has_written_already_is_not_written_again(
    publisher: StatusPublisher, store: MemoryStore, service: Service
) -> None:
    service.change()
    store.versions = ["1"]
    publisher.changed()
    publisher.settle()

    assert store.versions == ["1"]


def test_whoever_comes_second_reads_the_state_again(
    publisher: StatusPublisher, store: MemoryStore, service: Service
) -> None:
    def another_is_first() -> None:
        store.before_write = lambda: None
        service.change()
        store.versions.append("of another")

    store.before_write = another_is_first
    publisher.changed()
    publisher.settle()

    assert store.versions == ["of another", "1"]


def test_pages_are_written_once_by_each_process_and_then_with_each_change(
    store: MemoryStore, service: Service, clock: FakeClock, log: RecordingLog
) -> None:
    pages: list[str] = []
    is_contended = iter([False, True, False])

    def write_pages() -> bool:
        pages.append(store.versions[-1])
        return not next(is_contended, False)

    store.versions = ["0"]
    publisher = StatusPublisher(store, service.state, clock=clock, log=log, write_pages=write_pages)
    publisher.changed()
    publisher.settle()
    assert pages == ["0"]

    publisher.changed()
    publisher.settle()
    assert pages == ["0"]

    service.change()
    publisher.changed()
    publisher.settle()
    assert pages == ["0", "1", "1"]


def test_a_page_that_could_not_be_written_is_when_the_store_is_back(
    store: MemoryStore, service: Service, clock: FakeClock, log: RecordingLog
) -> None:
    is_down, is_written = True, threading.Event()

    def write_pages() -> bool:
        if is_down:
            raise StoreUnavailableError("memory: down")
        is_written.set()
        return True

    publisher = StatusPublisher(store, service.state, clock=clock, log=log, write_pages=write_pages)
    publisher.changed()
    publisher.settle()
    assert (store.versions, log.names()) == (["0"], [Event.STATUS_UNAVAILABLE])

    is_down = False
    clock.tick(10)
    publisher.settle()

    assert is_written.wait(30)


def test_a_store_that_is_down_is_told_once_delays_one_reply_and_gets_the_change_when_it_is_back(
    publisher: StatusPublisher,
    store: MemoryStore,
    service: Service,
    clock: FakeClock,
    log: RecordingLog,
) -> None:
    store.is_down = True
    service.change()
    publisher.changed()
    publisher.settle()
    for _ in range(100):
        publisher.settle()
    assert log.lines == [(Event.STATUS_UNAVAILABLE, {"reason": "memory: down"})]

    store.is_down = False
    is_written = threading.Event()
    store.before_write = is_written.set
    clock.tick(10)
    publisher.settle()

    assert is_written.wait(30)
    service.change()
    publisher.changed()
    while store.versions[-1:] != ["2"]:
        publisher.settle()
    assert log.names() == [Event.STATUS_UNAVAILABLE, Event.STATUS_RECOVERED]


def test_a_store_that_hangs_holds_a_reply_for_two_seconds(
    publisher: StatusPublisher, store: MemoryStore
) -> None:
    goes_on = threading.Event()
    store.before_write = goes_on.wait
    publisher.changed()

    publisher.settle()  # Returns, though nothing is written.

    assert store.versions == []
    goes_on.set()


def test_a_bug_is_told_and_no_reply_waits_for_it(
    store: MemoryStore, clock: FakeClock, log: RecordingLog
) -> None:
    def state() -> Status:
        raise ZeroDivisionError

    publisher = StatusPublisher(store, state, clock=clock, log=log)
    publisher.changed()
    publisher.settle()
    publisher.settle()

    assert log.names() == [Event.INTERNAL_ERROR, Event.STATUS_UNAVAILABLE]


def test_a_process_that_ends_writes_what_is_due_and_nothing_after_that(
    publisher: StatusPublisher, store: MemoryStore, service: Service, log: RecordingLog
) -> None:
    publisher.changed()
    publisher.settle()
    service.change()
    publisher.changed()

    publisher.end(60)

    assert store.versions == ["0", "1"]
    reads = store.reads
    service.change()
    publisher.changed()
    publisher.settle()
    assert (store.reads, log.lines) == (reads, [])


def test_what_a_store_that_hangs_leaves_unwritten_at_the_end_is_told_and_is_no_bug(
    store: MemoryStore, clock: FakeClock
) -> None:
    is_reading, goes_on, is_told = threading.Event(), threading.Event(), threading.Event()
    log = RecordingLog()

    def state() -> Status:
        is_reading.set()
        goes_on.wait()
        raise RuntimeError("no new tasks")

    def tell(event: Event, **fields: object) -> None:
        log(event, **fields)
        is_told.set()

    publisher = StatusPublisher(store, state, clock=clock, log=tell)
    publisher.changed()
    assert is_reading.wait(60)

    publisher.end(0)
    goes_on.set()

    assert is_told.wait(60)
    assert log.lines == [(Event.STATUS_UNAVAILABLE, {"reason": "the process ends: no new tasks"})]


@given(st.lists(st.booleans(), max_size=16))
def test_whatever_other_instances_write_between_two_steps_the_object_ends_up_true(
    writes: list[bool],
) -> None:
    store, service = MemoryStore(), Service()
    steps = iter(writes)

    def another_may_write() -> None:
        if next(steps, False):
            service.change()
            store.versions.append(str(service.version))

    def state() -> Status:
        another_may_write()
        found = service.state()
        another_may_write()
        return found

    store.before_read = store.after_read = store.before_write = another_may_write
    publisher = StatusPublisher(store, state, clock=FakeClock(), log=RecordingLog())
    service.change()
    publisher.changed()
    publisher.settle()

    assert store.versions[-1] == str(service.version)


@pytest.mark.parametrize("seed", range(3))
def test_however_many_instances_change_windows_at_once_the_object_ends_up_true(seed: int) -> None:
    store, service, log = MemoryStore(), Service(), RecordingLog()
    chance = random.Random(seed)
    publishers = [
        StatusPublisher(store, service.state, clock=SystemClock(), log=log, interval_seconds=0.004)
        for _ in range(8)
    ]
    orders = [[chance.randrange(3) for _ in range(30)] for _ in publishers]

    def live(publisher: StatusPublisher, order: list[int]) -> None:
        for changes in order:
            for _ in range(changes):
                service.change()
                publisher.changed()
            publisher.settle()
        publisher.settle()

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(live, publishers, orders))

    assert log.lines == []
    assert store.versions[-1] == str(service.version)
