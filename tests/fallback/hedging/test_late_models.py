"""Chats whose model is late: the real runner and windows, scripted models, and a clock that waits.

A late model moves the clock as far as the runner lets it wait, as a real one would.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator
from datetime import timedelta

import pytest

from fallback.core.answer import Text
from fallback.core.failure import Failure, FailureKind
from fallback.core.hedging import MOST_HEDGES
from fallback.core.windows import Window
from fallback.events import Event
from fallback.pieces import Abandoned, AnswerStarted
from fallback.ports import AttemptLimits
from fallback.wait_budget import WaitBudget
from fallback.windows.leases import RunningAttempt
from tests.fallback.hedging.late_scene import (
    CHAT,
    LATE_SECONDS,
    OVERLOADED,
    RULES,
    STOP,
    Scene,
    Until,
    both,
    for_ever,
    hi,
    shown,
)


@both
def test_a_model_is_asked_beside_a_late_one_and_speaks_first(scene: Scene, whole: bool) -> None:
    scene.save()
    scene.play("model-a", [scene.is_late, for_ever])
    scene.play("model-b", hi())

    pieces = scene.answer(whole=whole)

    assert pieces == [
        AnswerStarted(model="model-b", display_name="model-b", fallbacks=1),
        Text("Hi"),
        STOP,
    ]
    assert scene.hedged() == [("model-a", "model-b", "beside")]
    assert scene.log.of(Event.ATTEMPT_HEDGED)[0]["waited_milliseconds"] == pytest.approx(
        2000, rel=0.03
    )
    assert scene.models.under_way == 0
    assert Event.ATTEMPT_FAILED not in scene.log.names()


def test_without_a_budget_a_late_model_has_twice_the_time(scene: Scene) -> None:
    scene.play("model-a", [scene.is_late, for_ever])
    scene.play("model-b", hi())

    scene.answer()

    assert scene.log.of(Event.ATTEMPT_HEDGED)[0]["waited_milliseconds"] == pytest.approx(
        4000, rel=0.03
    )


@both
def test_a_late_model_that_speaks_first_goes_on_and_the_other_is_cancelled(
    scene: Scene, whole: bool
) -> None:
    scene.save()
    is_asked = Until()
    scene.play("model-a", [scene.is_late, is_asked, Text("At last"), STOP])
    scene.play("model-b", [is_asked.here, for_ever])

    pieces = scene.answer(whole=whole)

    assert shown(pieces) == "At last"
    assert pieces[0] == AnswerStarted(model="model-a", display_name="model-a", fallbacks=0)
    assert scene.models.all_closed.wait(60)
    ((*_, spoke),) = scene.hedged()
    assert spoke == "late"


@both
def test_when_a_late_model_fails_the_hedge_is_the_attempt(scene: Scene, whole: bool) -> None:
    scene.save()
    scene.play("model-a", [scene.is_late, OVERLOADED])
    scene.play("model-b", [scene.models.until_closed("model-a"), Text("Hi"), STOP])

    pieces = scene.answer(whole=whole)

    assert shown(pieces) == "Hi"
    assert scene.models.asked == ["model-a", "model-b"]
    assert scene.reasons() == {"model-a": "overloaded"}
    assert [event["reason"] for event in scene.log.of(Event.ATTEMPT_FAILED)] == ["HIGH"]


def test_when_the_hedge_fails_the_late_model_is_still_waited_for(scene: Scene) -> None:
    scene.save()
    scene.play("model-b", [OVERLOADED])
    scene.play("model-a", [scene.is_late, scene.models.until_closed("model-b"), Text("Hi"), STOP])

    pieces = scene.answer()

    assert shown(pieces) == "Hi"
    assert isinstance(pieces[0], AnswerStarted)
    assert pieces[0].fallbacks == 0
    assert scene.reasons() == {"model-b": "overloaded"}


def test_when_one_hedge_fails_the_model_after_it_is_asked() -> None:
    scene = Scene(models=3)
    scene.save()
    scene.play("model-a", [scene.is_late, for_ever])
    scene.play("model-b", [OVERLOADED])
    scene.play("model-c", hi())

    pieces = scene.answer()

    assert shown(pieces) == "Hi"
    assert scene.hedged() == [("model-a", "model-c", "beside")]


def test_a_hedge_that_is_late_is_hedged_too() -> None:
    scene = Scene(models=3)
    scene.save(2)
    scene.play("model-a", [scene.is_late, for_ever])
    scene.play("model-b", [scene.is_late, for_ever])
    scene.play("model-c", hi())

    pieces = scene.answer()

    assert pieces[0] == AnswerStarted(model="model-c", display_name="model-c", fallbacks=2)
    assert shown(pieces) == "Hi"
    assert scene.models.under_way == 0


def test_a_late_model_that_speaks_ends_the_hedge_of_its_hedge_too() -> None:
    scene = Scene(models=3)
    scene.save(2)
    is_asked = Until()
    scene.play("model-a", [scene.is_late, is_asked, Text("At last"), STOP])
    scene.play("model-b", [scene.is_late, for_ever])
    scene.play("model-c", [is_asked.here, for_ever])

    assert shown(scene.answer()) == "At last"
    assert scene.models.all_closed.wait(60)


def test_when_both_fail_the_loop_goes_on_as_without_a_hedge(scene: Scene) -> None:
    scene.save()
    broken = Failure(kind=FailureKind.CONNECTION_FAILED)
    scene.play("model-b", [OVERLOADED])
    scene.play("model-a", [scene.is_late, scene.models.until_closed("model-b"), broken], [*hi()])

    pieces = scene.answer()

    assert shown(pieces) == "Hi"
    assert scene.models.asked == ["model-a", "model-b", "model-a"]


def test_where_no_other_model_is_left_a_late_one_is_waited_for_and_not_blamed(
    scene: Scene,
) -> None:
    scene.save()
    scene.store.windows["model-b"] = Window(
        scene.clock.now() + timedelta(hours=1), FailureKind.QUOTA_EXHAUSTED, version=0
    )
    scene.repeat("model-a", 4, [scene.is_late, Text("Hi"), STOP])

    assert [shown(scene.answer()) for _ in range(4)] == ["Hi"] * 4
    assert scene.models.asked == ["model-a"] * 4
    assert scene.log.of(Event.WINDOW_OPENED) == []


@pytest.fixture
def busy(scene: Scene) -> Iterator[Scene]:
    """A process that makes as many hedges as it may."""
    over = threading.Event()
    assert all(scene.hedges.run(over.wait, is_free=True) for _ in range(MOST_HEDGES))
    yield scene
    over.set()


def test_while_as_many_hedges_run_as_may_a_late_model_is_waited_for(busy: Scene) -> None:
    busy.play("model-a", [busy.is_late, Text("At last"), STOP])

    assert shown(busy.answer()) == "At last"
    assert busy.models.asked == ["model-a"]


def test_while_as_many_hedges_run_as_may_the_next_model_replaces_one_that_is_set_aside(
    busy: Scene,
) -> None:
    timed_out = Failure(kind=FailureKind.TIMED_OUT)
    busy.repeat("model-a", RULES.tripping_silences, [busy.is_late, timed_out])
    busy.repeat("model-b", RULES.tripping_silences, hi())

    began = busy.clock.monotonic()
    for _ in range(RULES.tripping_silences - 1):
        busy.answer()
    waited = (busy.clock.monotonic() - began) / (RULES.tripping_silences - 1)
    began = busy.clock.monotonic()

    assert shown(busy.answer()) == "Hi"
    assert busy.clock.monotonic() - began < 1.1 * LATE_SECONDS < waited
    assert busy.hedged() == []


def test_once_a_model_is_set_aside_those_that_wait_for_it_wait_no_longer(scene: Scene) -> None:
    def others_find_it_silent(limits: AttemptLimits) -> None:
        running = RunningAttempt(key="model-a", started_at=scene.clock.now(), leases={})
        for _ in range(RULES.tripping_silences):
            scene.windows.record(
                running, Failure(kind=FailureKind.TIMED_OUT), WaitBudget(scene.clock, 60)
            )

    scene.play("model-a", [others_find_it_silent, scene.is_late, for_ever])
    scene.play("model-b", hi())

    scene.answer()

    (event,) = scene.log.of(Event.ATTEMPT_HEDGED)
    assert event["waited_milliseconds"] < 1100 * LATE_SECONDS


# Readers who leave.


@both
def test_a_reader_who_leaves_ends_both_calls(scene: Scene, whole: bool) -> None:
    scene.save()
    visitor = threading.Event()
    is_asked = Until()

    def leaves(limits: AttemptLimits) -> None:
        visitor.set()
        assert limits.seconds_left() == 0.0

    scene.play("model-a", [scene.is_late, is_asked, leaves, Failure(kind=FailureKind.TIMED_OUT)])
    scene.play("model-b", [is_asked.here, for_ever])

    pieces = list(
        scene.runner.answer(CHAT, whole=whole, request_id="r1", has_disconnected=visitor.is_set)
    )

    assert pieces == [Abandoned()]
    assert scene.models.all_closed.wait(60)
    assert scene.reasons() == {}


def test_a_reader_who_closes_the_answer_while_its_hedge_is_asked_ends_both(scene: Scene) -> None:
    scene.save()
    scene.play("model-a", [Text("One"), scene.stalls, Text(" two"), STOP])
    scene.play("model-b", [for_ever])
    answer = scene.runner.answer(CHAT, whole=False, request_id="r1")
    heard = [next(answer) for _ in range(3)]
    answer.close()

    assert shown(heard) == "One two"
    assert scene.models.all_closed.wait(60)
    assert Event.CHAT_ABANDONED in scene.log.names()
