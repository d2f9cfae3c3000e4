"""docs/simulation.md shows what was played, and all of it."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest

from measure.simulation.page import tables, with_tables
from measure.simulation.results import keys
from measure.simulation.scenarios import FLEETS, SCENARIOS
from measure.simulation.sweeps import SWEEPS

DOCS = Path(__file__).parents[3] / "docs"
PAGE = (DOCS / "simulation.md").read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def results() -> dict[str, Any]:
    found: dict[str, Any] = json.loads((DOCS / "simulation" / "results.json").read_text())
    return found


def test_the_tables_are_those_of_the_results(results: dict[str, Any]) -> None:
    assert with_tables(PAGE, results) == PAGE, "run: make simulate"


def test_another_result_would_be_noticed(results: dict[str, Any]) -> None:
    results = json.loads(json.dumps(results))
    results["scenarios"]["outage"][0]["wasted"] += 1

    assert with_tables(PAGE, results) != PAGE


def test_a_table_without_its_place_is_noticed(results: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match="no place"):
        with_tables(PAGE.replace("<!-- table: drill -->", ""), results)


def test_everything_was_played(results: dict[str, Any]) -> None:
    assert list(results["scenarios"]) == list(SCENARIOS)
    assert all(len(runs) == len(FLEETS) for runs in results["scenarios"].values())
    assert {name: len(points) for name, points in results["sweeps"].items()} == {
        name: len(sweep.fleets) * len(sweep.values) for name, sweep in SWEEPS.items()
    }
    assert len(set(keys())) == len(keys())


def test_every_plot_is_there_and_shown() -> None:
    shown = set(re.findall(r"\]\(simulation/([\w-]+)\.svg\)", PAGE))

    assert shown == {path.stem for path in (DOCS / "simulation").glob("*.svg")}
    assert set(SWEEPS) < shown


def test_each_table_is_a_table(results: dict[str, Any]) -> None:
    for table in tables(results).values():
        head, line, *rows = table.splitlines()
        assert rows
        assert {row.count("|") for row in (head, line, *rows)} == {head.count("|")}
