"""One process's view of the shared windows: cached, fail-open, and never in a chat's way."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

from fallback.core.failure import Failure, FailureKind
from fallback.core.windows import EVERY_MODEL
from fallback.events import Event
from fallback.wait_budget import WaitBudget
from fallback.windows.leases import RunningAttempt
from tests.fallback.windows.shared_scene import (
    BUSY,
    DAY,
    MINUTE,
    MODEL,
    RULES,
    Scene,
    running,
)


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


def at(scene: Scene, model: str, target: str, failure: Failure) -> None:
    """A call to a model by a target fails."""
    attempt = RunningAttempt(
        key=f"{model}@{target}",
        started_at=scene.clock.now(),
        leases={},
        target_key=f"{EVERY_MODEL}@{target}",
    )
    scene.windows.record(attempt, failure, WaitBudget(scene.clock, 5))


def of_project(kind: FailureKind, consumer: str) -> Failure:
    return Failure(kind=kind, retry_delay_seconds=30, consumer=consumer)


def test_targets_of_one_project_share_the_windows_of_its_quotas(scene: Scene) -> None:
    at(scene, "one", "second", of_project(FailureKind.RATE_LIMITED, "projects/7"))
    at(scene, "one", "third", of_project(FailureKind.RATE_LIMITED, "projects/8"))
    at(scene, "one", "fourth", of_project(FailureKind.RATE_LIMITED, "projects/7"))
    assert set(scene.store.windows) == {"one@second", "one@third", "one@fourth"}

    at(scene, "two", "fourth", of_project(FailureKind.RATE_LIMITED, "projects/7"))

    new = {name: w.until for name, w in scene.store.windows.items() if name.startswith("two")}
    assert set(new) == {"two@second", "two@fourth"}
    assert len(set(new.values())) == 1
    assert [e["target"] for e in scene.log.of(Event.WINDOW_OPENED)[-2:]] == ["fourth", "second"]


def test_what_is_no_quota_stays_with_its_target(scene: Scene) -> None:
    for target in ("second", "third"):
        at(scene, "one", target, of_project(FailureKind.RATE_LIMITED, "projects/7"))

    at(scene, "two", "second", of_project(FailureKind.NOT_FOUND, "projects/7"))

    assert "two@second" in scene.store.windows
    assert "two@third" not in scene.store.windows


def test_a_shorter_window_is_not_even_written(scene: Scene) -> None:
    scene.fail(DAY)
    scene.fail(MINUTE)

    assert scene.store.writes == 1
    assert scene.snapshot()[MODEL].reason == "quota_exhausted"


def test_a_failure_of_the_service_has_one_window_for_all(scene: Scene) -> None:
    scene.fail(Failure(kind=FailureKind.UNAUTHORIZED, reason="API_KEY_INVALID"))

    assert list(scene.store.windows) == [EVERY_MODEL]
    (event,) = scene.log.of(Event.SERVICE_MISCONFIGURED)
    assert event == {"kind": "unauthorized", "reason": "API_KEY_INVALID", "target": "main"}


def test_a_success_forgets_the_transient_failures(scene: Scene) -> None:
    for _ in range(RULES.tripping_failures - 1):
        scene.fail(BUSY)
    scene.windows.answered(MODEL)
    for _ in range(RULES.tripping_failures - 1):
        scene.fail(BUSY)
    assert scene.store.windows == {}

    scene.fail(BUSY)
    assert scene.store.windows[MODEL].until == scene.clock.now() + timedelta(seconds=5)


def test_what_was_under_way_when_a_window_opened_does_not_open_the_next(scene: Scene) -> None:
    for _ in range(RULES.tripping_failures + 5):
        scene.fail(BUSY)
    scene.clock.tick(5)
    scene.snapshot()
    scene.windows.probe_succeeded(scene.claimed())
    scene.settle()

    scene.clock.tick(1)
    scene.fail(BUSY)

    assert scene.store.windows == {}


def test_what_was_under_way_when_a_window_opened_is_not_written_again(scene: Scene) -> None:
    for _ in range(20):
        scene.fail(BUSY)
        scene.clock.tick(0.1)

    assert scene.store.writes == 1


def test_a_process_reads_what_others_have_written_before_it_writes(scene: Scene) -> None:
    others = [scene.another() for _ in range(8)]
    for other in others:
        other.snapshot(WaitBudget(scene.clock, 5))

    for other in others:
        scene.clock.tick(0.1)
        other.record(running({}, scene.clock.now()), MINUTE, WaitBudget(scene.clock, 5))

    assert (scene.store.reads, scene.store.writes) == (16, 1)
    for other in others:
        assert MODEL in other.snapshot(WaitBudget(scene.clock, 5))


def test_what_was_read_just_now_is_not_read_again(scene: Scene) -> None:
    scene.snapshot()

    scene.fail(MINUTE)

    assert (scene.store.reads, scene.store.writes) == (1, 1)


def test_requests_of_one_process_that_meet_one_failure_write_once(scene: Scene) -> None:
    scene.snapshot()
    for _ in range(10):
        scene.fail(MINUTE)
        scene.clock.tick(0.09)

    assert (scene.store.reads, scene.store.writes) == (1, 1)
    assert len(scene.log.of(Event.WINDOW_OPENED)) == 1


def test_a_window_that_another_process_has_written_meanwhile_is_not_written_late(
    scene: Scene,
) -> None:
    scene.store.is_down = True
    scene.fail(MINUTE)
    scene.store.is_down = False
    other = scene.another()
    other.record(running({}, scene.clock.now()), MINUTE, WaitBudget(scene.clock, 5))
    scene.clock.tick(1)

    scene.snapshot()
    scene.settle()

    assert scene.store.writes == 1
    assert MODEL in scene.snapshot()


def test_nothing_is_read_without_a_request(scene: Scene) -> None:
    scene.snapshot()

    scene.clock.tick(3600)
    scene.settle()

    assert scene.store.reads == 1


def test_a_window_that_ended_long_ago_is_as_good_as_none(scene: Scene) -> None:
    scene.fail(MINUTE)
    scene.clock.tick(30 + 600)
    assert MODEL in scene.snapshot()

    scene.clock.tick(1)

    assert MODEL not in scene.snapshot()


def test_another_process_s_window_is_seen_within_a_second(scene: Scene) -> None:
    scene.snapshot()
    other = scene.another()
    other.record(running({}, scene.clock.now()), DAY, WaitBudget(scene.clock, 5))

    assert MODEL not in scene.snapshot()
    scene.clock.tick(1)
    assert MODEL in scene.snapshot()


def test_a_change_is_waited_for(scene: Scene) -> None:
    version = scene.windows.wait_for_change(-1, seconds=0)
    assert scene.windows.wait_for_change(version, seconds=0) == version

    with ThreadPoolExecutor(1) as pool:
        heard = pool.submit(scene.windows.wait_for_change, version, 10)
        scene.fail(DAY)
        assert heard.result() != version


def test_reading_the_same_again_is_no_change(scene: Scene) -> None:
    scene.fail(DAY)
    version = scene.windows.wait_for_change(-1, seconds=0)

    scene.clock.tick(1)
    scene.snapshot()

    assert scene.windows.wait_for_change(version, seconds=0) == version
