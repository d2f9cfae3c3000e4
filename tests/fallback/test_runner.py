"""The retry loop against a scripted provider and a clock that stands still."""

from __future__ import annotations

from dataclasses import replace

import pytest

from fallback.core.answer import End, FinishReason, Text
from fallback.core.failure import Failure, FailureKind
from fallback.core.hierarchy import Hierarchy, Limits, Model, Target
from fallback.core.refusal import MAX_USELESS_REPLIES, Refusal, RefusalReason
from fallback.core.windows import EVERY_MODEL, Phase, Window
from fallback.events import Event
from fallback.pieces import AnswerStarted
from fallback.wait_budget import WaitBudget
from tests.fallback.runner_scene import (
    CHAT,
    HIERARCHY,
    RULES,
    STOP,
    K,
    Scene,
    Script,
    fail,
    hi,
)


def test_a_healthy_model_answers(scene: Scene) -> None:
    scene.play("model-a", [Text("He", "a-001"), Text("llo"), STOP])

    assert scene.answer() == [
        AnswerStarted(model="a-001", display_name="Model A", fallbacks=0),
        Text("He", "a-001"),
        Text("llo"),
        STOP,
    ]
    (event,) = scene.log.of(Event.CHAT_ANSWERED)
    assert (event["request_id"], event["model"], event["attempts"]) == ("r1", "model-a", 1)
    assert (event["prompt_tokens"], event["completion_tokens"]) == (3, 5)


def test_a_request_may_try_the_models_in_an_order_of_its_own(scene: Scene) -> None:
    scene.play("model-a", hi())
    scene.play("model-b", fail(K.RATE_LIMITED, 30))
    order = Hierarchy("test", (Model("model-b", "Model B"), Model("model-a", "Model A")))
    budget = WaitBudget(scene.clock)

    first, *_ = scene.runner.answer(
        CHAT, whole=False, request_id="r1", hierarchy=order, budget=budget
    )

    assert scene.models_called() == ["model-b", "model-a"]
    assert first == AnswerStarted(model="model-a", display_name="Model A", fallbacks=0)
    assert scene.log.of(Event.CHAT_ANSWERED)[0]["fallbacks"] == 0


OTHER = (Model("model-x", "Model X"), Model("model-a", "Model A"))


def other(**limits: float | int) -> Hierarchy:
    """A hierarchy that shares one model with the runner's own, and has limits of its own."""
    return Hierarchy("other", OTHER, Limits(**limits))  # type: ignore[arg-type]


def test_a_request_may_bring_any_hierarchy(scene: Scene) -> None:
    scene.play("model-x", fail(K.RATE_LIMITED, 30))
    scene.play("model-a", hi())

    first, *_ = scene.answer(hierarchy=other())

    assert scene.models_called() == ["model-x", "model-a"]
    assert first == AnswerStarted(model="model-a", display_name="Model A", fallbacks=1)
    assert scene.log.of(Event.CHAT_ANSWERED)[0]["fallbacks"] == 1


def test_a_model_that_the_runner_does_not_know_answers_without_a_fallback(scene: Scene) -> None:
    scene.play("model-x", hi())

    first, *_ = scene.answer(hierarchy=other())

    assert first == AnswerStarted(model="model-x", display_name="Model X", fallbacks=0)


def test_a_hierarchy_brings_its_own_limits(scene: Scene) -> None:
    scene.play("model-x", fail(K.OVERLOADED))
    scene.play("model-a", hi())

    scene.answer(
        hierarchy=other(
            attempts_per_model=1, deadline_seconds=8, first_text_seconds=3, last_resort_seconds=6
        )
    )

    assert scene.provider.calls == [("model-x", 2.0, 8.0), ("model-a", 3.0, 8.0)]
    assert scene.provider.idle_seconds == [20.0, 20.0]


def test_the_deadline_of_a_request_s_hierarchy_ends_it(scene: Scene) -> None:
    late: Script = [lambda: scene.clock.tick(8), Failure(kind=K.TIMED_OUT)]
    scene.play("model-x", late)

    (refusal,) = scene.answer(hierarchy=other(deadline_seconds=8, last_resort_seconds=1))

    assert isinstance(refusal, Refusal)
    assert refusal.reason is RefusalReason.DEADLINE_EXCEEDED


@pytest.mark.parametrize(
    ("limits", "opened"),
    [
        (other(), ["model-x"]),
        (other(first_text_seconds=30), ["model-x"]),
        (other(first_text_seconds=1), []),
        (other(idle_seconds=1), []),
    ],
)
def test_a_request_less_patient_than_usual_sets_no_model_aside(
    scene: Scene, limits: Hierarchy, opened: list[str]
) -> None:
    late: Script = [Failure(kind=K.TIMED_OUT)]
    scene.play("model-x", *[late] * RULES.tripping_silences)
    scene.play("model-a", *[hi()] * RULES.tripping_silences)

    for _ in range(RULES.tripping_silences):
        scene.answer(hierarchy=limits)

    assert [event["model"] for event in scene.log.of(Event.WINDOW_OPENED)] == opened


