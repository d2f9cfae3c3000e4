"""What a run counts: totals, rates by the second, and when the fleet knew of a window."""

from __future__ import annotations

import math
from array import array
from collections import Counter
from dataclasses import dataclass
from typing import Any

from measure.simulation.timeline import Timeline


@dataclass(slots=True)
class Learning:
    """How one window of the watched model became known.

    Attributes:
        at: When the first instance opened it.
        half: When half of the instances set the model aside; None where that did not happen.
        nearly: When 99 % did.
        all: When all did.
        last_wasted: When the last call began although an instance knew that it was useless.
    """

    at: float
    half: float | None = None
    nearly: float | None = None
    all: float | None = None
    last_wasted: float | None = None


class Measures:
    """Counts a run. Nothing in it changes what happens.

    Attributes:
        watched: The model whose windows are followed: the primary.
    """

    def __init__(self, timeline: Timeline, watched: str, instances: int, seconds: float) -> None:
        self.watched = watched
        self.learnings: list[Learning] = []
        self._timeline = timeline
        self._instances = instances
        self._size = math.ceil(seconds) + 1
        self._open_until: dict[str, float] = {}
        self._knowing = 0
        self._without_store = 0
        self.counts: Counter[str] = Counter()
        self.answered_by: Counter[str] = Counter()
        self.refused_for: Counter[str] = Counter()
        self.first_texts = array("f")
        self.permit_seconds = array("f")
        self.passed_by_at: float | None = None
        self.used_at: list[float] = []
        self.probed_at: list[float] = []
        self.document_writes: dict[str, list[int]] = {}
        self.series: dict[str, list[int]] = {}
        self.used_calls: dict[str, list[int]] = {}
        self.used_tokens: dict[str, list[int]] = {}
        self.refused_calls: dict[str, list[int]] = {}

    def count(self, name: str, number: int = 1) -> None:
        """Adds to a total, and to its second."""
        self.counts[name] += number
        self._tick(self.series.setdefault(name, [0] * self._size), number)

    # Of the store

    def read(self, documents: int) -> None:
        """One read of all windows; it is paid as one document at least."""
        self.count("reads")
        self.counts["documents_read"] += max(1, documents)

    def write(self, document: str) -> None:
        """One write, whatever comes of it."""
        self.count("writes")
        self._tick(self.document_writes.setdefault(document, [0] * self._size), 1)

    def contended(self) -> None:
        """A write whose turn did not come."""
        self.count("contended")

    def leased(self, was_given: bool) -> None:
        """The store has given a lease, or refused it."""
        self.counts["leases_given" if was_given else "leases_denied"] += 1

    def without_store(self, change: int) -> None:
        """One instance more, or less, goes on without the store."""
        self._without_store += change
        most = max(self.counts["without_store_most"], self._without_store)
        self.counts["without_store_most"] = most

    # Of the windows

    def opened(self, name: str, seconds: float) -> None:
        """An instance has opened a window, or made it longer."""
        now = self._timeline.seconds
        was_open = self._open_until.get(name, -math.inf) > now
        self._open_until[name] = max(self._open_until.get(name, 0.0), now + seconds)
        self.count("records")
        if not was_open:
            self.count("windows")
            if name == self.watched:
                self.learnings.append(Learning(now))
                self._reach()

    def closed(self, name: str) -> None:
        """A probe has found that a window is over."""
        self._open_until.pop(name, None)
        self.count("closed")

    def knows(self, change: int) -> None:
        """One instance more, or less, sets the watched model aside."""
        self._knowing += change
        self._reach()

    def _reach(self) -> None:
        if not self.learnings:
            return
        learning, now = self.learnings[-1], self._timeline.seconds
        share = self._knowing / self._instances
        if learning.half is None and share >= 0.5:
            learning.half = now
        if learning.nearly is None and share >= 0.99:
            learning.nearly = now
        if learning.all is None and share >= 1:
            learning.all = now

    # Of calls and chats

    def asked(self, *, is_well: bool) -> None:
        """A chat begins, while the watched model answers or not."""
        self.count("asked")
        self.counts["asked_while_well"] += is_well

    def called(self, model: str, *, is_probe: bool, is_refused: bool) -> None:
        """A call begins; the simulation knows its end already."""
        now = self._timeline.seconds
        self.count("calls")
        if is_probe:
            self.count("probes")
            if model == self.watched:
                self.probed_at.append(now)
        if not is_refused:
            return
        self.count("refused_calls")
        self.counts["failed_probes"] += is_probe
        if not is_probe and now < self._open_until.get(model, -math.inf):
            self.count("wasted")
            if model == self.watched and self.learnings:
                self.learnings[-1].last_wasted = now

    def charged(self, model: str, tokens: int, *, is_refused: bool) -> None:
        """A call that counts against the limits of a model, or was refused for one."""
        if is_refused:
            self._tick(self.refused_calls.setdefault(model, [0] * self._size), 1)
            return
        self._tick(self.used_calls.setdefault(model, [0] * self._size), 1)
        self._tick(self.used_tokens.setdefault(model, [0] * self._size), tokens)

    def passed_by(self, *, is_well: bool) -> None:
        """A chat does not ask the watched model, which would answer or not."""
        self.counts["passed_by_while_well"] += is_well
        self.passed_by_at = self._timeline.seconds
        self.count("passed_by")

    def answered(self, model: str, waited_seconds: float) -> None:
        """A chat has its answer; it waited so long for the first text."""
        self.count("answered")
        self.answered_by[model] += 1
        self.first_texts.append(waited_seconds)
        if model == self.watched:
            self.count("answered_by_primary")

    def refused(self, reason: str) -> None:
        """A chat has none."""
        self.count("refused")
        self.refused_for[reason] += 1

    # The whole

    def first_text_percentile(self, share: float) -> float:
        """How long a share of the answered chats waited for their first text at most."""
        if not self.first_texts:
            return math.nan
        ordered = sorted(self.first_texts)
        return ordered[min(len(ordered) - 1, int(share * len(ordered)))]

    def peak(self, *names: str) -> int:
        """The most that happened in one second, of several counts together."""
        series = [self.series[name] for name in names if name in self.series]
        return max((sum(second) for second in zip(*series, strict=True)), default=0)

    def hottest(self) -> dict[str, Any]:
        """The document with the most writes in one second, and in one minute on average."""
        name = max(self.document_writes, key=lambda n: max(self.document_writes[n]), default=None)
        if name is None:
            return {"document": None, "writes_in_a_second": 0, "writes_a_second_for_a_minute": 0.0}
        writes = self.document_writes[name]
        minute = max(sum(writes[at : at + 60]) for at in range(max(1, len(writes) - 59)))
        return {
            "document": name,
            "writes_in_a_second": max(writes),
            "writes_a_second_for_a_minute": round(minute / 60, 2),
        }

    def _tick(self, series: list[int], number: int) -> None:
        at = int(self._timeline.seconds)
        if at < self._size:
            series[at] += number
