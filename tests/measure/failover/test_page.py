"""docs/failover.md shows what results.json holds, and nothing else."""

from __future__ import annotations

from pathlib import Path

import pytest

from measure.bench.page import put
from measure.failover import page, results
from measure.failover.play import Result
from measure.failover.results import Played, keep, read
from measure.failover.verdict import Verdict
from tools.emulator.scenarios import scenarios

WHOLE = Result(
    verdict=Verdict.WHOLE,
    passes=True,
    why="",
    seconds=1.04,
    first_text_seconds=0.1,
    back_seconds=None,
    calls=(1, 1),
)
CUT = Result(
    verdict=Verdict.FALSE,
    passes=False,
    why="10 of 60 words, finish reason None",
    seconds=2.0,
    first_text_seconds=0.1,
    back_seconds=None,
    calls=(1, 0),
)


@pytest.mark.parametrize("name", ["verdicts", "scenarios"])
def test_the_page_shows_what_was_played(name: str) -> None:
    text = page.PAGE.read_text()

    body = page.generated(read())[name]

    assert put(text, name, body, page.COMMAND) == text, "run: python -m measure.failover.page"


def test_nexus_passes_all_sixteen() -> None:
    played = read()["Nexus"]

    assert {id_: one.why for id_, one in played.results.items() if not one.passes} == {}
    assert set(played.results) == {scenario.id for scenario in scenarios()}


def test_a_verdict_that_is_not_the_right_one_is_bold_and_says_why() -> None:
    shown = page.generated({"Portkey": Played("1.0", "2026-11-27", {"S01": WHOLE, "S02": CUT})})

    rows = shown["verdicts"].splitlines()
    assert rows[2].endswith("| whole, 1.0 s, 1 + 1 |")
    assert rows[3].endswith("| **false**, 2.0 s, 1 + 0<br>10 of 60 words, finish reason None |")
    assert rows[18] == "|  | as they must be | not installed | not installed | 1 of 16 |"
    assert "Played: Portkey 1.0 on 2026-11-27." in shown["verdicts"]


def test_results_are_kept_for_each_subject(tmp_path: Path) -> None:
    file = tmp_path / "failover" / "results.json"

    keep("A", "1", {"S01": CUT}, file)
    keep("B", "", {"S02": CUT}, file)
    keep("A", "2", {"S01": WHOLE}, file)

    kept = results.read(file)
    assert {name: (one.version, one.results) for name, one in kept.items()} == {
        "A": ("2", {"S01": WHOLE}),
        "B": ("", {"S02": CUT}),
    }
