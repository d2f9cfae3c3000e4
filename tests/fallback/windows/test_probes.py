"""Which request of which process probes a window, and what comes of it."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta

import pytest

from fallback.core.failure import Failure, FailureKind
from fallback.core.windows import EVERY_MODEL, Phase
from fallback.events import Event
from fallback.wait_budget import WaitBudget
from fallback.windows.shared import SharedWindows
from tests.fallback.windows.shared_scene import (
    DAY,
    MINUTE,
    MODEL,
    RULES,
    SILENT,
    Scene,
    ended,
)


def test_one_request_of_a_process_gets_the_probe(scene: Scene) -> None:
    ended(scene)

    with ThreadPoolExecutor(10) as pool:
        claims = [claim.result() for claim in [pool.submit(scene.claim) for _ in range(10)]]

    assert len([claim for claim in claims if claim is not None]) == 1
    assert scene.store.leases == 1
    assert scene.snapshot()[MODEL].phase(scene.clock.now()) is Phase.PROBING


def test_each_process_asks_for_a_probe_at_a_moment_of_its_own(scene: Scene) -> None:
    ended(scene)  # A second ago.
    late = SharedWindows(
        scene.store,
        rules=RULES,
        clock=scene.clock,
        log=scene.log,
        jitter=lambda: 0.75,
    )
    late.snapshot(WaitBudget(scene.clock, 5))

    assert scene.windows.seconds_to_turn([MODEL]) <= 0
    assert late.seconds_to_turn([MODEL]) == pytest.approx(0.5, abs=1e-9)
    assert late.seconds_to_turn([]) == 0

    late.pass_over([MODEL], 0.5)
    seen = late.snapshot(WaitBudget(scene.clock, 5))[MODEL]
    assert seen.phase(scene.clock.now()) is Phase.PROBING
    assert seen.phase(scene.clock.now() + timedelta(seconds=0.5)) is Phase.DUE


def test_nobody_waits_for_a_turn_where_no_other_process_knows_the_window(scene: Scene) -> None:
    scene.store.is_down = True
    scene.fail(MINUTE)
    scene.clock.tick(30)

    assert scene.windows.seconds_to_turn([MODEL]) == 0


def test_one_process_of_many_gets_the_probe(scene: Scene) -> None:
    ended(scene)
    others = [scene.another() for _ in range(4)]
    for other in others:
        other.snapshot(WaitBudget(scene.clock, 5))

    scene.claimed()

    until = scene.clock.now() + timedelta(seconds=20)
    assert [other.claim((MODEL,), until, WaitBudget(scene.clock, 5)) for other in others] == [
        None
    ] * 4
    for other in others:
        seen = other.snapshot(WaitBudget(scene.clock, 5))
        assert seen[MODEL].phase(scene.clock.now()) is Phase.PROBING


def test_a_process_reads_whether_another_probes_before_it_asks_for_the_lease(
    scene: Scene,
) -> None:
    scene.fail(MINUTE)
    scene.clock.tick(30)
    others = [scene.another() for _ in range(8)]
    for other in others:
        other.snapshot(WaitBudget(scene.clock, 5))
    leases = []
    for other in others:
        scene.clock.tick(0.1)
        until = scene.clock.now() + timedelta(seconds=20)
        leases.append(other.claim((MODEL,), until, WaitBudget(scene.clock, 5)))

    assert [lease is not None for lease in leases] == [True] + [False] * 7
    assert scene.store.refused == 0


def test_a_probe_that_answers_closes_the_window_for_all(scene: Scene) -> None:
    ended(scene)
    other = scene.another()
    other.snapshot(WaitBudget(scene.clock, 5))

    scene.windows.probe_succeeded(scene.claimed())
    assert MODEL not in scene.snapshot()  # At once in this process.
    scene.settle()
    assert scene.store.windows == {}
    (event,) = scene.log.of(Event.WINDOW_CLOSED)
    assert event == {"model": MODEL, "target": "main", "reason": "rate_limited"}

    scene.clock.tick(1)
    assert MODEL not in other.snapshot(WaitBudget(scene.clock, 5))


def test_a_window_that_a_slow_store_shows_once_more_is_closed_in_this_process_too(
    scene: Scene,
) -> None:
    ended(scene)
    scene.clock.tick(0.2)
    scene.store.gate.clear()
    until = scene.clock.now() + timedelta(seconds=20)
    leases = scene.windows.claim((MODEL,), until, WaitBudget(scene.clock, 0))
    assert leases is not None  # Without the store, which reads the window before it confirms them.

    scene.windows.probe_succeeded(leases)
    scene.store.gate.set()
    scene.settle()

    assert MODEL not in scene.store.windows
    assert MODEL not in scene.snapshot()


def test_a_probe_that_fails_reopens_the_window_for_longer(scene: Scene) -> None:
    for _ in range(RULES.tripping_silences):
        scene.fail(SILENT)
    for before, seconds in ((15, 30), (30, 60), (60, 60)):
        scene.clock.tick(before)
        scene.snapshot()
        scene.fail(SILENT, scene.claimed())
        assert scene.snapshot()[MODEL].until == scene.clock.now() + timedelta(seconds=seconds)
    assert scene.store.windows[MODEL].failed_probes == 3


@pytest.mark.parametrize(("failure", "next_seconds"), [(DAY, 1800), (MINUTE, 30)])
def test_a_long_window_whose_probe_fails_is_left_alone_until_the_next_probe(
    scene: Scene, failure: Failure, next_seconds: float
) -> None:
    scene.fail(DAY)
    midnight = scene.store.windows[MODEL].until
    scene.clock.tick(1800)
    scene.snapshot()
    leases = scene.claimed()

    scene.fail(failure, leases)
    scene.windows.release(leases)
    scene.settle()

    for snapshot in (scene.snapshot(), scene.another().snapshot(WaitBudget(scene.clock, 5))):
        now = scene.clock.now()
        assert snapshot[MODEL].until == midnight
        assert snapshot[MODEL].reason == "quota_exhausted"
        assert snapshot[MODEL].phase(now) is Phase.OPEN
        assert snapshot[MODEL].phase(now + timedelta(seconds=next_seconds - 0.1)) is Phase.OPEN
        assert snapshot[MODEL].phase(now + timedelta(seconds=next_seconds)) is Phase.DUE
    assert (scene.store.leases, scene.store.writes) == (1, 2)


def test_a_probe_that_found_nothing_out_makes_way_for_the_next(scene: Scene) -> None:
    ended(scene)
    for failure in (Failure(kind=FailureKind.INVALID_REQUEST), None):
        leases = scene.claimed()
        if failure is not None:
            scene.fail(failure, leases)
        scene.windows.release(leases)
        scene.settle()
        assert scene.snapshot()[MODEL].phase(scene.clock.now()) is Phase.DUE

    other = scene.another()
    other.snapshot(WaitBudget(scene.clock, 5))
    until = scene.clock.now() + timedelta(seconds=20)
    assert other.claim((MODEL,), until, WaitBudget(scene.clock, 5)) is not None


def test_a_useless_reply_shows_that_the_model_answers(scene: Scene) -> None:
    ended(scene)

    scene.fail(Failure(kind=FailureKind.EMPTY_ANSWER), scene.claimed())
    scene.settle()

    assert scene.store.windows == {}


def test_a_lease_runs_out_and_its_holder_s_late_result_changes_nothing(scene: Scene) -> None:
    ended(scene)
    late, second = scene.claimed(), None
    scene.clock.tick(20)
    scene.snapshot()
    second = scene.claimed()

    scene.fail(DAY, late)
    scene.windows.probe_succeeded(late)
    scene.windows.release(late)
    scene.settle()
    assert scene.store.windows[MODEL].phase(scene.clock.now()) is Phase.PROBING

    scene.windows.probe_succeeded(second)
    scene.settle()
    assert scene.store.windows == {}


def test_a_late_result_changes_nothing_in_the_store_either(scene: Scene) -> None:
    ended(scene)
    late = scene.claimed(seconds=20)
    scene.clock.tick(19)
    other = scene.another()
    scene.store.windows[MODEL] = replace(
        scene.store.windows[MODEL], leased_until=scene.clock.now(), version="somebody else's"
    )

    scene.fail(DAY, late)
    scene.settle()

    assert other.snapshot(WaitBudget(scene.clock, 5))[MODEL].reason == "rate_limited"
    assert scene.snapshot()[MODEL].reason == "rate_limited"  # It looks again at once.
    late = scene.claimed()
    scene.store.windows[MODEL] = replace(scene.store.windows[MODEL], version="another's")
    scene.windows.probe_succeeded(late)
    scene.settle()
    assert MODEL in scene.snapshot()


def test_what_failed_before_the_window_was_closed_changes_nothing(scene: Scene) -> None:
    began = scene.clock.now()
    ended(scene)
    scene.fail(DAY, started_at=began)  # The window is over: only a probe may speak.
    scene.windows.probe_succeeded(scene.claimed())
    scene.settle()
    scene.fail(DAY, started_at=began)
    assert scene.store.windows == {}

    scene.clock.tick(0.1)
    scene.fail(DAY)
    assert MODEL in scene.store.windows


def test_that_another_process_has_closed_a_window_counts_as_well(scene: Scene) -> None:
    began = scene.clock.now()
    ended(scene)
    scene.store.windows.clear()
    scene.clock.tick(1)
    scene.snapshot()

    scene.fail(DAY, started_at=began)

    assert scene.store.windows == {}


def test_the_service_s_window_is_probed_together_with_the_model_s(scene: Scene) -> None:
    ended(scene)
    key = Failure(kind=FailureKind.UNAUTHORIZED)
    scene.fail(key)
    scene.clock.tick(61)
    scene.snapshot()

    scene.fail(key, scene.claimed(EVERY_MODEL, MODEL))
    scene.settle()
    now = scene.clock.now()
    assert scene.store.windows[EVERY_MODEL].until == now + timedelta(seconds=60)
    assert scene.store.windows[MODEL].phase(now) is Phase.DUE

    scene.clock.tick(61)
    scene.snapshot()
    scene.fail(DAY, scene.claimed(EVERY_MODEL, MODEL))
    scene.settle()
    assert EVERY_MODEL not in scene.store.windows  # A key that has used up a quota is a good key.
    assert scene.store.windows[MODEL].reason == "quota_exhausted"


def test_a_claim_of_two_windows_gets_both_leases_or_none(scene: Scene) -> None:
    ended(scene)
    scene.fail(Failure(kind=FailureKind.UNAUTHORIZED))
    scene.clock.tick(61)
    scene.snapshot()
    scene.claimed(MODEL)

    assert scene.claim(EVERY_MODEL, MODEL) is None
    scene.settle()

    assert scene.store.windows[EVERY_MODEL].phase(scene.clock.now()) is Phase.DUE


def test_a_window_that_is_not_due_is_not_leased(scene: Scene) -> None:
    assert scene.claim() is None
    scene.fail(MINUTE)
    assert scene.claim() is None
    assert scene.claim() is None
