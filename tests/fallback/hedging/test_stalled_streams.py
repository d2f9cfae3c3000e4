"""A stream that stalls: the next model is asked beside it, and goes on where it stopped."""

from __future__ import annotations

from fallback.core.answer import End, FinishReason, Text, Usage
from fallback.core.failure import Failure, FailureKind
from fallback.events import Event
from fallback.pieces import AnswerStarted, Interrupted
from fallback.ports import AttemptLimits
from tests.fallback.hedging.late_scene import (
    OVERLOADED,
    STOP,
    Scene,
    Until,
    both,
    for_ever,
    shown,
    tell,
)

# Streams that stall.


def test_a_stalled_stream_is_continued_by_the_next_model(scene: Scene) -> None:
    scene.save()
    scene.play("model-a", [tell, Text("The quick"), scene.stalls, for_ever])
    scene.play("model-b", [Text("quick brown fox"), STOP])

    pieces = scene.answer()

    assert shown(pieces) == "The quick brown fox"
    assert [p.is_resumed for p in pieces if isinstance(p, AnswerStarted)] == [False, True]
    assert pieces[-1] == End(FinishReason.STOP, Usage(6, 9))
    assert scene.models.chats[1].messages[1].text == "The quick"
    (event,) = scene.log.of(Event.CHAT_RESUMED)
    assert (event["broken"], event["model"]) == ("model-a", "model-b")
    (cancelled,) = (
        account
        for account in scene.log.of(Event.ATTEMPT_ACCOUNTED)
        if account["ending"] == "cancelled"
    )
    assert cancelled["model"] == "model-a"


def test_a_stalled_stream_that_speaks_first_goes_on_and_its_successor_is_cancelled(
    scene: Scene,
) -> None:
    scene.save()
    is_asked = Until()
    scene.play("model-a", [Text("The quick"), scene.stalls, is_asked, Text(" fox"), STOP])
    scene.play("model-b", [is_asked.here, for_ever])

    pieces = scene.answer()

    assert shown(pieces) == "The quick fox"
    assert Event.CHAT_RESUMED not in scene.log.names()
    assert scene.models.all_closed.wait(60)


def test_what_a_stalled_stream_says_after_its_successor_is_dropped(scene: Scene) -> None:
    scene.save()

    def speaks_all_the_same(limits: AttemptLimits) -> None:
        for_ever(limits)
        limits.cancellation.__init__()  # type: ignore[misc]

    scene.play("model-a", [Text("The quick"), scene.stalls, speaks_all_the_same, Text(" WRONG")])
    scene.play("model-b", [Text("quick brown fox"), STOP])

    assert shown(scene.answer()) == "The quick brown fox"


@both
def test_an_answer_may_stall_and_change_models_twice(scene: Scene, whole: bool) -> None:
    scene = Scene(models=3)
    scene.save(4)
    scene.play("model-a", [Text("one "), scene.stalls, for_ever])
    scene.play("model-b", [Text("two "), scene.stalls, for_ever])
    scene.play("model-c", [Text("three"), STOP])

    pieces = scene.answer(whole=whole)

    assert shown(pieces) == ("three" if whole else "one two three")
    assert isinstance(pieces[-1], End)


def test_a_stalled_stream_that_nobody_can_continue_is_interrupted(scene: Scene) -> None:
    scene.save()
    scene.play("model-b", [OVERLOADED])
    broken = Failure(kind=FailureKind.CONNECTION_FAILED, retry_delay_seconds=9)
    scene.play("model-a", [Text("One"), scene.stalls, scene.models.until_closed("model-b"), broken])

    pieces = scene.answer()

    assert shown(pieces) == "One"
    assert isinstance(pieces[-1], Interrupted)
    assert len(scene.log.of(Event.CHAT_INTERRUPTED)) == 1
