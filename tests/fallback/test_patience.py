"""A request with no model to ask: what it waits for, and what its refusal says."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from fallback.core.answer import End
from fallback.core.hierarchy import Target
from fallback.core.refusal import Refusal, RefusalReason
from fallback.events import Event
from tests.fallback.runner_scene import (
    HIERARCHY,
    K,
    Scene,
    fail,
    hi,
)


def test_when_no_model_is_left_the_refusal_says_when(scene: Scene) -> None:
    scene.play("model-a", fail(K.RATE_LIMITED, 30))
    scene.play("model-b", fail(K.RATE_LIMITED, 20))

    (refusal,) = scene.answer()

    assert isinstance(refusal, Refusal)
    assert refusal.reason is RefusalReason.MODELS_EXHAUSTED
    assert refusal.retry_at == scene.clock.now() + timedelta(seconds=20)
    assert scene.answer() == [refusal]
    assert scene.models_called() == ["model-a", "model-b"]


def test_a_request_waits_for_a_model_that_is_about_to_return(scene: Scene) -> None:
    scene.play("model-a", fail(K.RATE_LIMITED, 30), hi())
    scene.play("model-b", fail(K.RATE_LIMITED, 31))
    scene.answer()
    scene.settle()
    scene.clock.tick(29)

    pieces = scene.answer()

    assert isinstance(pieces[-1], End)
    (event,) = scene.log.of(Event.CHAT_ANSWERED)
    assert event["model"] == "model-a"
    assert event["waited_milliseconds"] == 1000


def test_who_met_the_refusals_waits_for_what_returns_and_is_answered(scene: Scene) -> None:
    scene.play("model-a", fail(K.RATE_LIMITED, 1), hi())
    scene.play("model-b", fail(K.RATE_LIMITED, 20))

    pieces = scene.answer()

    assert isinstance(pieces[-1], End)
    assert scene.models_called() == ["model-a", "model-b", "model-a"]


def test_with_two_targets_who_met_the_refusals_is_answered_too(scene: Scene) -> None:
    with_second = replace(HIERARCHY, targets=(Target(), Target("second", is_default=False)))
    for model in ("model-a@second", "model-b", "model-b@second"):
        scene.play(model, fail(K.RATE_LIMITED, 20))
    scene.play("model-a", fail(K.RATE_LIMITED, 1), hi())

    assert isinstance(scene.answer(hierarchy=with_second)[-1], End)


def test_who_waits_for_the_first_model_rather_than_step_down_gets_it(scene: Scene) -> None:
    scene.play("model-a", fail(K.RATE_LIMITED, 1), hi())

    scene.answer(hierarchy=replace(HIERARCHY, waits_for_first=True))

    assert scene.models_called() == ["model-a", "model-a"]


def test_patience_has_an_end(scene: Scene) -> None:
    scene.play("model-a", fail(K.RATE_LIMITED, 30), fail(K.RATE_LIMITED, 30))
    scene.play("model-b", fail(K.RATE_LIMITED, 40))
    scene.answer()
    scene.settle()
    scene.clock.tick(29)

    (refusal,) = scene.answer()

    assert isinstance(refusal, Refusal)
    assert scene.models_called() == ["model-a", "model-b", "model-a"]
    assert refusal.retry_at is not None
    assert refusal.retry_at > scene.clock.now() + timedelta(seconds=2)


def test_nobody_waits_for_a_model_while_another_answers(scene: Scene) -> None:
    scene.play("model-a", fail(K.RATE_LIMITED, 30))
    scene.play("model-b", hi(), hi())
    scene.answer()
    scene.settle()
    scene.clock.tick(29)
    before = scene.clock.now()

    scene.answer()

    assert scene.clock.now() == before


def test_an_operator_may_prefer_a_wait_to_a_later_model(scene: Scene) -> None:
    patient = replace(HIERARCHY, waits_for_first=True)
    scene.play("model-a", fail(K.RATE_LIMITED, 30), hi())
    scene.play("model-b", hi())
    scene.answer()
    scene.settle()
    scene.clock.tick(29)

    scene.answer(hierarchy=patient)

    assert scene.models_called() == ["model-a", "model-b", "model-a"]
