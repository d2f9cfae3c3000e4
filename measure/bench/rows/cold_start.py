"""How long a visitor waits for a new instance."""

from __future__ import annotations

from collections.abc import Sequence

from measure.bench.program import run
from measure.bench.results import Row, interleaved
from measure.bench.rig import Rig
from measure.bench.subjects import Subject

ROUNDS = 7
_SLOW_SECONDS = 4.0
_SLOW_ROUNDS = 3


def measure(rig: Rig, subjects: Sequence[Subject]) -> Row:
    """From the start of the command to the last byte of the first 200, and the CPU until then.

    The first start of each is not counted: it may compile Python files, or read them from the disk.
    """
    row = Row()
    rig.upstream.behave(gap_seconds=0)
    slow = {subject.name for subject in subjects if _start(rig, subject)[0] > _SLOW_SECONDS}
    for subject in interleaved(ROUNDS, subjects):
        if subject.name in slow and len(row.of(subject.name, "seconds")) >= _SLOW_ROUNDS:
            continue
        seconds, cpu = _start(rig, subject)
        row.add(subject.name, seconds=seconds, cpu=cpu)
    rig.upstream.reset()
    return row


def _start(rig: Rig, subject: Subject) -> tuple[float, float]:
    with run(subject.program(rig.environment)) as running:
        seconds = running.wait_for_200(subject.ask(running.url, rig.environment))
        return seconds, running.cpu_seconds()
