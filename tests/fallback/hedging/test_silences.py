"""What a late model's silence says of it, and how a silent one is probed."""

from __future__ import annotations

from datetime import timedelta

import pytest

from fallback.core.answer import Text
from fallback.core.failure import Failure, FailureKind
from fallback.core.windows import Phase, Window
from fallback.events import Event
from fallback.ports import AttemptLimits
from tests.fallback.hedging.late_scene import (
    OVERLOADED,
    STOP,
    TOKENS,
    Scene,
    Script,
    Until,
    both,
    for_ever,
    hi,
    shown,
)

# Silences.


def test_three_late_models_in_a_row_are_silent_and_set_aside(scene: Scene) -> None:
    scene.repeat("model-a", 3, [scene.is_late, for_ever])
    scene.play("model-b", *[hi()] * 4)

    assert [shown(scene.answer()) for _ in range(4)] == ["Hi"] * 4
    assert scene.models.asked == ["model-a", "model-b"] * 3 + ["model-b"]
    assert scene.reasons() == {"model-a": "timed_out"}


def test_a_late_chat_that_others_have_overtaken_is_chance(scene: Scene) -> None:
    def another_hears(limits: AttemptLimits) -> None:
        scene.clock.tick(0.5)
        scene.hedges.spoke("model-a", TOKENS, asked_at=scene.clock.monotonic(), seconds=0.1)

    scene.repeat("model-a", 4, [another_hears, scene.is_late, for_ever])
    scene.play("model-b", *[hi()] * 4)

    for _ in range(4):
        scene.answer()

    assert scene.models.asked == ["model-a", "model-b"] * 4
    assert scene.reasons() == {}


def test_a_late_model_that_answers_after_all_begins_a_new_row(scene: Scene) -> None:
    late_and_well: Script = [scene.is_late, Text("At last"), STOP]
    scene.play("model-a", *[late_and_well] * 4)
    scene.repeat("model-b", 4, [for_ever])

    assert [shown(scene.answer()) for _ in range(4)] == ["At last"] * 4
    assert scene.reasons() == {}


def test_one_silence_counts_once_however_the_attempt_ends(scene: Scene) -> None:
    timed_out = Failure(kind=FailureKind.TIMED_OUT)
    late: Script = [scene.is_late, scene.models.until_closed("model-b"), timed_out]
    scene.play("model-a", late, late)
    scene.play("model-b", [OVERLOADED])
    scene.answer()
    scene.clock.tick(31)
    scene.play("model-b", [OVERLOADED])
    scene.answer()

    assert "model-a" not in scene.reasons()


def test_streams_that_stall_in_a_row_set_a_model_aside_although_it_begins_others(
    scene: Scene,
) -> None:
    def another_begins(limits: AttemptLimits) -> None:
        scene.clock.tick(0.5)
        scene.hedges.spoke("model-a", TOKENS, asked_at=scene.clock.monotonic(), seconds=0.1)

    scene.repeat("model-a", 3, [Text("One "), another_begins, scene.stalls, for_ever])
    scene.repeat("model-b", 3, [Text("two"), STOP])

    assert [shown(scene.answer()) for _ in range(3)] == ["One two"] * 3
    assert scene.reasons() == {"model-a": "timed_out"}


# Probes.


def due(scene: Scene, reason: FailureKind) -> None:
    scene.store.windows["model-a"] = Window(scene.clock.now(), reason, version=0)


@both
def test_a_model_that_was_silent_is_probed_beside_a_chat_that_does_not_wait_for_it(
    scene: Scene, whole: bool
) -> None:
    due(scene, FailureKind.TIMED_OUT)
    has_answered = Until()
    scene.play("model-a", [has_answered, Text("I am back"), STOP])
    scene.play("model-b", hi())

    assert shown(scene.answer(whole=whole)) == "Hi"
    has_answered.set()
    assert scene.models.all_closed.wait(60)
    scene.windows.flush(60)

    assert sorted(scene.models.asked) == ["model-a", "model-b"]
    assert scene.reasons() == {}
    assert scene.log.of(Event.CHAT_ANSWERED)[0]["model"] == "model-b"


def test_a_probe_beside_a_chat_that_hears_nothing_sets_the_model_aside_again(
    scene: Scene,
) -> None:
    due(scene, FailureKind.TIMED_OUT)
    scene.play("model-a", [Failure(kind=FailureKind.TIMED_OUT)])
    scene.play("model-b", hi())

    assert shown(scene.answer()) == "Hi"
    assert scene.models.all_closed.wait(60)
    scene.windows.flush(60)

    assert scene.store.read()["model-a"].phase(scene.clock.now()) is Phase.OPEN


@pytest.mark.parametrize("reason", [FailureKind.OVERLOADED, FailureKind.RATE_LIMITED])
def test_a_model_that_refuses_at_once_is_probed_by_the_chat_itself(
    scene: Scene, reason: FailureKind
) -> None:
    due(scene, reason)
    scene.play("model-a", hi())

    assert shown(scene.answer()) == "Hi"
    assert scene.models.asked == ["model-a"]


def test_where_no_other_model_is_left_the_chat_itself_probes_a_silent_one(scene: Scene) -> None:
    due(scene, FailureKind.TIMED_OUT)
    scene.store.windows["model-b"] = Window(
        scene.clock.now() + timedelta(hours=1), FailureKind.QUOTA_EXHAUSTED, version=0
    )
    scene.play("model-a", hi())

    assert shown(scene.answer()) == "Hi"
