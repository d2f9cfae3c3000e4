"""Nobody is asked for a reader who has left, and nothing is held against a model."""

from __future__ import annotations

from fallback.core.answer import Text
from fallback.core.failure import Failure
from fallback.core.hierarchy import Limits
from fallback.core.windows import Phase
from fallback.events import Event
from fallback.pieces import Abandoned, Piece
from tests.fallback.runner_scene import (
    CHAT,
    STOP,
    K,
    Scene,
    fail,
    hi,
)


def test_a_reader_who_leaves_ends_the_call(scene: Scene) -> None:
    scene.play("model-a", [Text("He"), Text("llo"), STOP])
    pieces = scene.runner.answer(CHAT, whole=False, request_id="r1")
    next(pieces)

    pieces.close()

    assert scene.provider.closed == 1
    assert Event.CHAT_ABANDONED in scene.log.names()
    assert Event.CHAT_ANSWERED not in scene.log.names()


def test_every_attempt_is_closed(scene: Scene) -> None:
    scene.play("model-a", fail(K.OVERLOADED), fail(K.OVERLOADED))
    scene.play("model-b", [Text("Hi"), STOP])

    scene.answer()

    assert scene.provider.closed == len(scene.provider.calls) == 3


class Visitor:
    """Somebody who may leave."""

    def __init__(self) -> None:
        self.has_disconnected = False

    def leave(self) -> None:
        self.has_disconnected = True


def answer_to(scene: Scene, visitor: Visitor, *, whole: bool = True) -> list[Piece]:
    return list(
        scene.runner.answer(
            CHAT, whole=whole, request_id="r1", has_disconnected=lambda: visitor.has_disconnected
        )
    )


def test_for_a_visitor_who_has_left_no_model_is_asked(scene: Scene) -> None:
    visitor = Visitor()
    visitor.leave()

    assert answer_to(scene, visitor) == [Abandoned()]
    assert scene.models_called() == []
    assert scene.log.names() == [Event.CHAT_ABANDONED]


def test_when_the_visitor_leaves_the_wait_for_a_model_ends_and_nothing_is_held_against_it(
    scene: Scene,
) -> None:
    visitor = Visitor()
    scene.play("model-a", [visitor.leave, Failure(kind=K.TIMED_OUT)])

    assert answer_to(scene, visitor) == [Abandoned()]
    assert scene.models_called() == ["model-a"]
    assert scene.log.names() == [Event.ATTEMPT_ACCOUNTED, Event.CHAT_ABANDONED]
    scene.settle()
    assert scene.store.read() == {}


def test_a_call_hears_of_the_visitor_while_it_waits(scene: Scene) -> None:
    visitor = Visitor()
    left: list[float | None] = []

    def look() -> None:
        left.append(scene.provider.seconds_left())

    scene.play("model-a", [look, visitor.leave, look, Failure(kind=K.TIMED_OUT)])
    answer_to(scene, visitor)

    assert left == [None, 0.0]


def test_what_a_model_says_of_itself_counts_though_the_visitor_has_left(scene: Scene) -> None:
    visitor = Visitor()
    scene.play("model-a", [visitor.leave, Failure(kind=K.RATE_LIMITED, retry_delay_seconds=30)])

    assert answer_to(scene, visitor) == [Abandoned()]
    assert Event.WINDOW_OPENED in scene.log.names()


def test_a_broken_stream_of_a_visitor_who_has_left_is_not_continued(scene: Scene) -> None:
    visitor = Visitor()
    scene.play("model-a", [Text("Hi"), visitor.leave, Failure(kind=K.TIMED_OUT)])

    *_, last = answer_to(scene, visitor, whole=False)

    assert last == Abandoned()
    assert scene.models_called() == ["model-a"]
    assert scene.log.names() == [Event.ATTEMPT_ACCOUNTED, Event.CHAT_ABANDONED]


def test_after_a_backoff_nobody_is_asked_for_a_visitor_who_has_left(scene: Scene) -> None:
    scene.play("model-a", fail(K.OVERLOADED), hi())

    def has_disconnected() -> bool:
        return scene.clock.monotonic() > 0  # Time passes in the backoff alone.

    pieces = list(
        scene.runner.answer(CHAT, whole=True, request_id="r1", has_disconnected=has_disconnected)
    )

    assert pieces == [Abandoned()]
    assert scene.models_called() == ["model-a"]
    assert scene.clock.monotonic() == Limits().backoff_seconds[0]


def test_a_probe_whose_visitor_leaves_is_given_back(scene: Scene) -> None:
    visitor = Visitor()
    scene.play("model-a", fail(K.RATE_LIMITED, 30), [visitor.leave, Failure(kind=K.TIMED_OUT)])
    scene.play("model-b", hi(), hi())
    scene.answer()
    scene.clock.tick(61)

    answer_to(scene, visitor)
    scene.settle()

    window = scene.store.read()["model-a"]
    assert window.phase(scene.clock.now()) is Phase.DUE
    assert scene.models_called() == ["model-a", "model-b", "model-a"]
