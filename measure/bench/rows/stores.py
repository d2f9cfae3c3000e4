"""What the store and the limits for each visitor add to a chat."""

from __future__ import annotations

from collections.abc import Sequence

from measure.bench.results import Row, interleaved
from measure.bench.rows.chats import ROUNDS, SECONDS
from measure.bench.stand import Stand
from measure.bench.subjects import Subject

CLIENTS = 100
PEOPLE = 2000
"""Nobody asks twice, so nobody is refused."""


def measure(stand: Stand, subjects: Sequence[Subject]) -> Row:
    """A hundred at once, each with an address of their own."""
    row = Row()
    stand.upstream.reset()
    with stand.start_all(list(subjects)) as all_standing:
        for number, standing in enumerate(interleaved(ROUNDS, all_standing)):
            asking = standing.subject.asks_of_many(
                standing.running.url, PEOPLE, first=number * PEOPLE, stream=True
            )
            load = standing.load(*asking, clients=CLIENTS, requests=PEOPLE, seconds=SECONDS)
            row.add(standing.subject.name, **load.measures())
    return row
