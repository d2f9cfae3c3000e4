"""One process's view of the shared windows: cached, fail-open, and never in a chat's way."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest

from fallback.core.failure import Failure, FailureKind
from fallback.core.window_rules import WindowRules
from fallback.core.windows import EVERY_MODEL, Window
from fallback.events import Event
from fallback.ports import StoreUnavailableError
from fallback.patience import Patience
from fallback.shared_windows import Attempting, Leases, SharedWindows
from tests.support.log import RecordingLog
from tests.support.memory_store import MemoryStore
from tests.support.time_travel import FakeClock

MODEL = "gemini-3.8-flash"
DAY = Failure(kind=FailureKind.QUOTA_EXHAUSTED)
MINUTE = Failure(kind=FailureKind.RATE_LIMITED, retry_delay_seconds=30.0)
BUSY = Failure(kind=FailureKind.OVERLOADED)


class Scene:
    """A store, a clock that stands still, a log, and one view of the store."""

    def __init__(self) -> None:
        self.store = MemoryStore()
        self.clock = FakeClock()
        self.log = RecordingLog()
        self.windows = self.another()

    def another(self) -> SharedWindows:
        return SharedWindows(
            self.store, rules=WindowRules(), clock=self.clock, log=self.log, jitter=lambda: 0.0
        )

    def snapshot(self) -> Mapping[str, Window]:
        return self.windows.snapshot(Patience(self.clock, 5))

    def fail(self, failure: Failure, model: str = MODEL) -> None:
        self.windows.record(model, failure, 1, Patience(self.clock, 5))

    def settle(self) -> None:
        """Waits until the background thread has done what it was given."""
        self.windows._submit(lambda: None).result(10)


@pytest.fixture
def scene() -> Iterator[Scene]:
    scene = Scene()
    yield scene
    scene.store.gate.set()


def test_a_snapshot_is_kept_for_a_second(scene: Scene) -> None:
    for _ in range(50):
        scene.snapshot()
    scene.clock.tick(0.99)
    scene.snapshot()
    assert scene.store.reads == 1

    scene.clock.tick(0.01)
    scene.snapshot()
    assert scene.store.reads == 2


def test_many_chats_wait_for_one_read(scene: Scene) -> None:
    scene.store.gate.clear()
    with ThreadPoolExecutor(20) as pool:
        chats = [pool.submit(scene.snapshot) for _ in range(20)]
        scene.store.gate.set()
        assert [dict(chat.result()) for chat in chats] == [{}] * 20

    assert scene.store.reads == 1


def test_a_window_is_durable_before_the_chat_goes_on(scene: Scene) -> None:
    scene.fail(DAY)

    assert scene.store.windows[MODEL].reason == "quota_exhausted"
    assert scene.snapshot()[MODEL] == scene.store.windows[MODEL]


def test_a_shorter_window_is_not_even_written(scene: Scene) -> None:
    scene.fail(DAY)
    scene.fail(MINUTE)

    assert scene.store.writes == 1
    assert scene.snapshot()[MODEL].reason == "quota_exhausted"


def test_a_failure_of_the_service_has_one_window_for_all(scene: Scene) -> None:
    scene.fail(Failure(kind=FailureKind.UNAUTHORIZED, reason="API_KEY_INVALID"))

    assert list(scene.store.windows) == [EVERY_MODEL]
    (event,) = scene.log.of(Event.SERVICE_MISCONFIGURED)
    assert event == {"kind": "unauthorized", "reason": "API_KEY_INVALID"}


def test_a_success_forgets_the_ended_window_and_the_streak(scene: Scene) -> None:
    scene.fail(BUSY)
    scene.fail(BUSY)
    assert scene.store.windows[MODEL].until == scene.clock.now() + timedelta(seconds=15)
    scene.clock.tick(16)
    seen = scene.snapshot()

    scene.windows.answered(MODEL, seen)
    scene.settle()

    assert scene.store.windows == {}
    assert MODEL not in scene.snapshot()
    scene.fail(BUSY)
    assert scene.store.windows == {}  # One hit again opens nothing.


def test_a_success_does_not_close_a_window_that_was_opened_meanwhile(scene: Scene) -> None:
    seen = scene.snapshot()
    scene.fail(DAY)

    scene.windows.answered(MODEL, seen)
    scene.settle()

    assert MODEL in scene.store.windows


def test_another_process_s_window_is_seen_within_a_second(scene: Scene) -> None:
    scene.snapshot()
    other = scene.another()
    other.record(MODEL, DAY, 1, Patience(scene.clock, 5))

    assert MODEL not in scene.snapshot()
    scene.clock.tick(1)
    assert MODEL in scene.snapshot()


def test_a_store_that_is_down_costs_nothing_but_one_event(scene: Scene) -> None:
    scene.store.windows = {"gemini-3.7-flash": Window(scene.clock.now(), "x")}
    scene.snapshot()
    scene.store.is_down = True

    for _ in range(10):
        scene.clock.tick(1)
        scene.fail(DAY)
        scene.snapshot()
    scene.settle()

    assert set(scene.snapshot()) == {
        MODEL,
        "gemini-3.7-flash",
    }  # The last known, and what it found itself.
    assert scene.log.names().count(Event.STORE_UNAVAILABLE) == 1


def test_what_could_not_be_written_is_written_when_the_store_is_back(scene: Scene) -> None:
    scene.store.is_down = True
    scene.fail(DAY)
    assert scene.store.windows == {}

    scene.store.is_down = False
    scene.clock.tick(1)
    scene.snapshot()
    scene.settle()

    assert scene.store.windows[MODEL].reason == "quota_exhausted"
    assert Event.STORE_RECOVERED in scene.log.names()
    assert MODEL in scene.snapshot()


def test_a_store_that_hangs_holds_a_chat_for_a_quarter_of_a_second_in_all(scene: Scene) -> None:
    class RealTime(FakeClock):
        def monotonic(self) -> float:
            return time.monotonic()

    clock = RealTime()
    windows = SharedWindows(scene.store, rules=WindowRules(), clock=clock, log=scene.log)
    scene.store.gate.clear()
    started = time.monotonic()
    patience = Patience(clock)

    windows.snapshot(patience)
    for model in ("a", "b", "c", "d", "e"):
        windows.record(model, DAY, 1, patience)
    took_seconds = time.monotonic() - started

    assert 0.2 < took_seconds < 1  # A quarter, and what a busy machine adds.
    assert set(windows.snapshot(Patience(clock))) == {"a", "b", "c", "d", "e"}
    assert scene.log.of(Event.STORE_UNAVAILABLE) == [{"reason": "slow"}]
    scene.store.gate.set()
    windows._submit(lambda: None).result(10)
    assert set(scene.store.windows) == {"a", "b", "c", "d", "e"}


def test_a_write_that_came_too_late_does_not_say_that_the_store_is_back(scene: Scene) -> None:
    scene.store.is_down = True
    scene.fail(DAY)
    scene.store.is_down = False
    scene.windows._write()
    scene.store.is_down = True
    scene.clock.tick(1)
    scene.snapshot()
    assert scene.log.names().count(Event.STORE_UNAVAILABLE) == 2

    scene.windows._write()  # Finds nothing left to write, and so learns nothing of the store.

    assert scene.log.names().count(Event.STORE_RECOVERED) == 1


def test_later_chats_do_not_wait_for_a_store_in_trouble(scene: Scene) -> None:
    scene.store.gate.clear()
    scene.windows.snapshot(Patience(scene.clock, 0.01))

    class Impatient(Patience):
        def wait_for(self, work: object) -> bool:
            raise AssertionError("a chat waited for a store in trouble")

    scene.clock.tick(1)
    scene.windows.snapshot(Impatient(scene.clock))
    scene.windows.record(MODEL, DAY, 1, Impatient(scene.clock))
    assert MODEL in scene.windows.snapshot(Impatient(scene.clock))


def test_a_bug_in_the_store_is_logged_and_not_swallowed(scene: Scene) -> None:
    def broken() -> Mapping[str, Window]:
        raise ZeroDivisionError

    scene.store.read = broken  # type: ignore[method-assign]

    assert dict(scene.snapshot()) == {}
    assert scene.log.of(Event.INTERNAL_ERROR)[0]["error"] == "ZeroDivisionError"
