"""Plays one scenario against one program that chats."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import dataclass

from measure.bench.load import Target, ask_all
from measure.failover.verdict import Answer, Verdict, judge, read, worst
from tools.emulator.emulation import Emulation
from tools.emulator.scenarios import Scenario


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """How a scenario ended.

    Attributes:
        verdict: The worst of all its chats.
        passes: It is the expected one, and the first model was not called too often.
        why: What is not as it should be; empty if nothing.
        seconds: Until the end of the slowest answer.
        first_text_seconds: Until the latest first text.
        back_seconds: From the fault's end to the first chat that the first model answers; None if
            no time ends the fault, or if it never does.
        calls: Calls of the first model and of all others, in all chats.
    """

    verdict: Verdict
    passes: bool
    why: str
    seconds: float
    first_text_seconds: float | None
    back_seconds: float | None
    calls: tuple[int, int]


@dataclass(frozen=True, slots=True)
class _Chat:
    """One chat: seconds from the fault's end to its start, what came, and the models called."""

    since_fault: float
    answer: Answer
    called: tuple[str, ...]

    @property
    def answered_by(self) -> str | None:
        return self.called[-1] if self.called else None


def play(scenario: Scenario, chat: Target, gemini: Emulation, first: str) -> Result:
    """Tells the models what to do, sends the chats, and judges what came.

    Args:
        scenario: What is played.
        chat: A streamed chat for the program, which must be ready.
        gemini: The emulator that it calls.
        first: The name of its first model.
    """
    gemini.reset()
    scenario.tell(gemini, first)
    chats = list(_send(scenario, chat, gemini, first))
    judgements = [
        judge(
            one.answer,
            scenario.limits,
            answered_by=(one.answered_by or "nobody") if scenario.is_counted else None,
        )
        for one in chats
    ]
    back_seconds = chats[-1].since_fault if _is_back(scenario, chats[-1], first) else None
    if (limit := scenario.limits.back) is not None:
        judgements.append(_judge_return(back_seconds, limit))
    verdict, why = worst(judgements)
    most_calls = max(one.called.count(first) for one in chats)
    is_hammered = scenario.max_calls is not None and most_calls > scenario.max_calls
    texts = [text for one in chats if (text := one.answer.first_text_seconds) is not None]
    called = [model for one in chats for model in one.called]
    return Result(
        verdict=verdict,
        passes=verdict == scenario.expected and not is_hammered,
        why=why or (f"{most_calls} calls of the first model" if is_hammered else ""),
        seconds=round(max(one.answer.seconds for one in chats), 3),
        first_text_seconds=round(max(texts), 3) if texts else None,
        back_seconds=None if back_seconds is None else round(back_seconds, 3),
        calls=(called.count(first), len(called) - called.count(first)),
    )


def _send(scenario: Scenario, chat: Target, gemini: Emulation, first: str) -> Iterator[_Chat]:
    """Sends all chats, or those up to the first model's return."""
    started = time.monotonic()
    for number in range(scenario.chats):
        # The pace of the visitors, not a wait for something to happen.
        time.sleep(max(0.0, started + number * scenario.every - time.monotonic()))
        since_fault = time.monotonic() - started - scenario.fault_seconds
        before = len(gemini.calls())
        (reply,) = ask_all(chat, requests=1)
        called = tuple(call.model for call in gemini.calls()[before:])
        yield (sent := _Chat(since_fault, read(reply), called))
        if _is_back(scenario, sent, first):
            return


def _is_back(scenario: Scenario, chat: _Chat, first: str) -> bool:
    """Whether the fault is over and the first model has answered, where that is waited for."""
    is_over = scenario.limits.back is not None and chat.since_fault >= 0
    return is_over and chat.answered_by == first


def _judge_return(seconds: float | None, limit: float) -> tuple[Verdict, str]:
    if seconds is None:
        return Verdict.LATE, "never back on the first model"
    if seconds > limit:
        return Verdict.LATE, f"back after {seconds:.0f} s"
    return Verdict.WHOLE, ""
