"""Each scenario says what happens, where it was seen and what must be shown, and can be played."""

from __future__ import annotations

import re

import pytest

from tools.emulator.emulation import Emulation
from tools.emulator.scenarios import TEXT, Scenario, scenarios

by_id = pytest.mark.parametrize("scenario", scenarios(), ids=lambda scenario: scenario.id)


def test_there_are_sixteen() -> None:
    assert [scenario.id for scenario in scenarios()] == [f"S{n:02}" for n in range(1, 17)]
    assert len(TEXT.split()) == 60


@by_id
def test_a_scenario_is_complete(scenario: Scenario) -> None:
    assert all((scenario.title, scenario.fault, scenario.must_show))
    assert re.fullmatch(r"[\w.-]+/[\w.-]+#\d+|ai\.google\.dev/[\w/-]+", scenario.seen)
    assert any(told["model"] == "first" for told in scenario.behaviours)


@by_id
def test_the_emulator_knows_what_it_is_told_and_every_other_model_answers(
    scenario: Scenario,
) -> None:
    emulation = Emulation()

    scenario.tell(emulation, "a")

    told = next(told for told in scenario.behaviours if told["model"] == "first")
    assert emulation.next_behaviour("a").name == told["behaviour"]
    other = emulation.next_behaviour("b")
    assert (other.name, other.options["text"]) == ("answer", TEXT)


def test_only_the_outage_of_a_minute_ends_by_itself() -> None:
    assert {s.id: s.fault_seconds for s in scenarios() if s.fault_seconds} == {"S15": 60}
