"""One line for each attempt that costs something, however it ends."""

from __future__ import annotations

from collections.abc import Callable, Generator
from dataclasses import replace

from fallback.accounting import AccountingProvider
from fallback.cancellation import Cancellation
from fallback.core.answer import End, FinishReason, Text, Usage
from fallback.core.chat import Chat, Message, Role
from fallback.core.failure import Failure, FailureKind
from fallback.events import Event
from fallback.ports import AttemptLimits
from tools.testkit.log import RecordingLog

CHAT = Chat(messages=(Message(Role.USER, "x" * 400),))
Step = Text | End | Failure | Callable[[AttemptLimits], None]


class TellingProvider:
    """Plays one script; functions in it are called with the attempt's limits."""

    def __init__(self, *script: Step) -> None:
        self.script = script
        self.is_closed = False

    def attempt(
        self, model: str, chat: Chat, limits: AttemptLimits
    ) -> Generator[Text | End | Failure, None, None]:
        try:
            for step in self.script:
                if callable(step):
                    step(limits)
                else:
                    yield step
        finally:
            self.is_closed = True


def tell(*counts: int) -> Callable[[AttemptLimits], None]:
    return lambda limits: limits.account.tell(Usage(*counts))


def limits(cancellation: Cancellation | None = None) -> AttemptLimits:
    return AttemptLimits(
        first_text_seconds=1,
        thinking_seconds=1,
        idle_seconds=1,
        total_seconds=1,
        cancellation=cancellation or Cancellation(),
    )


def lines(provider: TellingProvider, *, pieces: int = 99) -> list[dict[str, object]]:
    """The account of an attempt of which so many pieces are read."""
    log = RecordingLog()
    attempt = AccountingProvider(provider, "main", log).attempt("model-a", CHAT, limits())
    for _ in zip(range(pieces), attempt, strict=False):
        pass
    attempt.close()
    assert provider.is_closed
    return log.of(Event.ATTEMPT_ACCOUNTED)


def test_an_answer_costs_what_was_told() -> None:
    (line,) = lines(TellingProvider(tell(100, 7, 64), Text("Hi"), End(FinishReason.STOP)))

    assert line == {
        "model": "model-a",
        "target": "main",
        "tier": None,
        "ending": "answered",
        "prompt_tokens": 100,
        "cached_tokens": 64,
        "completion_tokens": 7,
        "estimated_prompt_tokens": 0,
        "estimated_completion_tokens": 0,
    }


def test_an_answer_that_breaks_off_costs_what_was_told_until_then() -> None:
    broken = Failure(kind=FailureKind.INCOMPLETE_ANSWER)

    (line,) = lines(TellingProvider(tell(100, 3), Text("Hi"), broken))

    assert (line["ending"], line["prompt_tokens"], line["completion_tokens"]) == ("failed", 100, 3)


def test_an_answer_whose_reader_leaves_costs_what_was_told_until_then() -> None:
    provider = TellingProvider(tell(100, 3), Text("Hi"), tell(100, 9), End(FinishReason.STOP))

    (line,) = lines(provider, pieces=1)

    assert (line["ending"], line["completion_tokens"]) == ("abandoned", 3)


def test_a_silent_attempt_costs_its_prompt_as_far_as_anybody_can_tell() -> None:
    (line,) = lines(TellingProvider(Failure(kind=FailureKind.TIMED_OUT)))

    assert (line["prompt_tokens"], line["estimated_prompt_tokens"]) == (0, 100)


def test_a_refusal_costs_nothing_and_is_not_accounted() -> None:
    assert lines(TellingProvider(Failure(kind=FailureKind.RATE_LIMITED))) == []


def test_a_cancelled_attempt_is_told_from_one_that_failed() -> None:
    cancellation, log = Cancellation(), RecordingLog()
    provider = TellingProvider(
        lambda _: cancellation.cancel(), Failure(kind=FailureKind.TIMED_OUT, reason="CANCELLED")
    )

    list(AccountingProvider(provider, "main", log).attempt("a", CHAT, limits(cancellation)))

    assert [line["ending"] for line in log.of(Event.ATTEMPT_ACCOUNTED)] == ["cancelled"]


def test_a_first_text_for_which_the_reader_did_not_wait_is_abandoned() -> None:
    log = RecordingLog()
    provider = TellingProvider(Failure(kind=FailureKind.TIMED_OUT))
    left = replace(limits(), seconds_left=lambda: 0.0)

    list(AccountingProvider(provider, "main", log).attempt("a", CHAT, left))

    assert [line["ending"] for line in log.of(Event.ATTEMPT_ACCOUNTED)] == ["abandoned"]