def test_without_a_key_every_chat_is_refused_and_nothing_is_set_aside() -> None:
    scene = Scene(has_key=False)

    answers = [scene.answer(), scene.answer(whole=True)]
    scene.settle()

    assert answers == [[Refusal(reason=RefusalReason.SERVICE_MISCONFIGURED)]] * 2
    assert scene.store.read() == {}
    assert (
        scene.log.of(Event.SERVICE_MISCONFIGURED)
        == [{"kind": K.UNAUTHORIZED, "reason": "MISSING_KEY"}] * 2
    )
    assert Event.CHAT_ABANDONED not in scene.log.names()


def test_without_a_key_no_probe_is_taken_from_those_who_have_one() -> None:
    scene = Scene(has_key=False)
    due = Window(scene.clock.now(), K.OVERLOADED, version=0)
    scene.store.windows["model-a"] = due

    scene.answer()
    scene.settle()

    assert scene.store.read() == {"model-a": due}


def test_a_stream_shows_text_before_the_model_has_ended(scene: Scene) -> None:
    def not_yet() -> None:
        raise AssertionError("read further than it had to")

    scene.play("model-a", [Text("Hello"), not_yet])
    pieces = scene.runner.answer(CHAT, whole=False, request_id="r1")

    assert isinstance(next(pieces), AnswerStarted)
    assert next(pieces) == Text("Hello")
    pieces.close()


def test_fallback_before_text_is_silent(scene: Scene) -> None:
    scene.play("model-a", fail(K.RATE_LIMITED, 30))
    scene.play("model-b", [Text("Hi"), STOP])

    first, *rest = scene.answer()

    assert first == AnswerStarted(model="model-b", display_name="Model B", fallbacks=1)
    assert rest == [Text("Hi"), STOP]
    (event,) = scene.log.of(Event.CHAT_ANSWERED)
    assert [skip["model"] for skip in event["skipped"]] == ["model-a"]


def test_a_second_attempt_waits_for_its_backoff(scene: Scene) -> None:
    scene.play("model-a", fail(K.OVERLOADED), [Text("Hi"), STOP])

    scene.answer()

    assert scene.models_called() == ["model-a", "model-a"]
    assert scene.clock.monotonic() == Limits().backoff_seconds[0]


USELESS = (K.INCOMPLETE_ANSWER, K.EMPTY_ANSWER, K.UNUSABLE_ANSWER)


@pytest.mark.parametrize("kind", USELESS)
def test_after_a_reply_of_no_use_the_other_models_come_first(
    scene: Scene, kind: FailureKind
) -> None:
    scene.play("model-a", fail(kind), hi())
    scene.play("model-b", fail(kind))

    pieces = scene.answer(whole=True)

    assert scene.models_called() == ["model-a", "model-b", "model-a"]
    assert pieces[-1] == STOP


@pytest.mark.parametrize("kind", USELESS)
def test_three_replies_of_no_use_are_enough(scene: Scene, kind: FailureKind) -> None:
    scene.play("model-a", fail(kind), fail(kind))
    scene.play("model-b", fail(kind))

    assert scene.answer() == [Refusal(reason=RefusalReason.NO_USABLE_ANSWER)]
    assert len(scene.provider.calls) == MAX_USELESS_REPLIES
    assert Event.WINDOW_OPENED not in scene.log.names()


def test_what_two_models_forbid_is_the_key_s_fault(scene: Scene) -> None:
    scene.play("model-a", fail(K.FORBIDDEN))
    scene.play("model-b", fail(K.FORBIDDEN))

    assert scene.answer() == [Refusal(reason=RefusalReason.SERVICE_MISCONFIGURED)]
    opened = [event["model"] for event in scene.log.of(Event.WINDOW_OPENED)]
    assert opened == ["model-a", EVERY_MODEL]


@pytest.mark.parametrize(
    ("answers", "settled"),
    [
        ([hi()], 0),
        ([fail(K.EMPTY_ANSWER), hi()], 1),
        ([fail(K.EMPTY_ANSWER), fail(K.EMPTY_ANSWER), hi()], 2),
        ([fail(K.EMPTY_ANSWER)] * 3, 2),
        ([fail(K.RATE_LIMITED, 30), hi()], 0),
    ],
)
def test_the_calls_beyond_the_first_that_have_cost_quota_are_told(
    scene: Scene, answers: list[Script], settled: int
) -> None:
    scene.play("model-a", *answers[::2])
    scene.play("model-b", *answers[1::2])
    told: list[int] = []

    list(scene.runner.answer(CHAT, whole=True, request_id="r1", settle=told.append))

    assert told == [settled]


