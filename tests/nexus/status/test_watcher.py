"""Every listener hears each change, one thread looks for all of them, and none looks for nobody."""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field

import pytest

from fallback.events import Event
from fallback.shutdown import Shutdown
from fallback.system_clock import SystemClock
from nexus.http.status_stream import status_events
from nexus.status.ports import Status
from nexus.status.watcher import StatusWatcher
from tools.testkit.log import RecordingLog
from tools.testkit.time_travel import FakeClock

PATIENCE_SECONDS = 30.0


@dataclass
class HandClock(FakeClock):
    """Sleeps until a test lets one look more take place."""

    looks: threading.Semaphore = field(default_factory=lambda: threading.Semaphore(0))

    def __post_init__(self) -> None:
        super().__init__()

    def sleep(self, seconds: float) -> None:
        self.looks.acquire(timeout=PATIENCE_SECONDS)
        self.tick(seconds)


class Service:
    """The state, and how often it was read."""

    def __init__(self) -> None:
        self.version = "a"
        self.reads = 0

    def state(self) -> Status:
        self.reads += 1
        return Status(self.version, b"{}")


@pytest.fixture
def service() -> Service:
    return Service()


@pytest.fixture
def clock() -> HandClock:
    return HandClock()


@pytest.fixture
def shutdown() -> Shutdown:
    return Shutdown(SystemClock())


@pytest.fixture
def log() -> RecordingLog:
    return RecordingLog()


Watch = Callable[[Callable[[], Status]], StatusWatcher]


@pytest.fixture
def watch(clock: HandClock, shutdown: Shutdown, log: RecordingLog) -> Watch:
    return lambda state: StatusWatcher(
        state, clock=clock, log=log, shutdown=shutdown, max_listeners=50
    )


def test_nobody_looks_while_nobody_listens(watch: Watch, service: Service) -> None:
    watch(service.state)

    assert service.reads == 0


def test_fifty_listeners_hear_a_change_that_was_looked_for_once(
    watch: Watch, service: Service, clock: HandClock
) -> None:
    watcher = watch(service.state)
    assert all(watcher.join() for _ in range(50))
    assert watcher.wait(None, PATIENCE_SECONDS) == Status("a", b"{}")

    with ThreadPoolExecutor(50) as pool:
        told = [pool.submit(watcher.wait, "a", PATIENCE_SECONDS) for _ in range(50)]
        service.version = "b"
        clock.looks.release()

    assert {status.version for each in told if (status := each.result())} == {"b"}
    assert service.reads == 2


def test_one_listener_too_many_is_told_so_until_another_leaves(
    watch: Watch, service: Service
) -> None:
    watcher = watch(service.state)
    assert all(watcher.join() for _ in range(50))

    assert not watcher.join()
    watcher.leave()
    assert watcher.join()


def test_whoever_comes_after_the_last_listener_has_left_hears_the_next_state(
    watch: Watch, service: Service, clock: HandClock
) -> None:
    watcher = watch(service.state)
    watcher.join()
    watcher.wait(None, PATIENCE_SECONDS)
    watcher.leave()
    clock.looks.release()
    service.version = "b"

    watcher.join()
    clock.looks.release()

    assert watcher.wait("a", PATIENCE_SECONDS) == Status("b", b"{}")


def test_a_bug_is_told_and_does_not_end_the_watch(
    watch: Watch, clock: HandClock, log: RecordingLog
) -> None:
    looks = iter(range(2))

    def state() -> Status:
        return Status("a", b"%d" % (1 // next(looks)))

    watcher = watch(state)
    watcher.join()
    clock.looks.release()

    assert watcher.wait(None, PATIENCE_SECONDS) == Status("a", b"1")
    assert log.names() == [Event.INTERNAL_ERROR]


def test_when_the_process_ends_nobody_waits_any_longer(
    watch: Watch, service: Service, shutdown: Shutdown, clock: HandClock
) -> None:
    watcher = watch(service.state)
    watcher.join()
    watcher.wait(None, PATIENCE_SECONDS)
    shutdown.begin()

    assert watcher.wait("a", PATIENCE_SECONDS) is None


def test_a_stream_beats_while_nothing_changes_and_ends_at_its_time(
    watch: Watch, service: Service
) -> None:
    watcher = watch(service.state)
    watcher.join()
    now = iter([0.0, 60.0])  # The real wait takes as long as was left.

    events = status_events(
        watcher,
        seen="a",
        ends_at=0.05,
        monotonic=lambda: next(now),
        is_over=lambda: False,
        has_disconnected=lambda: False,
    )

    assert list(events) == [b"retry: 2000\n\n", b": nothing new\n\n"]


@pytest.mark.parametrize(("is_over", "has_left"), [(True, False), (False, True)])
def test_a_stream_ends_with_its_process_and_with_its_reader(
    watch: Watch, service: Service, is_over: bool, has_left: bool
) -> None:
    watcher = watch(service.state)
    watcher.join()
    events = status_events(
        watcher,
        seen=None,
        ends_at=60.0,
        monotonic=lambda: 0.0,
        is_over=lambda: is_over,
        has_disconnected=lambda: has_left,
    )

    assert list(events) == [b"retry: 2000\n\n"]
