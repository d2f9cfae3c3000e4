"""An answer that breaks off: who goes on with it, and what of it is shown."""

from __future__ import annotations

import pytest

from fallback.core.answer import End, FinishReason, Text, Usage
from fallback.core.chat import Chat, Message, Role
from fallback.core.failure import Failure
from fallback.events import Event
from fallback.pieces import AnswerStarted, Interrupted
from tests.fallback.runner_scene import (
    BROKEN,
    CHAT,
    RULES,
    STOP,
    K,
    Scene,
    Script,
    fail,
    hi,
    shown,
)


def test_an_answer_that_breaks_is_continued_by_the_next_model(scene: Scene) -> None:
    scene.play("model-a", [Usage(3, 4), Text("The quick brown"), BROKEN])
    scene.play("model-b", [Text("quick bro", "b-001"), Text("wn fox.", "b-001"), STOP])

    pieces = scene.answer()

    assert [piece for piece in pieces if not isinstance(piece, Text)] == [
        AnswerStarted(model="model-a", display_name="Model A", fallbacks=0),
        AnswerStarted(model="b-001", display_name="Model B", fallbacks=1, is_resumed=True),
        End(FinishReason.STOP, Usage(6, 9)),
    ]
    assert shown(pieces) == "The quick brown fox."
    assert scene.provider.chats[1].messages[0] == CHAT.messages[0]
    assert scene.provider.chats[1].messages[1] == Message(Role.ASSISTANT, "The quick brown")
    (event,) = scene.log.of(Event.CHAT_RESUMED)
    assert (event["broken"], event["model"], event["kind"]) == (
        "model-a",
        "model-b",
        "connection_failed",
    )
    assert Event.CHAT_INTERRUPTED not in scene.log.names()


def test_a_model_that_only_repeats_what_was_shown_has_ended_the_answer(scene: Scene) -> None:
    scene.play("model-a", [Text("All of it."), BROKEN])
    scene.play("model-b", [Text("All of it."), STOP])

    pieces = scene.answer()

    assert shown(pieces) == "All of it."
    assert isinstance(pieces[-1], End)


SILENT = Failure(kind=K.EMPTY_ANSWER, reason="STOP")


def test_an_answer_to_which_two_models_have_nothing_to_add_was_whole(scene: Scene) -> None:
    scene.play("model-a", [Text("All of it."), BROKEN], [SILENT])
    scene.play("model-b", [SILENT], [SILENT])

    pieces = scene.answer()

    assert shown(pieces) == "All of it."
    assert isinstance(pieces[-1], End)
    assert pieces[-1].finish_reason is FinishReason.STOP


def test_an_answer_to_which_one_model_has_nothing_to_add_may_not_be_whole(scene: Scene) -> None:
    scene.play("model-a", [Text("Half of"), BROKEN], fail(K.QUOTA_EXHAUSTED))
    scene.play("model-b", [SILENT], [SILENT])

    assert isinstance(scene.answer()[-1], Interrupted)


def test_the_tokens_of_every_model_that_went_on_are_counted(scene: Scene) -> None:
    last: Script = [Text(" fox"), STOP]
    scene.play("model-a", [Usage(10, 25), Text("The quick"), BROKEN], last)
    scene.play("model-b", [Usage(10, 8), Text("quick"), BROKEN])

    end = scene.answer()[-1]

    assert isinstance(end, End)
    assert end.usage == Usage(23, 38)


BEGUN = Chat(messages=(*CHAT.messages, Message(Role.ASSISTANT, "The quick")))


@pytest.mark.parametrize("whole", [True, False])
def test_a_beginning_that_the_caller_wrote_is_gone_on_with_and_not_said_again(
    scene: Scene, whole: bool
) -> None:
    scene.play("model-a", [Text("The quick"), Text(" fox"), STOP])

    pieces = list(scene.runner.answer(BEGUN, whole=whole, request_id="r1"))

    assert pieces == [
        AnswerStarted(model="model-a", display_name="Model A", fallbacks=0),
        Text(" fox"),
        STOP,
    ]
    assert scene.provider.chats[0].messages[:2] == BEGUN.messages
    assert scene.provider.chats[0].messages[-1].role is Role.USER


def test_a_prefilled_answer_that_breaks_is_resumed_from_all_of_it(scene: Scene) -> None:
    scene.play("model-a", [Text(" brown"), *fail(K.INCOMPLETE_ANSWER)])
    scene.play("model-b", [Text("quick brown fox"), STOP])

    pieces = list(scene.runner.answer(BEGUN, whole=False, request_id="r1"))

    assert [piece.text for piece in pieces if isinstance(piece, Text)] == [" brown", " fox"]
    assert scene.provider.chats[1].messages[1].text == "The quick brown"


def test_a_beginning_to_which_two_models_have_nothing_to_add_was_whole(scene: Scene) -> None:
    silent: Script = [Failure(kind=K.EMPTY_ANSWER, reason="STOP")]
    scene.play("model-a", silent, silent)
    scene.play("model-b", silent)

    pieces = list(scene.runner.answer(BEGUN, whole=True, request_id="r1"))

    assert isinstance(pieces[-1], End)
    assert not any(isinstance(piece, Text) for piece in pieces)


def test_an_answer_is_resumed_twice_at_most(scene: Scene) -> None:
    scene.play("model-a", [Text("one "), BROKEN], [Text("three "), BROKEN])
    scene.play("model-b", [Text("two "), BROKEN], [Text("never "), STOP])

    pieces = scene.answer()

    assert shown(pieces) == "one two three "
    assert pieces[-1] == Interrupted(failure=BROKEN, is_overdue=False)
    assert Event.CHAT_INTERRUPTED in scene.log.names()
    assert Event.CHAT_ABANDONED not in scene.log.names()


def test_an_answer_that_nobody_can_continue_keeps_its_text_and_says_so(scene: Scene) -> None:
    scene.play("model-a", [Text("He"), Failure(kind=K.TIMED_OUT)])
    scene.play("model-b", fail(K.QUOTA_EXHAUSTED))

    pieces = scene.answer()

    assert shown(pieces) == "He"
    assert pieces[-1] == Interrupted(failure=Failure(kind=K.TIMED_OUT), is_overdue=False)
    assert scene.models_called() == ["model-a", "model-b"]


def test_an_answer_that_is_wanted_whole_is_begun_anew(scene: Scene) -> None:
    scene.play("model-a", [Text("Half of"), BROKEN], [Text("Whole."), STOP])

    pieces = scene.answer(whole=True)

    assert shown(pieces) == "Whole."
    assert scene.provider.chats == [CHAT, CHAT]
    assert pieces[-1] == STOP


def test_a_break_at_the_deadline_says_so(scene: Scene) -> None:
    scene.play("model-a", [Text("He"), lambda: scene.clock.tick(56), Failure(kind=K.TIMED_OUT)])
    scene.play("model-b")

    *_, last = scene.answer()

    assert isinstance(last, Interrupted)
    assert last.is_overdue


def test_breaks_after_text_set_a_model_aside(scene: Scene) -> None:
    broken: Script = [Text("He"), Failure(kind=K.CONNECTION_FAILED)]
    scene.play("model-a", *[broken] * RULES.tripping_failures)
    scene.play("model-b", *[hi()] * (RULES.tripping_failures + 1))

    for _ in range(RULES.tripping_failures):
        scene.answer()
    first, *_ = scene.answer()

    assert isinstance(first, AnswerStarted)
    assert first.model == "model-b"
