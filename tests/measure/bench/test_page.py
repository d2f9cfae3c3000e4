"""docs/performance.md shows what the JSON files hold, and nothing else."""

from __future__ import annotations

import pytest

from measure.bench import catalogue, goals, page
from measure.bench.results import Row
from measure.bench.row import Column, Table
from measure.bench.subjects import AVAILABILITY, BARE, CHAT


@pytest.mark.parametrize("name", list(page.generated()))
def test_the_page_shows_what_was_measured(name: str) -> None:
    text = page.PAGE.read_text()

    assert page.put(text, name, page.generated()[name]) == text, "run: python -m measure.bench.page"


def test_what_is_between_markers_is_replaced_alone() -> None:
    begin, end = "<!-- x: written by make bench -->", "<!-- end of x -->"

    put = page.put(f"before\n{begin}\nold\n{end}\nafter\n", "x", "new")

    assert put == f"before\n{begin}\n\nnew\n\n{end}\nafter\n"


def test_a_page_without_markers_is_refused() -> None:
    with pytest.raises(ValueError, match="no markers of x"):
        page.put("no markers", "x", "new")


def test_a_table_shows_numbers_against_those_of_the_floor() -> None:
    row = Row()
    for floor, other in ((1.0, 3.0), (2.0, 6.0)):
        row.add("floor", ms=floor)
        row.add("other", ms=other)
    columns = [
        Column("ms", "ms"),
        Column("times", "ms", multiple_of="floor"),
        Column("over", "ms", above="floor"),
        Column("nothing", "none"),
    ]

    assert page.tabled(Table("About it.", columns), row).splitlines() == [
        "About it.",
        "",
        "|  | ms | times | over | nothing |",
        "| --- | --- | --- | --- | --- |",
        "| floor | 1.5 (1–2) | 1 | – | – |",
        "| other | 4.5 (3–6) | 3 | 3 (1.5–4.5) | – |",
    ]


@pytest.mark.parametrize(("failed", "is_table"), [(0.0, False), (1.0, True)])
def test_a_table_of_zeros_is_a_sentence(failed: float, is_table: bool) -> None:
    row = Row()
    row.add("one", failed=failed)
    table = Table("Incomplete.", [Column("failed", "failed")], if_all_zero="All complete.")

    shown = page.tabled(table, row)

    assert ("| one |" in shown, "All complete." in shown) == (is_table, not is_table)


def test_a_table_that_nobody_is_in_is_left_out() -> None:
    assert page.tabled(Table("About it.", [Column("ms", "ms")]), Row()) == ""


def cold_start(seconds: float) -> dict[str, Row]:
    row = Row()
    row.add(BARE.name, seconds=1.0)
    row.add(AVAILABILITY.name, seconds=seconds)
    return {"cold-start": row}


@pytest.mark.parametrize(("seconds", "met"), [(1.8, "yes"), (1.81, "**no**")])
def test_a_goal_is_met_up_to_its_limit(seconds: float, met: str) -> None:
    first = goals.table(cold_start(seconds), {}).splitlines()[2]

    assert first.endswith(f"| {seconds} × | {met} |")


@pytest.mark.parametrize(("per_second", "met"), [(150.0, "yes"), (149.0, "**no**")])
def test_a_goal_that_is_to_be_reached_is_met_from_there(per_second: float, met: str) -> None:
    (goal,) = (g for g in goals.GOALS if g.at_least and not g.is_stretch)
    row = Row()
    row.add(goal.who.name, **{goal.measure: per_second})
    row.add(goal.multiple_of or "", **{goal.measure: 100.0})

    (line,) = (line for line in goals.table({}, {goal.row: row}).splitlines() if goal.text in line)

    assert line.endswith(f"| {met} |")


def test_what_was_not_measured_is_not_met() -> None:
    assert goals.table({}, {}).count("| not measured | – |") == len(goals.GOALS)


def test_every_goal_is_about_something_that_is_measured() -> None:
    rows = {
        with_peers: {row.name: row for row in catalogue}
        for with_peers, catalogue in ((False, catalogue.NEXUS), (True, catalogue.PEERS))
    }
    for goal in goals.GOALS:
        row = rows[goal.with_peers][goal.row]
        names = {subject.name for subject in row.subjects}
        measures = {column.measure for table in row.tables for column in table.columns}

        assert goal.who.name in names, goal.text
        assert goal.multiple_of is None or goal.multiple_of in names, goal.text
        assert goal.measure in measures, goal.text


def test_names_of_subjects_are_their_own() -> None:
    for rows in (catalogue.NEXUS, catalogue.PEERS):
        for row in rows:
            names = [subject.name for subject in row.subjects]
            assert len(names) == len(set(names)), row.name
    assert CHAT.name in {subject.name for subject in catalogue.NEXUS[0].subjects}
