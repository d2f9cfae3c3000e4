"""Writes docs/failover.md from the stored results: `python -m measure.failover.page`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from measure.bench.page import put
from measure.bench.subjects import REPOSITORY
from measure.failover.play import Result
from measure.failover.results import Played, read
from measure.failover.subjects import NEXUS, PEERS
from tools.emulator.scenarios import Scenario, scenarios

PAGE = REPOSITORY / "docs/failover.md"
COMMAND = "make failover"
_NAMES = tuple(subject.name for subject in (NEXUS, *PEERS))


def generated(played: Mapping[str, Played]) -> dict[str, str]:
    """The generated parts of the page, by the name of their markers."""
    return {"verdicts": _verdicts(played), "scenarios": _scenarios()}


def write(page: Path = PAGE) -> None:
    """Updates the page."""
    text = page.read_text(encoding="utf-8")
    for name, body in generated(read()).items():
        text = put(text, name, body, COMMAND)
    page.write_text(text, encoding="utf-8")


def _verdicts(played: Mapping[str, Played]) -> str:
    rows = [
        [scenario.id, scenario.title, *(_cell(played.get(name), scenario) for name in _NAMES)]
        for scenario in scenarios()
    ]
    rows.append(["", "as they must be", *(_score(played.get(name)) for name in _NAMES)])
    return _table(["", "Fault", *_NAMES], rows) + "\n\n" + _taken(played)


def _cell(played: Played | None, scenario: Scenario) -> str:
    result = played.results.get(scenario.id) if played else None
    if result is None:
        return "–"
    verdict = str(result.verdict) if result.passes else f"**{result.verdict}**"
    why = f"<br>{result.why}" if result.why and not result.passes else ""
    first, others = result.calls
    return f"{verdict}, {_seconds(result)}, {first} + {others}{why}"


def _seconds(result: Result) -> str:
    if result.back_seconds is not None:
        return f"back after {result.back_seconds:.1f} s"
    return f"{result.seconds:.1f} s"


def _score(played: Played | None) -> str:
    if played is None:
        return "not installed"
    return f"{sum(result.passes for result in played.results.values())} of {len(scenarios())}"


def _taken(played: Mapping[str, Played]) -> str:
    shown = [
        f"{name}{' ' if one.version else ''}{one.version} on {one.taken}"
        for name in _NAMES
        if (one := played.get(name))
    ]
    return f"Played: {', '.join(shown) or 'nothing yet'}."


def _scenarios() -> str:
    rows = [
        [scenario.id, scenario.fault, scenario.must_show, _source(scenario.seen)]
        for scenario in scenarios()
    ]
    return _table(["", "What the models do", "What must be shown", "Seen"], rows)


def _source(seen: str) -> str:
    repository, is_issue, number = seen.partition("#")
    if is_issue:
        return f"[{seen}](https://github.com/{repository}/issues/{number})"
    return f"[{Path(seen).name}](https://{seen})"


def _table(heads: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    lines = [f"| {' | '.join(heads)} |", f"|{' --- |' * len(heads)}"]
    return "\n".join([*lines, *(f"| {' | '.join(row)} |" for row in rows)])


if __name__ == "__main__":
    write()
