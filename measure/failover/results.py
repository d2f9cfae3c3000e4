"""Stores the results: one JSON file, each subject replaced when it has been played."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from measure.bench.subjects import REPOSITORY
from measure.failover.play import Result
from measure.failover.verdict import Verdict

RESULTS = REPOSITORY / "docs/failover/results.json"


@dataclass(frozen=True, slots=True)
class Played:
    """What one subject has shown.

    Attributes:
        version: Its version; empty for Nexus, which is this commit.
        taken: The day, as in 2026-11-27.
        results: By the scenario's id.
    """

    version: str
    taken: str
    results: Mapping[str, Result]


def read(file: Path = RESULTS) -> dict[str, Played]:
    """All subjects of a file, by name; none if there is no file yet."""
    if not file.exists():
        return {}
    return {
        name: Played(kept["version"], kept["taken"], _results(kept["results"]))
        for name, kept in json.loads(file.read_text(encoding="utf-8")).items()
    }


def keep(name: str, version: str, results: Mapping[str, Result], file: Path = RESULTS) -> None:
    """Stores the results of one subject, in place of earlier ones."""
    played = read(file) | {
        name: Played(version, datetime.now(UTC).date().isoformat(), dict(results))
    }
    kept = {name: asdict(one) for name, one in played.items()}
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(json.dumps(kept, indent=2) + "\n", encoding="utf-8")


def _results(kept: Mapping[str, dict[str, Any]]) -> dict[str, Result]:
    return {
        id_: Result(
            **fields | {"verdict": Verdict(fields["verdict"]), "calls": tuple(fields["calls"])}
        )
        for id_, fields in kept.items()
    }
