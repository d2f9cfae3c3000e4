"""Scenarios that take no time, played against the chat as it is deployed."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from measure.bench.load import Target
from measure.bench.rig import MODEL
from measure.failover.play import play
from measure.failover.subjects import NEXUS
from measure.failover.verdict import Verdict
from tools.emulator.scenarios import Limits, scenarios
from tools.emulator.server import Emulator
from tools.testkit.serving import API_KEY, ServedFunction, serve

SCENARIOS = {scenario.id: scenario for scenario in scenarios()}


@pytest.fixture(scope="module")
def gemini() -> Iterator[Emulator]:
    with Emulator() as emulator:
        yield emulator


@pytest.fixture
def chat(gemini: Emulator, tmp_path: Path) -> Iterator[Target]:
    environ = {
        "GEMINI_API_KEY": API_KEY,
        "GOOGLE_GEMINI_BASE_URL": gemini.url,
        "NEXUS_STATE": f"sqlite:{tmp_path / 'nexus.db'}",
    }
    with serve("chat", environ, tmp_path / "log") as function:
        yield streamed(function)


def streamed(function: ServedFunction) -> Target:
    body = {"messages": [{"role": "user", "content": "Why?"}], "stream": True, **NEXUS.body}
    return Target(f"{function.url}/v1/chat/completions", body)


@pytest.mark.parametrize(
    ("id_", "calls"), [("S08", (1, 1)), ("S12", (1, 1)), ("S13", (1, 0)), ("S14", (1, 1))]
)
def test_a_fault_ends_as_it_must(
    id_: str, calls: tuple[int, int], chat: Target, gemini: Emulator
) -> None:
    result = play(SCENARIOS[id_], chat, gemini, MODEL)

    assert (result.passes, result.calls) == (True, calls), result


def test_a_fault_that_is_over_shows_who_answers_again(chat: Target, gemini: Emulator) -> None:
    scenario = replace(SCENARIOS["S15"], behaviours=(), chats=3, every=0)

    result = play(scenario, chat, gemini, MODEL)

    assert (result.verdict, result.calls) == (Verdict.WHOLE, (1, 0))
    assert result.back_seconds is not None


def test_a_first_model_that_never_answers_again_is_late(chat: Target, gemini: Emulator) -> None:
    scenario = replace(SCENARIOS["S12"], limits=Limits(back=10), max_calls=None, chats=2)

    result = play(scenario, chat, gemini, MODEL)

    assert (result.verdict, result.why) == (Verdict.LATE, "never back on the first model")
    assert not result.passes


def test_a_model_that_is_called_too_often_fails_whatever_is_shown(
    chat: Target, gemini: Emulator
) -> None:
    scenario = replace(SCENARIOS["S04"], max_calls=1)

    result = play(scenario, chat, gemini, MODEL)

    assert (result.verdict, result.passes) == (Verdict.WHOLE, False)
    assert result.why == "2 calls of the first model"
