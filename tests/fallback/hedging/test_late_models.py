"""Chats whose model is late: the real runner and windows, scripted models, and a clock that waits.

A late model moves the clock as far as the runner lets it wait, as a real one would.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Generator, Iterator
from datetime import timedelta

import pytest

from fallback.core.answer import End, FinishReason, Text, Usage
from fallback.core.chat import Chat, Message, Role
from fallback.core.failure import Failure, FailureKind
from fallback.core.hedging import MOST_HEDGES
from fallback.core.hierarchy import DEFAULT_TARGET, Hierarchy, Limits, Model
from fallback.core.latency import MIN_SAMPLES
from fallback.core.window_rules import WindowRules
from fallback.core.windows import Phase, Window
from fallback.events import Event
from fallback.hedging.hedges import Hedges
from fallback.limits.shared import SharedLimits
from fallback.pieces import Abandoned, AnswerStarted, Interrupted, Piece
from fallback.ports import AttemptLimits
from fallback.runner import Runner
from fallback.wait_budget import WaitBudget
from fallback.windows.leases import RunningAttempt
from fallback.windows.shared import SharedWindows
from tools.testkit.log import RecordingLog
from tools.testkit.memory_limits import MemoryLimits
from tools.testkit.memory_store import MemoryStore
from tools.testkit.time_travel import FakeClock

CHAT = Chat(messages=(Message(Role.USER, "Hello" * 8),))
TOKENS = 10
STOP = End(FinishReason.STOP, Usage(3, 5))
CANCELLED = Failure(kind=FailureKind.TIMED_OUT, reason="CANCELLED")
OVERLOADED = Failure(kind=FailureKind.OVERLOADED, reason="HIGH", retry_delay_seconds=30)
LATE_SECONDS = 2.0
RULES = WindowRules()
NAMES = ("model-a", "model-b", "model-c")

Act = Callable[[AttemptLimits], None]
Script = list[Text | End | Failure | Act]


def tell(limits: AttemptLimits) -> None:
    limits.account.tell(Usage(3, 4))


class Models:
    """Plays one script an attempt; functions in it are called. One that is cancelled ends."""

    def __init__(self) -> None:
        self.scripts: dict[str, list[Script]] = {}
        self.asked: list[str] = []
        self.chats: list[Chat] = []
        self.under_way = 0
        self.all_closed = threading.Event()
        self._lock = threading.Lock()
        self._closed = {name: threading.Event() for name in NAMES}

    def until_closed(self, model: str) -> Act:
        """Waits until the last attempt at a model is over."""

        def wait(limits: AttemptLimits) -> None:
            assert self._closed[model].wait(60)

        return wait

    def attempt(
        self, model: str, chat: Chat, limits: AttemptLimits
    ) -> Generator[Text | End | Failure, None, None]:
        with self._lock:
            self.asked.append(model)
            self.chats.append(chat)
            self.under_way += 1
            self.all_closed.clear()
            self._closed[model].clear()
        try:
            for step in self.scripts[model].pop(0):
                if callable(step):
                    step(limits)
                if limits.cancellation.is_cancelled:
                    yield CANCELLED
                    return
                if not callable(step):
                    yield step
        finally:
            with self._lock:
                self.under_way -= 1
                self._closed[model].set()
                if self.under_way == 0:
                    self.all_closed.set()


class Scene:
    def __init__(self, models: int = 2) -> None:
        self.clock = FakeClock()
        self.log = RecordingLog()
        self.models = Models()
        self.store = MemoryStore()
        self.hedges = Hedges(self.log)
        self.windows = SharedWindows(
            self.store, rules=RULES, clock=self.clock, log=self.log, jitter=lambda: 0.0
        )
        self.runner = Runner(
            Hierarchy("test", tuple(Model(name, name) for name in NAMES[:models]), Limits()),
            providers={DEFAULT_TARGET: self.models},
            windows=self.windows,
            limits=SharedLimits(MemoryLimits(), self.windows, clock=self.clock, log=self.log),
            clock=self.clock,
            log=self.log,
            hedges=self.hedges,
            jitter=lambda: 0.0,
        )
        for name in NAMES[:models]:
            for _ in range(MIN_SAMPLES):
                self.hedges.learn_first_text(name, TOKENS, LATE_SECONDS)
                self.hedges.learn_longest_gap(name, LATE_SECONDS)

    def play(self, model: str, *scripts: Script) -> None:
        self.models.scripts[model] = list(scripts)

    def repeat(self, model: str, times: int, script: Script) -> None:
        self.play(model, *[script] * times)

    def answer(self, *, whole: bool = False) -> list[Piece]:
        return list(self.runner.answer(CHAT, whole=whole, request_id="r1"))

    def save(self, hedges: int = 1) -> None:
        """Has earlier chats pay for hedges."""
        for _ in range(hedges * 100 + 1):
            self.hedges.add_chat()

    def is_late(self, limits: AttemptLimits) -> None:
        """Says nothing at first, until the runner has nothing more to do about it."""
        self._wait(limits, limits.late_first_text_seconds)

    def stalls(self, limits: AttemptLimits) -> None:
        """The same between two texts."""
        self._wait(limits, limits.late_text_seconds)

    def _wait(self, limits: AttemptLimits, seconds: float) -> None:
        ends_at = self.clock.monotonic() + limits.first_text_seconds
        while self.clock.monotonic() + seconds < ends_at and not limits.cancellation.is_cancelled:
            self.clock.tick(seconds)
            seconds = limits.on_late()

    def reasons(self) -> dict[str, str]:
        """Why models are set aside now."""
        windows = self.windows.snapshot(WaitBudget(self.clock, 60))
        now = self.clock.now()
        return {name: str(w.reason) for name, w in windows.items() if w.is_open(now)}

    def hedged(self) -> list[tuple[str, str | None, str]]:
        return [
            (event["model"], event["beside"], event["spoke"])
            for event in self.log.of(Event.ATTEMPT_HEDGED)
        ]


def for_ever(limits: AttemptLimits) -> None:
    """Waits until the attempt is cancelled."""
    cancelled = threading.Event()
    limits.cancellation.on_cancel(cancelled.set)
    assert cancelled.wait(60), "nobody has cancelled it"


class Until(threading.Event):
    """Waits for another attempt to have come so far."""

    def __call__(self, limits: AttemptLimits) -> None:
        assert self.wait(60)

    def here(self, limits: AttemptLimits) -> None:
        self.set()


def shown(pieces: list[Piece]) -> str:
    return "".join(piece.text for piece in pieces if isinstance(piece, Text))


def hi() -> Script:
    return [Text("Hi"), STOP]


@pytest.fixture
def scene() -> Scene:
    return Scene()


both = pytest.mark.parametrize("whole", [False, True], ids=["stream", "whole"])


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