def test_one_request_probes_a_model_whose_window_is_over(scene: Scene) -> None:
    scene.play("model-a", fail(K.RATE_LIMITED, 30), [Text("Hi"), STOP])
    scene.play("model-b", [Text("Hi"), STOP], [Text("Hi"), STOP])
    scene.answer()
    scene.clock.tick(31)

    probe = scene.runner.answer(CHAT, whole=True, request_id="r2")
    first = next(probe)
    assert scene.models_called() == ["model-a", "model-b", "model-a"]
    assert isinstance(first, AnswerStarted)
    probe.close()
    scene.settle()

    assert scene.store.windows == {}  # It has spoken; that the reader left does not matter.


def test_a_probe_in_which_nothing_came_to_light_makes_way(scene: Scene) -> None:
    def leave() -> None:
        raise GeneratorExit

    scene.play("model-a", fail(K.RATE_LIMITED, 30), [leave], [Text("Hi"), STOP])
    scene.play("model-b", [Text("Hi"), STOP])
    scene.answer()
    scene.clock.tick(31)
    with pytest.raises(GeneratorExit):
        scene.answer()
    scene.settle()

    assert scene.store.windows["model-a"].phase(scene.clock.now()) is Phase.DUE
    scene.answer()
    scene.settle()
    assert scene.store.windows == {}


def test_while_a_model_is_probed_others_go_past_it(scene: Scene) -> None:
    scene.play("model-a", fail(K.RATE_LIMITED, 30))
    scene.play("model-b", hi(), hi())
    scene.answer()
    scene.clock.tick(31)
    scene.windows.snapshot(WaitBudget(scene.clock))
    scene.store.windows["model-a"] = replace(
        scene.store.windows["model-a"], version="another process's lease"
    )
    # Its snapshot is a second old, so it asks for the lease, does not get it, and goes on.
    first, *_ = scene.answer()

    assert isinstance(first, AnswerStarted)
    assert first.model == "model-b"
    assert scene.models_called() == ["model-a", "model-b", "model-b"]


@pytest.mark.parametrize("whole", [True, False])
def test_the_request_s_own_deadline_says_nothing_about_the_model(scene: Scene, whole: bool) -> None:
    long: Script = [
        Text("He"),
        lambda: scene.clock.tick(55),
        Failure(kind=K.TIMED_OUT),
    ]
    scene.play("model-a", long, long, [Text("Hi"), STOP])

    scene.answer(whole=whole)
    scene.answer(whole=whole)

    assert Event.WINDOW_OPENED not in scene.log.names()
    assert scene.answer()[-1] == STOP


def test_a_hurried_last_resort_is_not_set_aside(scene: Scene) -> None:
    silent: Script = [lambda: scene.clock.tick(46), Failure(kind=K.TIMED_OUT)]
    hurried: Script = [lambda: scene.clock.tick(8), Failure(kind=K.TIMED_OUT)]
    scene.play("model-a", *[silent] * RULES.tripping_silences)
    scene.play("model-b", *[hurried] * RULES.tripping_silences)

    for _ in range(RULES.tripping_silences):
        scene.answer()

    opened = [event["model"] for event in scene.log.of(Event.WINDOW_OPENED)]
    assert opened == ["model-a"]


def test_an_answer_wanted_whole_falls_back_after_text_too(scene: Scene) -> None:
    scene.play("model-a", [Text("He"), Failure(kind=K.TIMED_OUT)])
    scene.play("model-b", [Text("All "), Text("of it"), STOP])

    first, *rest = scene.answer(whole=True)

    assert isinstance(first, AnswerStarted)
    assert first.model == "model-b"
    assert rest == [Text("All "), Text("of it"), STOP]


def test_a_policy_answer_without_text_commits(scene: Scene) -> None:
    end = End(FinishReason.CONTENT_FILTER, None, "a-001")
    scene.play("model-a", [end])

    assert scene.answer() == [
        AnswerStarted(model="a-001", display_name="Model A", fallbacks=0),
        end,
    ]


def test_a_refused_key_costs_no_chat_while_another_target_has_one(scene: Scene) -> None:
    with_second = replace(HIERARCHY, targets=(Target(), Target("second", is_default=False)))
    scene.play("model-a", fail(K.UNAUTHORIZED))
    scene.play("model-a@second", hi(), hi())

    pieces = scene.answer(hierarchy=with_second)

    assert isinstance(pieces[0], AnswerStarted)
    assert (pieces[0].model, pieces[0].fallbacks) == ("model-a", 0)
    scene.answer(hierarchy=with_second)
    assert scene.models_called() == ["model-a", "model-a@second", "model-a@second"]
    (event,) = scene.log.of(Event.SERVICE_MISCONFIGURED)
    assert event["target"] == "main"
    assert [e["target"] for e in scene.log.of(Event.CHAT_ANSWERED)] == ["second", "second"]


def test_each_attempt_gets_its_share_of_the_one_deadline(scene: Scene) -> None:
    slow: Script = [lambda: scene.clock.tick(10), Failure(kind=K.TIMED_OUT)]
    scene.play("model-a", slow)
    scene.play("model-b", [Text("Hi"), STOP])

    scene.answer()

    assert scene.provider.calls == [("model-a", 10.0, 55.0), ("model-b", 10.0, 45.0)]
