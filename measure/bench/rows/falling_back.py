"""How long a visitor waits when the first model refuses, and when all do."""

from __future__ import annotations

import contextlib
import statistics
import time
from collections.abc import Iterator, Sequence

from measure.bench.results import Row, interleaved
from measure.bench.rig import MODEL, Rig, ServedSubject
from measure.bench.subjects import Subject

ROUNDS = 5
REQUESTS = 200
_HEALTHY = 20
_MOST_SECONDS = 8.0
_BUDGET_SECONDS = 60.0
"""Slow subjects have fewer rounds, because milliseconds do not matter there."""


def measure(rig: Rig, subjects: Sequence[Subject]) -> Row:
    """Measures each round on a new process."""
    row = Row()
    spent = dict.fromkeys((subject.name for subject in subjects), 0.0)
    for subject in interleaved(ROUNDS, subjects):
        if spent[subject.name] > _BUDGET_SECONDS:
            continue
        started = time.monotonic()
        row.add(subject.name, **_first_refuses(rig, subject), **_all_refuse(rig, subject))
        spent[subject.name] += time.monotonic() - started
    rig.upstream.reset()
    return row


@contextlib.contextmanager
def _healthy(rig: Rig, subject: Subject) -> Iterator[tuple[ServedSubject, float]]:
    """A new process that has answered some chats, and the median milliseconds of the later half."""
    rig.upstream.reset()
    rig.upstream.behave(gap_seconds=0)
    with rig.start(subject, warm=False) as served:
        load = served.load(served.target(), requests=_HEALTHY, seconds=_MOST_SECONDS)
        later = load.replies[len(load.replies) // 2 :]
        healthy_ms = 1000 * statistics.median(reply.seconds for reply in later)
        calls_before = rig.upstream.count()
        assert calls_before > 0, "it asks another upstream"
        rig.upstream.reset()
        rig.upstream.behave(gap_seconds=0)
        yield served, healthy_ms


def _first_refuses(rig: Rig, subject: Subject) -> dict[str, float]:
    """Sends healthy requests, then more with the first model at 429."""
    with _healthy(rig, subject) as (served, healthy_ms):
        rig.upstream.behave(MODEL, status=429)
        target = served.target()
        first = served.load(target, requests=1, seconds=_MOST_SECONDS)
        rest = served.load(target, requests=REQUESTS - 1, seconds=_MOST_SECONDS)
        wasted = rig.upstream.count(MODEL)
    asked = 1 + len(rest.replies)
    return {
        "healthy": healthy_ms,
        "first": 1000 * first.seconds,
        "added": 1000 * first.seconds - healthy_ms,
        "later": 1000 * statistics.median(reply.seconds for reply in rest.replies),
        "wasted": wasted,
        "asked": asked,
        "answered": (len(first.answered) + len(rest.answered)) / asked,
    }


def _all_refuse(rig: Rig, subject: Subject) -> dict[str, float]:
    with _healthy(rig, subject) as (served, _):
        rig.upstream.behave(status=429)
        target = served.target()
        first = served.load(target, requests=1, seconds=_MOST_SECONDS)
        rest = served.load(target, requests=20, seconds=_MOST_SECONDS)
        calls = rig.upstream.count()
    return {
        "all_first": 1000 * first.seconds,
        "all_later": 1000 * statistics.median(reply.seconds for reply in rest.replies),
        "all_calls": calls / (1 + len(rest.replies)),
    }
