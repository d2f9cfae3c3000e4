"""The tables of docs/simulation.md, between its markers, from the results."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

from measure.simulation.scenarios import FLEETS, SCENARIOS
from measure.simulation.sweeps import SWEEPS

Show = Callable[[dict[str, Any]], Any]
"""What a table shows of one run."""

MEASURES: dict[str, tuple[str, Show]] = {
    "wasted": ("Calls wasted", lambda found: found["wasted"]),
    "probes": ("Probes", lambda found: found["probes"]),
    "hottest": (
        "Writes of the hottest document in one second",
        lambda found: found["hottest"]["writes_in_a_second"],
    ),
    "operations": (
        "Calls of the store in one second, all together",
        lambda found: found["operations_in_a_second"],
    ),
    "know": ("Seconds until 99 % of the instances know", lambda found: found["nearly_all_know"]),
    "last": ("Seconds until the last wasted call", lambda found: found["last_wasted"]),
    "used": (
        "Seconds from recovery to the last chat past the primary",
        lambda found: found["used_by_all"],
    ),
    "refused": (
        "Answers refused, of 100 chats",
        lambda found: round(100 * found["refused"] / found["chats"], 1),
    ),
}


def write_page(path: Path, found: dict[str, Any]) -> None:
    """Puts the tables of some results into the page."""
    path.write_text(with_tables(path.read_text(encoding="utf-8"), found), encoding="utf-8")


def with_tables(text: str, found: dict[str, Any]) -> str:
    """The page's text with the tables of some results between its markers."""
    for name, table in tables(found).items():
        begin, end = f"<!-- table: {name} -->\n", f"<!-- end: {name} -->"
        before, has_begin, rest = text.partition(begin)
        _, has_end, after = rest.partition(end)
        if not (has_begin and has_end):
            raise ValueError(f"the page has no place for the table {name}")
        text = f"{before}{begin}\n{table}\n{end}{after}"
    return text


def tables(found: dict[str, Any]) -> dict[str, str]:
    """Every table, by the name of its place."""
    made = {name: _by_fleet(found, title, show) for name, (title, show) in MEASURES.items()}
    made |= {f"sweep {name}": _sweep(name, found["sweeps"][name]) for name in SWEEPS}
    made["drill"] = _drill(found["drill"])
    return made


def _by_fleet(found: dict[str, Any], title: str, show: Show) -> str:
    rows = []
    for name, scenario in SCENARIOS.items():
        shown = [_cell(show(run)) for run in found["scenarios"][name]]
        if set(shown) != {"–"}:
            rows.append([scenario.title, *shown])
    return _table([title, *(f"{size:,}" for size in FLEETS)], rows)


def _sweep(name: str, points: list[dict[str, Any]]) -> str:
    sweep = SWEEPS[name]
    heads = [
        f"{label}, {size:,} instances" for label in sweep.shows.values() for size in sweep.fleets
    ]
    rows = []
    for value in sweep.values:
        at = {point["instances"]: point for point in points if point["value"] == value}
        shown = [_cell(at[size][show]) for show in sweep.shows for size in sweep.fleets]
        rows.append([f"**{value:g}**" if value == sweep.default else f"{value:g}", *shown])
    return _table([sweep.title, *heads], rows)


def _drill(runs: list[dict[str, Any]]) -> str:
    return _table(
        ["Seed", *(str(number) for number in range(1, len(runs) + 1))],
        [
            ["calls to the primary", *(_cell(run["refused_calls"]) for run in runs)],
            ["the last of them after (s)", *(_cell(run["last_wasted"]) for run in runs)],
        ],
    )


def _table(head: Iterable[str], rows: Iterable[Iterable[str]]) -> str:
    head = list(head)
    lines = ["| " + " | ".join(head) + " |", "| --- |" + " ---: |" * (len(head) - 1)]
    lines += ["| " + " | ".join(row) + " |" for row in rows]
    return "\n".join(lines) + "\n"


def _cell(value: float | None) -> str:
    if value is None:
        return "–"
    if isinstance(value, int):
        return f"{value:,}"
    if abs(value) >= 100:
        return f"{value:,.0f}"
    return f"{value:.2g}" if abs(value) < 1 else f"{value:.1f}"
