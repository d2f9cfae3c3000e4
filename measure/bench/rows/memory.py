"""The memory of an instance, and what each open stream adds."""

from __future__ import annotations

import threading
import time
from collections.abc import Sequence

from measure.bench.load import ask_all
from measure.bench.results import Row, interleaved
from measure.bench.rig import Rig
from measure.bench.subjects import Subject

ROUNDS = 2
STREAMS = 200
_OPEN_SECONDS = 60.0
"""Far longer than opening all streams takes; the subject ends before."""

_SETTLE_SECONDS = 1.0


def measure(rig: Rig, subjects: Sequence[Subject]) -> Row:
    """Measures after twenty chats, and with 200 open streams."""
    row = Row()
    for subject in interleaved(ROUNDS, subjects):
        rig.upstream.reset()
        rig.upstream.behave(gap_seconds=0)
        with rig.start(subject, warm=False) as served:
            for stream in (False, True):
                served.load(served.target(stream=stream), requests=10, seconds=5)
            idle = served.running.memory_bytes()
            row.add(subject.name, idle=idle / 2**20)
            if subject.poll:
                continue
            rig.upstream.reset()
            rig.upstream.behave(chunks=2, gap_seconds=_OPEN_SECONDS)
            load = threading.Thread(
                target=ask_all,
                args=(served.target(stream=True),),
                kwargs={"clients": STREAMS, "requests": STREAMS},
            )
            load.start()
            streams = _opened(rig)
            held = served.running.memory_bytes() - idle
            row.add(subject.name, each=held / STREAMS / 1024, streams=streams)
        load.join()
    rig.upstream.reset()
    return row


def _opened(rig: Rig) -> int:
    """The number of open streams: all, or as many as a subject opens at once."""
    give_up_at = time.monotonic() + _OPEN_SECONDS / 2
    before = 0
    while before < STREAMS and time.monotonic() < give_up_at:
        time.sleep(_SETTLE_SECONDS)  # Also for the last stream's first text.
        streams = rig.upstream.count()
        if streams == before > 0:
            break
        before = streams
    time.sleep(_SETTLE_SECONDS)
    return before
