"""The retry loop against a scripted provider and a clock that stands still."""

from __future__ import annotations

from collections.abc import Callable, Generator
from dataclasses import replace
from datetime import timedelta

import pytest

from fallback.core.answer import End, FinishReason, Text, Usage
from fallback.core.chat import Chat, Message, Role
from fallback.core.failure import Failure, FailureKind
from fallback.core.hierarchy import Hierarchy, Limits, Model, Target
from fallback.core.refusal import MAX_USELESS_REPLIES, Refusal, RefusalReason
from fallback.core.window_rules import WindowRules
from fallback.core.windows import EVERY_MODEL, Phase, Window
from fallback.events import Event
from fallback.limits.shared import SharedLimits
from fallback.pieces import Abandoned, AnswerStarted, Interrupted, Piece
from fallback.ports import AttemptLimits, Provider
from fallback.runner import Runner
from fallback.wait_budget import WaitBudget
from fallback.windows.shared import SharedWindows
from tools.testkit.log import RecordingLog
from tools.testkit.memory_limits import MemoryLimits
from tools.testkit.memory_store import MemoryStore
from tools.testkit.time_travel import FakeClock

CHAT = Chat(messages=(Message(Role.USER, "Hello"),))
STOP = End(FinishReason.STOP, Usage(3, 5))
K = FailureKind
RULES = WindowRules()
HIERARCHY = Hierarchy("test", (Model("model-a", "Model A"), Model("model-b", "Model B")), Limits())
Script = list[Text | End | Failure | Usage | Callable[[], None]]


class ScriptedProvider:
    """Plays, for each model, one script an attempt; functions are called, and tokens told."""

    def __init__(self) -> None:
        self.scripts: dict[str, list[Script]] = {}
        self.calls: list[tuple[str, float, float]] = []
        self.idle_seconds: list[float] = []
        self.chats: list[Chat] = []
        self.closed = 0
        self.seconds_left: Callable[[], float | None] = lambda: None

    def attempt(
        self,
        model: str,
        chat: Chat,
        limits: AttemptLimits,
    ) -> Generator[Text | End | Failure, None, None]:
        self.calls.append((model, limits.first_text_seconds, limits.total_seconds))
        self.idle_seconds.append(limits.idle_seconds)
        self.seconds_left = limits.seconds_left
        self.chats.append(chat)
        try:
            for step in self.scripts[model].pop(0):
                if callable(step):
                    step()
                elif isinstance(step, Usage):
                    limits.account.tell(step)
                else:
                    if isinstance(step, End) and step.usage is not None:
                        limits.account.tell(step.usage)
                    yield step
        finally:
            self.closed += 1


class SecondTarget:
    """Plays the scripts of `model@second`."""

    def __init__(self, provider: ScriptedProvider) -> None:
        self._provider = provider

    def attempt(
        self, model: str, chat: Chat, limits: AttemptLimits
    ) -> Generator[Text | End | Failure, None, None]:
        return self._provider.attempt(f"{model}@second", chat, limits)


class Scene:
    def __init__(self, *, has_key: bool = True) -> None:
        self.clock = FakeClock()
        self.log = RecordingLog()
        self.provider = ScriptedProvider()
        self.store = MemoryStore()
        windows = SharedWindows(
            self.store, rules=RULES, clock=self.clock, log=self.log, jitter=lambda: 0.0
        )
        self.windows = windows
        second = SecondTarget(self.provider)
        providers: dict[str, Provider] = {"main": self.provider, "second": second}
        self.runner = Runner(
            HIERARCHY,
            providers=providers if has_key else {},
            windows=windows,
            limits=SharedLimits(MemoryLimits(), windows, clock=self.clock, log=self.log),
            clock=self.clock,
            log=self.log,
            jitter=lambda: 0.0,
        )

    def play(self, model: str, *scripts: Script) -> None:
        self.provider.scripts[model] = list(scripts)

    def answer(self, *, whole: bool = False, hierarchy: Hierarchy | None = None) -> list[Piece]:
        return list(self.runner.answer(CHAT, whole=whole, request_id="r1", hierarchy=hierarchy))

    def settle(self) -> None:
        """Waits until the background thread has done what it was given."""
        self.windows.flush(10)

    def models_called(self) -> list[str]:
        return [model for model, *_ in self.provider.calls]


@pytest.fixture
def scene() -> Scene:
    return Scene()


def fail(kind: FailureKind, delay: float | None = None) -> Script:
    return [Failure(kind=kind, retry_delay_seconds=delay)]


def hi() -> Script:
    return [Text("Hi"), STOP]


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


BROKEN = Failure(kind=K.CONNECTION_FAILED)


def shown(pieces: list[Piece]) -> str:
    return "".join(piece.text for piece in pieces if isinstance(piece, Text))


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
