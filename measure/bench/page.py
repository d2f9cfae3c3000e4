"""Writes docs/performance.md from the stored results: `python -m measure.bench.page`."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from itertools import chain
from pathlib import Path

from measure.bench import goals
from measure.bench.catalogue import NEXUS, PEERS
from measure.bench.results import Row, read, taken_on
from measure.bench.row import Measured, Table
from measure.bench.spread import spread
from measure.bench.subjects import REPOSITORY

PAGE = REPOSITORY / "docs/performance.md"
RESULTS = REPOSITORY / "docs/performance/results.json"
PEERS_RESULTS = REPOSITORY / "docs/performance/peers.json"


def generated(results: Path = RESULTS, peers: Path = PEERS_RESULTS) -> dict[str, str]:
    """The generated parts of the page, by the name of their markers."""
    ours, theirs = read(results), read(peers)
    return {
        "goals": goals.table(ours, theirs),
        "results": sections(NEXUS, ours) + taken_on(results),
        "peers": sections(PEERS, theirs) + taken_on(peers),
    }


def write(page: Path = PAGE) -> None:
    """Updates the page."""
    text = page.read_text(encoding="utf-8")
    for name, body in generated().items():
        text = put(text, name, body)
    page.write_text(text, encoding="utf-8")


def put(text: str, name: str, body: str, command: str = "make bench") -> str:
    """The page's text with `body` between the markers of `name`.

    Raises:
        ValueError: The text has no such markers.
    """
    begin, end = f"<!-- {name}: written by {command} -->", f"<!-- end of {name} -->"
    found = re.search(f"{re.escape(begin)}.*?{re.escape(end)}", text, re.DOTALL)
    if found is None:
        raise ValueError(f"there are no markers of {name}")
    return f"{text[: found.start()]}{begin}\n\n{body.strip()}\n\n{end}{text[found.end() :]}"


def sections(catalogue: Sequence[Measured], rows: Mapping[str, Row]) -> str:
    """All measured rows with their tables."""
    parts = []
    for measured in catalogue:
        if row := rows.get(measured.name):
            parts.append(f"### {measured.title}\n")
            parts += [tabled(table, row) for table in measured.tables]
            parts += [f"{who}: {remark}.\n" for who, remark in row.remarks.items()]
    return "\n".join(parts)


def tabled(table: Table, row: Row) -> str:
    """One table, with a line for each subject that has something to show."""
    heads = ["", *(column.head for column in table.columns)]
    lines = [f"| {' | '.join(heads)} |", f"|{' --- |' * len(heads)}"]
    numbers: list[float] = []
    for who in row.samples:
        cells = [
            goals.counted(row, who, column.measure, column.multiple_of, column.above)
            if who != column.above
            else []
            for column in table.columns
        ]
        numbers += chain.from_iterable(cells)
        if any(cells):
            shown = [spread(cell).text() if cell else "–" for cell in cells]
            lines.append(f"| {' | '.join([who, *shown])} |")
    if table.if_all_zero and numbers and not any(numbers):
        return f"{table.if_all_zero}\n"
    return "\n".join([table.about, "", *lines, ""]) if numbers else ""


if __name__ == "__main__":
    write()
