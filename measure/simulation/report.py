"""`python -m measure.simulation.report` plays every rule against every outage.

It writes docs/simulation/rules.json and rules.md, which a diff compares with those before.
"""

from __future__ import annotations

import json
import sys
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path
from typing import Any

from measure.simulation.outages import OUTAGES
from measure.simulation.rules import AS_IT_IS, RULES, with_rule
from measure.simulation.run import figures, run

FOLDER = Path(__file__).parents[2] / "docs" / "simulation"
SEED = 1

COLUMNS = {
    "passed_percent": "chats past a healthy primary (%)",
    "failed_per_instance": "failed calls per instance",
    "wasted_per_instance": "of them wasted",
    "set_aside_seconds": "set aside after (s)",
    "back_seconds": "back after its end (s)",
    "longest_wait_seconds": "longest wait (s)",
    "probes": "probes",
}

Key = tuple[str, int, str]
"""An outage, the number of instances, and a rule."""

Cell = dict[str, float | None]


def main() -> None:
    """Plays all cells, and writes both files."""
    with ProcessPoolExecutor() as pool:
        found = {}
        for key, cell in zip(keys(), pool.map(play, keys()), strict=True):
            found["/".join(map(str, key))] = cell
            print(*key, cell, file=sys.stderr)
    (FOLDER / "rules.json").write_text(json.dumps(found, indent=1) + "\n", encoding="utf-8")
    (FOLDER / "rules.md").write_text(page(found), encoding="utf-8")


def keys() -> list[Key]:
    """All cells of the report."""
    return [
        (name, instances, rule)
        for name, outage in OUTAGES.items()
        for instances in outage.fleets
        for rule in RULES
    ]


def play(key: Key) -> Cell:
    """What one rule does in one outage."""
    name, instances, rule = key
    plan = with_rule(OUTAGES[name].plan(instances), rule)
    found = figures(plan, run(plan, SEED))
    spells = [spell for model in plan.models.values() for spell in model.spells]
    begins = next((spell.begins for spell in spells if spell.share >= 1), None)
    set_aside = found["set_aside_at"]
    return {
        "passed_percent": _percent(found["passed_by_while_well"], found["chats_while_well"]),
        "failed_per_instance": _rounded(
            (found["refused_calls"] - found["failed_probes"]) / instances
        ),
        "wasted_per_instance": _rounded(found["wasted"] / instances),
        "set_aside_seconds": None
        if set_aside is None or begins is None
        else _rounded(set_aside - begins),
        "back_seconds": None
        if plan.recovers_at is None
        else _rounded(max(0.0, found["used_by_all"] or 0.0)),
        "longest_wait_seconds": _rounded(found["longest_wait"]),
        "probes": found["probes"],
    }


def page(found: dict[str, Any]) -> str:
    """The report as Markdown."""
    return "\n".join(
        [
            "# Every rule against every outage",
            "",
            "`python -m measure.simulation.report` writes this page.",
            "[At scale](../simulation.md#the-rules) says what follows from it.",
            "",
            "<!-- table: rules -->",
            "",
            *(_table(name, found) for name in OUTAGES),
            "<!-- end: rules -->",
            "",
        ]
    )


def _table(name: str, found: dict[str, Any]) -> str:
    outage = OUTAGES[name]
    sizes = ", ".join(map(str, outage.fleets))
    lines = [
        f"## {outage.title[0].upper()}{outage.title[1:]}",
        "",
        f"| {sizes} instance{'s' if outage.fleets != (1,) else ''} | "
        + " | ".join(COLUMNS.values())
        + " |",
        "| --- |" + " ---: |" * len(COLUMNS),
    ]
    for rule in RULES:
        cells = [found[f"{name}/{instances}/{rule}"] for instances in outage.fleets]
        shown = [" · ".join(_shown(cell[column]) for cell in cells) for column in COLUMNS]
        title = f"**{rule}**" if rule == AS_IT_IS else rule
        lines.append(f"| {title} | " + " | ".join(shown) + " |")
    return "\n".join([*lines, ""])


def _shown(value: float | None) -> str:
    return "–" if value is None else f"{value:,g}"


def _percent(some: int, all_of_them: int) -> float:
    return round(100 * some / all_of_them, 2)


def _rounded(value: float | None) -> float | None:
    return None if value is None else round(value, 1)


if __name__ == "__main__":
    main()
