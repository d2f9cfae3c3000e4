"""docs/simulation/rules.md shows what was played, and the rules as they are keep their promises."""

from __future__ import annotations

import json

import pytest

from fallback.core.window_rules import WindowRules
from measure.simulation.outages import OUTAGES
from measure.simulation.report import FOLDER, Cell, keys, page, play
from measure.simulation.rules import AS_IT_IS, RULES
from measure.simulation.settings import default_rules

FOUND: dict[str, Cell] = json.loads((FOLDER / "rules.json").read_text(encoding="utf-8"))
LARGE = [("by-chance", 20), ("by-chance", 100), ("by-chance", 500)]
QUIET = [name for name, outage in OUTAGES.items() if outage.fleets == (1,)]


def as_it_is(name: str, instances: int) -> Cell:
    return FOUND[f"{name}/{instances}/{AS_IT_IS}"]


def at_most(cell: Cell, **bounds: float) -> bool:
    return all((value := cell[name]) is not None and value <= bounds[name] for name in bounds)


def test_the_page_is_that_of_the_results() -> None:
    assert (FOLDER / "rules.md").read_text(encoding="utf-8") == page(FOUND)


def test_every_rule_was_played_in_every_outage() -> None:
    assert list(FOUND) == ["/".join(map(str, key)) for key in keys()]


def test_the_service_has_the_rules_that_were_played() -> None:
    assert default_rules() == WindowRules()


@pytest.mark.parametrize("rule", list(RULES))
@pytest.mark.parametrize("name", QUIET)
def test_the_results_are_those_of_the_present_code(name: str, rule: str) -> None:
    assert play((name, 1, rule)) == FOUND[f"{name}/1/{rule}"], (
        "run: python -m measure.simulation.report"
    )


@pytest.mark.parametrize(("name", "instances"), LARGE)
def test_chance_sets_no_healthy_model_aside(name: str, instances: int) -> None:
    assert at_most(as_it_is(name, instances), passed_percent=0.1)


@pytest.mark.parametrize("instances", [20, 100])
def test_an_outage_of_a_minute_is_soon_known_and_soon_over(instances: int) -> None:
    found = as_it_is("minute", instances)

    assert at_most(found, wasted_per_instance=2, set_aside_seconds=2, back_seconds=10)


def test_a_chat_each_four_seconds_is_back_within_ten_seconds() -> None:
    assert at_most(as_it_is("each-four-seconds", 1), back_seconds=10)


@pytest.mark.parametrize(("name", "chats", "calls"), [("dead", 2, 4), ("silent", 3, 3)])
def test_one_chat_a_minute_pays_for_probes_alone_once_the_model_is_set_aside(
    name: str, chats: int, calls: int
) -> None:
    found = as_it_is(f"{name}-each-minute", 1)

    assert found["failed_per_instance"] == calls
    assert at_most(found, set_aside_seconds=60 * chats)
