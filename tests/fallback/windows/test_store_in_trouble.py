"""Windows while their store is down, slow or broken."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta

from fallback.core.windows import Window
from fallback.events import Event
from fallback.ports import StoreUnavailableError
from fallback.wait_budget import WaitBudget
from tests.fallback.windows.shared_scene import (
    DAY,
    MINUTE,
    MODEL,
    Scene,
    ended,
    running,
)
from tools.testkit.memory_store import MemoryStore


def test_while_the_store_is_down_each_process_probes_for_itself(scene: Scene) -> None:
    ended(scene)
    scene.store.is_down = True
    scene.clock.tick(1)
    scene.snapshot()

    leases = scene.claimed()
    assert scene.claim() is None
    scene.windows.probe_succeeded(leases)
    scene.settle()

    assert MODEL not in scene.snapshot()
    assert scene.log.names().count(Event.STORE_UNAVAILABLE) == 1


def test_a_probe_does_not_wait_for_a_late_lease_and_says_so(scene: Scene) -> None:
    scene.fail(MINUTE)
    scene.clock.tick(30)
    scene.snapshot()
    scene.store.gate.clear()

    until = scene.clock.now() + timedelta(seconds=20)
    assert scene.windows.claim((MODEL,), until, WaitBudget(scene.clock, 0)) is not None
    assert scene.log.of(Event.PROBE_UNCONFIRMED) == [{"model": MODEL, "target": "main"}]


def test_a_window_found_while_the_store_was_down_is_probed_and_closed(scene: Scene) -> None:
    scene.store.is_down = True
    scene.fail(MINUTE)
    scene.clock.tick(31)
    scene.snapshot()
    scene.windows.probe_succeeded(scene.claimed())
    scene.store.is_down = False
    scene.clock.tick(1)

    assert dict(scene.snapshot()) == {}
    scene.settle()
    assert scene.store.windows == {}


def test_a_store_that_is_down_costs_nothing_but_one_event(scene: Scene) -> None:
    scene.store.windows = {"gemini-3.6-flash": Window(scene.clock.now(), "x")}
    scene.snapshot()
    scene.store.is_down = True

    for _ in range(10):
        scene.clock.tick(1)
        scene.fail(DAY)
        scene.snapshot()
    scene.settle()

    assert set(scene.snapshot()) == {
        MODEL,
        "gemini-3.6-flash",
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


def test_a_store_that_can_only_be_read_is_one_outage_until_the_window_is_written(
    scene: Scene,
) -> None:
    class Full(MemoryStore):
        is_full = True

        def extend(self, model: str, window: Window) -> object | None:
            if self.is_full:
                raise StoreUnavailableError("it is full")
            return super().extend(model, window)

    scene.store = store = Full()
    scene.windows = scene.another()
    scene.fail(DAY)
    for _ in range(3):
        scene.clock.tick(1)
        scene.snapshot()
    scene.settle()
    assert store.reads > 1
    assert scene.log.of(Event.STORE_UNAVAILABLE) == [{"reason": "it is full"}]
    assert Event.STORE_RECOVERED not in scene.log.names()

    store.is_full = False
    scene.clock.tick(1)
    scene.snapshot()
    scene.settle()

    assert scene.log.names().count(Event.STORE_RECOVERED) == 1
    assert MODEL in store.windows


def hangs(scene: Scene, seconds: float) -> None:
    """A snapshot whose read takes so long, asked for by a request that waits for a moment."""
    scene.store.gate.clear()
    scene.store.is_asked.clear()
    scene.windows.snapshot(WaitBudget(scene.clock, seconds=0.01))
    assert scene.store.is_asked.wait(10)
    scene.clock.tick(seconds)


def test_a_request_without_time_left_is_no_sign_of_a_slow_store(scene: Scene) -> None:
    for _ in range(5):
        hangs(scene, 0.12)
        scene.windows.snapshot(WaitBudget(scene.clock, seconds=0))
        scene.store.gate.set()
        scene.settle()
        scene.clock.tick(1)

    assert scene.log.names() == []


def test_a_store_is_slow_whose_call_takes_longer_than_a_request_may_wait(scene: Scene) -> None:
    hangs(scene, 0.25)

    scene.windows.snapshot(WaitBudget(scene.clock, seconds=0))

    assert scene.log.of(Event.STORE_UNAVAILABLE) == [{"reason": "slow"}]


def test_a_slow_call_that_nobody_waited_for_is_noticed_at_its_end(scene: Scene) -> None:
    hangs(scene, 0.26)
    scene.store.gate.set()
    scene.settle()

    assert scene.log.of(Event.STORE_UNAVAILABLE) == [{"reason": "slow"}]

    scene.clock.tick(1)
    scene.snapshot()
    scene.settle()
    assert scene.log.names() == [Event.STORE_UNAVAILABLE, Event.STORE_RECOVERED]


def test_what_a_slow_store_was_not_told_in_time_it_is_told_later(scene: Scene) -> None:
    hangs(scene, 0.3)
    for model in ("a", "b", "c"):
        scene.windows.record(running({}, scene.clock.now(), model), DAY, WaitBudget(scene.clock, 0))
    assert set(scene.windows.snapshot(WaitBudget(scene.clock, 0))) == {"a", "b", "c"}

    scene.store.gate.set()
    scene.settle()

    assert set(scene.store.windows) == {"a", "b", "c"}


def test_a_store_that_is_being_opened_is_not_slow(scene: Scene) -> None:
    scene.store.gate.clear()
    scene.windows.prefetch()
    assert scene.store.is_asked.wait(10)
    scene.clock.tick(5)

    assert dict(scene.windows.snapshot(WaitBudget(scene.clock, seconds=0.01))) == {}
    scene.store.gate.set()
    scene.settle()

    assert scene.log.names() == []


def test_the_first_request_reads_again_what_was_read_ahead(scene: Scene) -> None:
    scene.windows.prefetch()
    scene.settle()
    scene.store.windows[MODEL] = Window(until=scene.clock.now() + timedelta(hours=1), reason="x")

    assert MODEL in scene.snapshot()


def test_later_requests_do_not_wait_for_a_slow_store(scene: Scene) -> None:
    class NoWaiting(WaitBudget):
        def wait_for(self, work: object) -> bool:
            raise AssertionError("a request waited for a slow store")

    hangs(scene, 0.25)

    scene.windows.snapshot(NoWaiting(scene.clock))
    scene.windows.record(running({}, scene.clock.now()), DAY, NoWaiting(scene.clock))
    assert MODEL in scene.windows.snapshot(NoWaiting(scene.clock))


def test_a_bug_in_the_store_is_logged_and_not_swallowed(scene: Scene) -> None:
    def broken(since: datetime | None = None) -> Mapping[str, Window]:
        raise ZeroDivisionError("a secret")

    scene.store.read = broken  # type: ignore[method-assign]

    assert dict(scene.snapshot()) == {}
    scene.settle()
    (event,) = scene.log.of(Event.INTERNAL_ERROR)
    assert (event["thread"], event["error"]) == ("window-store", "ZeroDivisionError")
    assert 'File "fallback/store_thread.py"' in event["stack_trace"]
    assert "secret" not in repr(event)
