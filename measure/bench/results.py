"""The stored results: one JSON file, each row written as soon as it is complete."""

from __future__ import annotations

import json
import os
import platform
import re
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from importlib import metadata
from pathlib import Path
from typing import Any, TypeVar

Samples = dict[str, dict[str, list[float]]]
"""By subject and measure: one number for each round."""

Item = TypeVar("Item")

_PACKAGES = (
    "functions-framework",
    "gunicorn",
    "flask",
    "google-genai",
    "google-cloud-firestore",
)


@dataclass(slots=True)
class Row:
    """One row of results.

    Attributes:
        samples: Numbers by subject and measure.
        remarks: Why a subject could not be measured.
        taken: When the row was complete.
    """

    samples: Samples = field(default_factory=lambda: defaultdict(lambda: defaultdict(list)))
    remarks: dict[str, str] = field(default_factory=dict)
    taken: str = ""

    def add(self, subject: str, **measures: float) -> None:
        """Adds one round's numbers."""
        for measure, value in measures.items():
            self.samples[subject][measure].append(value)

    def of(self, subject: str, measure: str) -> list[float]:
        """The numbers of all rounds; empty if there are none."""
        return list(self.samples.get(subject, {}).get(measure, []))


def read(file: Path) -> dict[str, Row]:
    """All rows of a file, by name; none if there is no file yet."""
    if not file.exists():
        return {}
    kept = json.loads(file.read_text())["rows"]
    return {name: Row(row["samples"], row["remarks"], row["taken"]) for name, row in kept.items()}


def keep(file: Path, name: str, row: Row, versions: Mapping[str, str]) -> None:
    """Stores one row in a file, replacing an earlier one of that name."""
    kept: dict[str, Any] = json.loads(file.read_text()) if file.exists() else {"rows": {}}
    kept["machine"] = {
        "processors": len(os.sched_getaffinity(0)),
        "system": platform.system(),
        "python": platform.python_version(),
    }
    kept["versions"] = {name: metadata.version(name) for name in _PACKAGES} | dict(versions)
    kept["rows"][name] = {
        "taken": datetime.now(UTC).isoformat(timespec="seconds"),
        "samples": {
            subject: {measure: [_short(x) for x in values] for measure, values in found.items()}
            for subject, found in row.samples.items()
        },
        "remarks": row.remarks,
    }
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(_compact(json.dumps(kept, indent=2)) + "\n")


def taken_on(file: Path) -> str:
    """When, where and with which versions a file's numbers were measured."""
    if not file.exists():
        return "Nothing was measured yet."
    kept = json.loads(file.read_text())
    machine = kept["machine"]
    days = sorted({row["taken"][:10] for row in kept["rows"].values()})
    versions = ", ".join(f"{name} {version}" for name, version in kept["versions"].items())
    return (
        f"\nMeasured on {' and '.join(days)}: {machine['processors']} processors,"
        f" {machine['system']}, Python {machine['python']}.\n{versions}.\n"
    )


def interleaved(rounds: int, items: Sequence[Item]) -> Iterator[Item]:
    """A B C, A B C, …: so a change of the machine affects all of them."""
    for _ in range(rounds):
        yield from items


def _short(value: float) -> float:
    return float(f"{value:.4g}")


def _compact(text: str) -> str:
    """Puts each list of numbers on one line."""
    return re.sub(r"\[\s+([^\[\]{}]*?)\s+\]", lambda found: f"[{' '.join(found[1].split())}]", text)
