"""What a poll costs a warm function."""

from __future__ import annotations

from collections.abc import Sequence

from measure.bench.results import Row, interleaved
from measure.bench.stand import Stand
from measure.bench.subjects import Subject

ROUNDS = 7
_SECONDS = 1.0
_REQUESTS = 600


def measure(stand: Stand, subjects: Sequence[Subject]) -> Row:
    """By one after another, and by twenty at once."""
    row = Row()
    with stand.start_all(list(subjects)) as all_standing:
        for standing in interleaved(ROUNDS, all_standing):
            for clients in (1, 20):
                load = standing.load(
                    standing.asking(), clients=clients, requests=_REQUESTS, seconds=_SECONDS
                )
                measures = load.measures()
                row.add(
                    standing.subject.name,
                    **{f"{measure}_{clients}": value for measure, value in measures.items()},
                )
    return row
