"""Windows that keep out large requests only."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from fallback.core.failure import Failure, FailureKind
from fallback.wait_budget import WaitBudget
from tests.fallback.windows.shared_scene import (
    MODEL,
    Scene,
    running,
)

LARGE = 20_000
INPUT = Failure(kind=FailureKind.INPUT_QUOTA, quota_value=10_000, retry_delay_seconds=60)


def fail_for_size(scene: Scene, tokens: int, failure: Failure = INPUT) -> None:
    attempt = replace(running({}, scene.clock.now()), tokens=tokens)
    scene.windows.record(attempt, failure, WaitBudget(scene.clock, 5))


def test_a_request_above_half_an_input_quota_has_a_window_of_its_own_size(scene: Scene) -> None:
    fail_for_size(scene, LARGE)

    (window,) = scene.store.windows.values()
    assert list(scene.store.windows) == [f"{MODEL}#input"]
    minute = timedelta(seconds=60)
    assert (window.min_tokens, window.until) == (LARGE // 2, scene.clock.now() + minute)


def test_a_smaller_request_finds_the_input_quota_used_up(scene: Scene) -> None:
    fail_for_size(scene, 5_000)

    assert list(scene.store.windows) == [MODEL]


def test_of_several_sizes_the_smallest_holds_and_of_several_ends_the_last(scene: Scene) -> None:
    other = scene.another()
    fail_for_size(scene, LARGE)
    scene.clock.tick(1)
    other.snapshot(WaitBudget(scene.clock, 5))
    attempt = replace(running({}, scene.clock.now()), tokens=8_000)
    soon = replace(INPUT, retry_delay_seconds=5)

    other.record(attempt, soon, WaitBudget(scene.clock, 5))

    window = scene.store.windows[f"{MODEL}#input"]
    assert (window.min_tokens, window.reason) == (4_000, FailureKind.INPUT_QUOTA)
    assert window.until >= scene.clock.now() + timedelta(seconds=59)


def test_a_size_window_that_is_over_leaves_no_threshold_behind(scene: Scene) -> None:
    fail_for_size(scene, 6_000)
    scene.clock.tick(120)

    fail_for_size(scene, LARGE)

    assert scene.store.windows[f"{MODEL}#input"].min_tokens == LARGE // 2
