"""Who asks, and where: visitors of a page, and a fleet that grows."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass

from fallback.core.availability import availability
from fallback.core.hierarchy import Hierarchy
from measure.simulation.chats import Chats
from measure.simulation.instance import Instance
from measure.simulation.measures import Measures
from measure.simulation.store import Store
from measure.simulation.timeline import Process, Timeline

PAGE_SPREAD_SECONDS = 0.5
"""Pages that wait for an instant ask within so long after it (`web/src/core/availability.js`)."""

PAGE_FLOOR_SECONDS = 1.0
"""And not more often than this."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TrafficPlan:
    """How many ask, and how.

    Attributes:
        chats_per_second: For each instance, on average.
        messages: Of one visitor, on average; geometric.
        thinks_seconds: Between an answer and the next message, on average; exponential.
        stays_seconds: How long a refused visitor waits to be answered, on average; exponential.
        every_seconds: One chat so often instead, each of a visitor who asks once.
        input_tokens: The median of a chat's estimated size; lognormal with a sigma of 1.
    """

    chats_per_second: float = 1.0
    messages: float = 3.0
    thinks_seconds: float = 20.0
    stays_seconds: float = 180.0
    every_seconds: float | None = None
    input_tokens: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class FleetPlan:
    """How many instances there are.

    Attributes:
        instances: In the end.
        starts_with: At first; None for all of them.
        grows_at: From which second on more are started.
        grows_seconds: How long that takes, evenly.
    """

    instances: int
    starts_with: int | None = None
    grows_at: float = 0.0
    grows_seconds: float = 60.0

    def at(self, seconds: float) -> int:
        """How many there are at a second."""
        first = self.instances if self.starts_with is None else self.starts_with
        share = min(1.0, max(0.0, (seconds - self.grows_at) / self.grows_seconds))
        return first + int((self.instances - first) * share)


class Fleet:
    """Instances, each started with its first chat; chats come to a random one."""

    def __init__(
        self,
        timeline: Timeline,
        plan: FleetPlan,
        start: Callable[[], Instance],
        chance: random.Random,
    ) -> None:
        self._timeline = timeline
        self._plan = plan
        self._start = start
        self._chance = chance
        self._instances: list[Instance] = []

    @property
    def size(self) -> int:
        """How many instances there are now."""
        return self._plan.at(self._timeline.seconds)

    def pick(self) -> Instance:
        """The instance that the next chat comes to."""
        size = self.size
        while len(self._instances) < size:
            self._instances.append(self._start())
        return self._instances[int(self._chance.random() * size)]


class Visitors:
    """Come as a Poisson process, ask a few times, and wait for a while when they are refused."""

    def __init__(
        self,
        timeline: Timeline,
        plan: TrafficPlan,
        chats: Chats,
        fleet: Fleet,
        *,
        hierarchy: Hierarchy,
        store: Store,
        until: float,
        chance: random.Random,
        measures: Measures,
    ) -> None:
        self._timeline = timeline
        self._plan = plan
        self._chats = chats
        self._fleet = fleet
        self._hierarchy = hierarchy
        self._store = store
        self._until = until
        self._chance = chance
        self._measures = measures

    def come(self) -> Process[None]:
        """All visitors of a run, one after another; those of the time before are here already."""
        if self._plan.every_seconds is not None:
            while self._timeline.seconds < self._until:
                self._timeline.start(self._visit(0.0))
                yield self._plan.every_seconds
            return
        rate_for_each = self._plan.chats_per_second / self._plan.messages
        stay_seconds = self._plan.messages * (self._plan.thinks_seconds + 6.0)
        for _ in range(round(rate_for_each * self._fleet.size * stay_seconds)):
            self._timeline.start(self._visit(self._thinks_seconds()))
        while self._timeline.seconds < self._until:
            yield self._chance.expovariate(rate_for_each * self._fleet.size)
            self._timeline.start(self._visit(0.0))

    def _visit(self, pause_seconds: float) -> Process[None]:
        self._measures.counts["visitors"] += 1
        while True:
            if pause_seconds:
                yield pause_seconds
            if self._timeline.seconds >= self._until:
                return
            yield from self._message()
            is_last = self._chance.random() < 1 / self._plan.messages
            if is_last or self._plan.every_seconds is not None:
                return
            pause_seconds = self._thinks_seconds()

    def _message(self) -> Process[None]:
        """One message, until it is answered or its visitor leaves."""
        leaves_at = None
        while self._timeline.seconds < self._until:
            refusal = yield from self._chats.answer(self._fleet.pick())
            if refusal is None or refusal.retry_at is None:
                return
            if leaves_at is None:
                stays = self._chance.expovariate(1 / self._plan.stays_seconds)
                leaves_at = self._timeline.seconds + stays
            wait_seconds = self._timeline.until(refusal.retry_at)
            while True:
                spread = self._chance.random() * PAGE_SPREAD_SECONDS
                yield max(PAGE_FLOOR_SECONDS, wait_seconds + spread)
                if self._timeline.seconds >= leaves_at:
                    self._measures.count("left")
                    return
                now = self._timeline.instant()
                state = availability(self._hierarchy, self._store.documents.read(), now)
                self._measures.count("polls")
                if state.available or state.retry_at is None:
                    break
                wait_seconds = self._timeline.until(state.retry_at)

    def _thinks_seconds(self) -> float:
        return self._chance.expovariate(1 / self._plan.thinks_seconds)
