"""Plain and streamed chats, few and many at once."""

from __future__ import annotations

from collections.abc import Container, Sequence
from typing import NamedTuple

from measure.bench.results import Row, interleaved
from measure.bench.rig import Load, Rig
from measure.bench.subjects import Subject

ROUNDS = 3
SECONDS = 2.0
DIRECT = "the upstream itself"
_MOST_REQUESTS = 2000
_OF_THE_UPSTREAM = {"per_second", "p50", "first_text"}


class Cell(NamedTuple):
    """Streamed or plain, and the number of clients."""

    stream: bool
    clients: int

    @property
    def kind(self) -> str:
        """In words."""
        return "stream" if self.stream else "plain"

    @property
    def name(self) -> str:
        """The prefix of its measures."""
        return f"{self.kind}_{self.clients}"


def measure(rig: Rig, subjects: Sequence[Subject], cells: Sequence[Cell]) -> Row:
    """Measures each subject in each cell, and the upstream itself."""
    row = Row()
    rig.upstream.reset()
    with rig.start_all(list(subjects)) as all_served:
        for cell in interleaved(ROUNDS, cells):
            load = rig.load(
                stream=cell.stream, clients=cell.clients, requests=_MOST_REQUESTS, seconds=SECONDS
            )
            row.add(DIRECT, **_named(cell, load, _OF_THE_UPSTREAM))
            for served in all_served:
                load = served.load(
                    served.target(stream=cell.stream),
                    clients=cell.clients,
                    requests=_MOST_REQUESTS,
                    seconds=SECONDS,
                )
                row.add(served.subject.name, **_named(cell, load))
    return row


def _named(cell: Cell, load: Load, wanted: Container[str] | None = None) -> dict[str, float]:
    return {
        f"{cell.name}_{measure}": value
        for measure, value in load.measures().items()
        if wanted is None or measure in wanted
    }
