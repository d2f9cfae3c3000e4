"""Firestore as a fleet meets it: how long calls take, one document that all write to, outages."""

from __future__ import annotations

import random
from collections import defaultdict, deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import NoReturn, TypeVar

from fallback.core.meter import Meter
from fallback.core.windows import Window
from fallback.ports import StoreUnavailableError
from measure.simulation.documents import Documents
from measure.simulation.measures import Measures
from measure.simulation.timeline import Job, Process, Timeline
from nexus.waiting_room.core.line import Line

CALL_SECONDS = 2.0
"""As in `fallback/stores/firestore_calls.py`, which a test compares."""

Result = TypeVar("Result")


@dataclass(frozen=True, slots=True, kw_only=True)
class StoreModel:
    """How quick the store is; the README of this folder says where the figures come from.

    Attributes:
        read_seconds: Median of a read of all windows.
        write_seconds: Median of a write, without the wait for others that write the same document.
        spread: Sigma of both, which are lognormal.
        document_seconds: How long a write holds its document, so that the next one waits.
        denied_seconds: The same for a write that changes nothing, because another came first.
        outages: From and until when the store answers nothing, in seconds from the start.
    """

    read_seconds: float = 0.02
    write_seconds: float = 0.04
    spread: float = 0.6
    document_seconds: float = 0.05
    denied_seconds: float = 0.005
    outages: tuple[tuple[float, float], ...] = ()


class _Network:
    """Documents behind a network. Each call is a process that may raise.

    Writes of one document take place one after another; one whose turn does not come within
    `CALL_SECONDS` does not take place, and one that takes place too late raises all the same: its
    sender cannot know.
    """

    def __init__(
        self, timeline: Timeline, model: StoreModel, chance: random.Random, measures: Measures
    ) -> None:
        self._timeline = timeline
        self._model = model
        self._chance = chance
        self._measures = measures
        self._held: set[str] = set()
        self._waiting: defaultdict[str, deque[Job]] = defaultdict(deque)

    def _write(self, name: str, change: Callable[[], Result]) -> Process[Result]:
        give_up_at = self._timeline.seconds + CALL_SECONDS
        self._measures.write(name)
        yield from self._reach()
        way_seconds = self._lasts(self._model.write_seconds) / 2
        yield way_seconds
        yield from self._hold(name, give_up_at)
        changed = change()
        is_denied = changed is None or changed is False
        yield self._model.denied_seconds if is_denied else self._model.document_seconds
        self._let_go(name)
        if self._timeline.seconds + way_seconds > give_up_at:
            yield max(0.0, give_up_at - self._timeline.seconds)
            self._give_up()
        yield way_seconds
        return changed

    def _hold(self, name: str, give_up_at: float) -> Process[None]:
        """Waits for the document, in the order in which writes have come."""
        if name not in self._held:
            self._held.add(name)
            return
        turn = Job()
        self._waiting[name].append(turn)
        if not (yield turn, give_up_at - self._timeline.seconds):
            self._give_up()

    def _let_go(self, name: str) -> None:
        waiting = self._waiting[name]
        while waiting:
            turn = waiting.popleft()
            if turn.is_awaited:
                self._timeline.finish(turn)
                return
        self._held.discard(name)

    def _give_up(self) -> NoReturn:
        self._measures.contended()
        raise StoreUnavailableError("contention")

    def _reach(self) -> Process[None]:
        if any(begins <= self._timeline.seconds < ends for begins, ends in self._model.outages):
            yield CALL_SECONDS
            raise StoreUnavailableError("outage")

    def _lasts(self, median_seconds: float) -> float:
        return median_seconds * self._chance.lognormvariate(0.0, self._model.spread)


class Store(_Network):
    """The stored windows. A read sees what was stored when it was sent."""

    def __init__(
        self, timeline: Timeline, model: StoreModel, chance: random.Random, measures: Measures
    ) -> None:
        super().__init__(timeline, model, chance, measures)
        self.documents = Documents()

    def read(self, since: datetime | None = None) -> Process[Mapping[str, Window]]:
        """All windows, or those that have not ended before an instant (UTC).

        Raises:
            StoreUnavailableError: After `CALL_SECONDS`.
        """
        seen = self.documents.read(since)
        self._measures.read(len(seen))
        yield from self._reach()
        yield self._lasts(self._model.read_seconds)
        return seen

    def extend(self, name: str, window: Window) -> Process[object | None]:
        """See `fallback.ports.WindowStore`, as for the next two."""
        return (yield from self._write(name, lambda: self.documents.extend(name, window)))

    def lease(self, name: str, seen: Window, until: datetime) -> Process[Window | None]:
        """One caller at most gets it."""
        leased = yield from self._write(name, lambda: self.documents.lease(name, seen, until))
        self._measures.leased(leased is not None)
        return leased

    def close(self, name: str, seen: Window) -> Process[bool]:
        """Forgets a window as it was seen."""
        return (yield from self._write(name, lambda: self.documents.close(name, seen)))


class MeterStore(_Network):
    """The stored meters, as `fallback/limits/store.py` keeps them."""

    def __init__(
        self, timeline: Timeline, model: StoreModel, chance: random.Random, measures: Measures
    ) -> None:
        super().__init__(timeline, model, chance, measures)
        self._meters: dict[str, Meter] = {}
        self._version = 0

    def read(self, key: str) -> Process[Meter]:
        """One meter."""
        self._measures.count("meter_reads")
        yield from self._reach()
        way_seconds = self._lasts(self._model.read_seconds) / 2
        yield way_seconds
        seen = self._meters.get(key, Meter())
        yield way_seconds
        return seen

    def write(self, key: str, meter: Meter, _expires_at: datetime) -> Process[object | None]:
        """Replaces a meter, if it is still as it was read."""
        return (yield from self._write(key, lambda: self._replace(key, meter)))

    def _replace(self, key: str, meter: Meter) -> int | None:
        if self._meters.get(key, Meter()).version != meter.version:
            return None
        self._version += 1
        self._meters[key] = replace(meter, version=self._version)
        return self._version


class LineStore(_Network):
    """The stored line and used tickets, as `nexus/waiting_room/store.py` keeps them.

    Attributes:
        line: As it is stored.
    """

    def __init__(
        self, timeline: Timeline, model: StoreModel, chance: random.Random, measures: Measures
    ) -> None:
        super().__init__(timeline, model, chance, measures)
        self.line: Line | None = None
        self._version = 0
        self._used: set[str] = set()

    def read(self) -> Process[Line | None]:
        """The line with its version."""
        self._measures.count("line_reads")
        yield from self._reach()
        way_seconds = self._lasts(self._model.read_seconds) / 2
        yield way_seconds
        seen = self.line
        yield way_seconds
        return seen

    def write(self, line: Line, _expires_at: datetime) -> Process[object | None]:
        """Replaces the line, if it is still as it was read."""
        self._measures.count("line_writes")
        return (yield from self._write("line", lambda: self._replace(line)))

    def use(self, ticket: str, _expires_at: datetime) -> Process[bool]:
        """Takes note of the one use of a ticket. Each has a document of its own."""
        self._measures.count("ticket_writes")
        yield from self._reach()
        way_seconds = self._lasts(self._model.write_seconds) / 2
        yield way_seconds
        is_first = ticket not in self._used
        self._used.add(ticket)
        yield way_seconds
        return is_first

    def _replace(self, line: Line) -> int | None:
        version = None if self.line is None else self.line.version
        if version != line.version:
            return None
        self._version += 1
        self.line = replace(line, version=self._version)
        return self._version
