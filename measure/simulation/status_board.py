"""The status object's word on who is called, as `nexus/status/publisher.py` writes it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace

from measure.simulation.measures import Measures
from measure.simulation.timeline import Process, Timeline
from nexus.waiting_room.core.line import Line

_CACHED_SECONDS = 1.0
_INTERVAL_SECONDS = 1.0
_WRITE_SECONDS = 0.1


@dataclass(frozen=True, slots=True)
class Serving:
    """Which number is called, and how many follow a second. How many wait is no news of its own.

    Attributes:
        number: The one that is called.
        at: When, in seconds.
        per_second: How many follow; None if no time can be told.
        pace: How many follow for now; None if nobody knows.
        waiting: How many wait.
        exhausted: Which models the object calls exhausted.
    """

    number: float
    at: float
    per_second: float | None
    pace: float | None
    waiting: int = field(compare=False)
    exhausted: tuple[str, ...] = ()


class StatusBoard:
    """One object that many instances write and all pages read."""

    def __init__(
        self, timeline: Timeline, measures: Measures, exhausted: Callable[[], tuple[str, ...]]
    ) -> None:
        """Says that nobody waits.

        Args:
            timeline: When things happen.
            measures: What is counted.
            exhausted: Returns the names of the models that are.
        """
        self._exhausted = exhausted
        self._timeline = timeline
        self._measures = measures
        self._stored: Serving | None = None
        self._cached: Serving | None = None
        self._cached_at = -_CACHED_SECONDS

    def read(self) -> Serving | None:
        """What a page reads, up to a second old; None while nobody waits."""
        self._measures.count("polls")
        if self._timeline.seconds >= self._cached_at + _CACHED_SECONDS:
            self._cached, self._cached_at = self._stored, self._timeline.seconds
        return self._cached

    def put(self, serving: Serving | None) -> bool:
        """Writes it, unless it says so already."""
        if serving is not None:
            serving = replace(serving, exhausted=self._exhausted())
        if serving == self._stored:
            return False
        self._measures.count("status_writes")
        self._stored = serving
        return True


class Publisher:
    """One instance's writes: at most one a second, and the last change of a second never lost."""

    def __init__(
        self, timeline: Timeline, board: StatusBoard, line: Callable[[], Line | None]
    ) -> None:
        """Has nothing to say.

        Args:
            timeline: When things happen.
            board: What it writes.
            line: As its instance knows it.
        """
        self._timeline = timeline
        self._board = board
        self._line = line
        self._is_news = False
        self._is_running = False
        self._not_before = 0.0

    def changed(self) -> None:
        """This instance has written the line."""
        self._is_news = True
        if not self._is_running:
            self._is_running = True
            self._timeline.start(self._run())

    def _run(self) -> Process[None]:
        while self._is_news:
            yield max(_WRITE_SECONDS, self._not_before - self._timeline.seconds)
            self._is_news = False
            self._board.put(self._serving())
            self._not_before = self._timeline.seconds + _INTERVAL_SECONDS
        self._is_running = False

    def _serving(self) -> Serving | None:
        line, now = self._line(), self._timeline.instant()
        if line is None or not line.waiting(now):
            return None
        at = self._timeline.seconds + self._timeline.until(line.at)
        return Serving(line.called, at, line.per_second, line.pace, line.waiting(now))
