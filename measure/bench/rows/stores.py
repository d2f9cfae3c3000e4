"""What the store and visitor limits add to a chat."""

from __future__ import annotations

from collections.abc import Sequence

from measure.bench.results import Row, interleaved
from measure.bench.rig import Rig
from measure.bench.rows.chats import ROUNDS, SECONDS
from measure.bench.subjects import Subject

CLIENTS = 100
PEOPLE = 2000
"""Nobody asks twice, so no limit is reached."""


def measure(rig: Rig, subjects: Sequence[Subject]) -> Row:
    """Measures a hundred streams at once, each from another address."""
    row = Row()
    rig.upstream.reset()
    with rig.start_all(list(subjects)) as all_served:
        for number, served in enumerate(interleaved(ROUNDS, all_served)):
            asking = served.subject.asks_of_many(
                served.running.url, PEOPLE, first=number * PEOPLE, stream=True
            )
            load = served.load(*asking, clients=CLIENTS, requests=PEOPLE, seconds=SECONDS)
            row.add(served.subject.name, **load.measures())
    return row
