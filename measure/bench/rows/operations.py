"""The Firestore operations of chats, as Google bills them."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace

from measure.bench.firestore_meter import FirestoreMeter
from measure.bench.load import OpenLoop
from measure.bench.results import Row, interleaved
from measure.bench.rig import Rig
from measure.bench.subjects import Subject

ROUNDS = 2
PER_SECOND = 50.0
_CHATS = 500


def measure(rig: Rig, subjects: Sequence[Subject]) -> Row:
    """Measures plain chats at a steady rate, each from another visitor."""
    row = Row()
    assert rig.environment.firestore is not None, "it needs the Firestore emulator"
    database = rig.environment.firestore()
    rig.upstream.reset()
    rig.upstream.behave(gap_seconds=0)
    with FirestoreMeter(database["FIRESTORE_EMULATOR_HOST"]) as meter:
        metered = {**database, "FIRESTORE_EMULATOR_HOST": meter.host}
        through = replace(rig, environment=replace(rig.environment, firestore=lambda: metered))
        for subject in interleaved(ROUNDS, subjects):
            with through.start(subject) as served:
                asking = subject.asks_of_many(
                    served.running.url, _CHATS, first=10_000, stream=False
                )
                meter.reset()
                with OpenLoop(asking, PER_SECOND) as load:
                    while len(load.replies) < _CHATS:
                        threading.Event().wait(0.05)
                kinds = Counter(str(operation.kind) for operation in meter.operations())
                chats = len(load.replies)
                row.add(
                    subject.name,
                    reads=1000 * kinds["read"] / chats,
                    writes=1000 * kinds["write"] / chats,
                    deletes=1000 * kinds["delete"] / chats,
                    reads_per_second=kinds["read"] * PER_SECOND / chats,
                )
    rig.upstream.reset()
    return row
