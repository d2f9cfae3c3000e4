"""What a poll costs a warm function."""

from __future__ import annotations

from collections.abc import Sequence

from measure.bench.results import Row, interleaved
from measure.bench.rig import Rig
from measure.bench.subjects import Subject

ROUNDS = 7
_SECONDS = 1.0
_REQUESTS = 600


def measure(rig: Rig, subjects: Sequence[Subject]) -> Row:
    """Measures polls one after another, and twenty at once."""
    row = Row()
    with rig.start_all(list(subjects)) as all_served:
        for served in interleaved(ROUNDS, all_served):
            for clients in (1, 20):
                load = served.load(
                    served.target(), clients=clients, requests=_REQUESTS, seconds=_SECONDS
                )
                measures = load.measures()
                row.add(
                    served.subject.name,
                    **{f"{measure}_{clients}": value for measure, value in measures.items()},
                )
    return row
