"""Each call that costs something is in one line: its answer's, or one of its own."""

from __future__ import annotations

from collections.abc import Callable, Generator

import pytest

from fallback.core.answer import End, FinishReason, Text
from fallback.core.chat import Chat, Message, Role
from fallback.core.failure import Failure, FailureKind
from fallback.core.hierarchy import DEFAULT_TARGET, Hierarchy, Limits, Model
from fallback.core.window_rules import WindowRules
from fallback.events import Event
from fallback.limits.shared import SharedLimits
from fallback.ports import AttemptLimits
from fallback.runner import Runner
from fallback.windows.shared import SharedWindows
from tools.testkit.log import RecordingLog
from tools.testkit.memory_limits import MemoryLimits
from tools.testkit.memory_store import MemoryStore
from tools.testkit.time_travel import FakeClock

CHAT = Chat(messages=(Message(Role.USER, "x" * 400),))
STOP = End(FinishReason.STOP)
BROKEN = Failure(kind=FailureKind.INCOMPLETE_ANSWER)
TOKENS = (
    "prompt_tokens",
    "cached_tokens",
    "completion_tokens",
    "estimated_prompt_tokens",
    "estimated_completion_tokens",
)
Step = Text | End | Failure | Callable[[AttemptLimits], None]


class TellingProvider:
    """Plays one script an attempt; functions in it are called with the attempt's limits."""

    def __init__(self, *scripts: list[Step]) -> None:
        self.scripts = list(scripts)

    def attempt(
        self, model: str, chat: Chat, limits: AttemptLimits
    ) -> Generator[Text | End | Failure, None, None]:
        for step in self.scripts.pop(0):
            if callable(step):
                step(limits)
            else:
                yield step


class Reader:
    """Reads so many pieces of one answer, and leaves."""

    has_left = False

    def __init__(self, *scripts: list[Step], pieces: int = 99) -> None:
        self.log = RecordingLog()
        self.counted: list[tuple[str, Failure | None]] = []
        clock = FakeClock()
        windows = SharedWindows(MemoryStore(), rules=WindowRules(), clock=clock, log=self.log)
        runner = Runner(
            Hierarchy("test", (Model("model-a", "A"), Model("model-b", "B")), Limits()),
            providers={DEFAULT_TARGET: TellingProvider(*scripts)},
            windows=windows,
            limits=SharedLimits(MemoryLimits(), windows, clock=clock, log=self.log),
            clock=clock,
            log=self.log,
            count=lambda *call: self.counted.append(call),
        )
        answer = runner.answer(
            CHAT, whole=False, request_id="r1", has_disconnected=lambda: self.has_left
        )
        for _ in zip(range(pieces), answer, strict=False):
            pass
        answer.close()

    def costs(self) -> list[tuple[str | int, ...]]:
        """How each call ended, with its tokens."""
        return [
            (fields.get("ending", "answered"), *(fields[name] for name in TOKENS))
            for event, fields in self.log.lines
            if event in {Event.CHAT_ANSWERED, Event.ATTEMPT_ACCOUNTED}
        ]


def tell(*counts: int) -> Callable[[AttemptLimits], None]:
    return lambda limits: limits.account.tell(*counts)


def test_the_line_of_an_answer_says_what_it_has_cost() -> None:
    reader = Reader([tell(100, 7, 64), Text("Hi"), STOP])

    assert reader.costs() == [("answered", 100, 64, 7, 0, 0)]
    assert reader.log.names() == [Event.CHAT_ANSWERED]


def test_an_answer_of_which_nothing_was_told_is_estimated() -> None:
    reader = Reader([Text("Hi"), STOP])

    assert reader.costs() == [("answered", 0, 0, 0, 100, 0)]


def test_an_answer_that_two_models_gave_is_in_two_lines() -> None:
    reader = Reader([tell(100, 3), Text("Hi"), BROKEN], [tell(103, 4), Text(" you"), STOP])

    assert reader.costs() == [("failed", 100, 0, 3, 0, 0), ("answered", 103, 0, 4, 0, 0)]
    assert reader.counted == [("model-a", BROKEN), ("model-b", None)]
    (line,) = reader.log.of(Event.ATTEMPT_ACCOUNTED)
    assert (line["request_id"], line["model"], line["target"]) == ("r1", "model-a", "main")


def test_a_resumed_attempt_of_which_nothing_was_told_has_read_what_was_shown_as_well() -> None:
    reader = Reader([tell(100, 3), Text("y" * 400), BROKEN], [Text("z"), STOP])

    _, (_, *_, prompt, _) = reader.costs()
    assert int(prompt) >= 200


def test_an_answer_whose_reader_leaves_costs_what_was_told_until_then() -> None:
    reader = Reader([tell(100, 3), Text("Hi"), tell(100, 9), STOP], pieces=2)

    assert reader.costs() == [("abandoned", 100, 0, 3, 0, 0)]


def test_a_silent_attempt_costs_its_prompt_as_far_as_anybody_can_tell() -> None:
    silent = Failure(kind=FailureKind.TIMED_OUT)

    first, _ = Reader([silent], [Text("Hi"), STOP]).costs()

    assert first == ("failed", 0, 0, 0, 100, 0)


def test_a_refusal_costs_nothing_and_has_no_line() -> None:
    refused = Failure(kind=FailureKind.RATE_LIMITED)

    assert Reader([refused], [tell(100, 7), Text("Hi"), STOP]).costs() == [
        ("answered", 100, 0, 7, 0, 0)
    ]


@pytest.mark.parametrize("is_cancelled", [True, False])
def test_a_call_that_was_given_up_is_told_from_one_that_failed(is_cancelled: bool) -> None:
    class Leaving(Reader):
        def give_up(self, limits: AttemptLimits) -> None:
            if is_cancelled:
                limits.cancellation.cancel()
            self.has_left = True

        def __init__(self) -> None:
            super().__init__([self.give_up, Failure(kind=FailureKind.TIMED_OUT)])

    assert [ending for ending, *_ in Leaving().costs()] == [
        "cancelled" if is_cancelled else "abandoned"
    ]
