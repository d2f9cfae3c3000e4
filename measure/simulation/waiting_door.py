"""The chat's door on one instance: `nexus/http/admission.py` and `nexus/waiting_room/room.py`.

Tickets are not signed here, and nobody is counted.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime

from fallback.core.hierarchy import Hierarchy
from fallback.core.refusal import Refusal
from fallback.core.windows import Windows
from measure.simulation.chats import Chats
from measure.simulation.instance import Instance
from measure.simulation.line import SharedLine
from measure.simulation.status_board import Publisher, StatusBoard
from measure.simulation.store import LineStore
from measure.simulation.timeline import Process, Timeline
from measure.simulation.worker import WaitBudget
from nexus.waiting_room.core.line import Supply, new_line
from nexus.waiting_room.core.supply import supply

_BUDGET_SECONDS = 1.0


@dataclass(frozen=True, slots=True)
class Held:
    """A ticket, as its holder has it.

    Attributes:
        number: In line.
        ahead: The head start of its class.
        round: How often models have refused its chat after it was let in.
    """

    number: int
    ahead: int = 0
    round: int = 0

    @property
    def rank(self) -> int:
        """The order in which tickets are called."""
        return self.number - self.ahead


@dataclass(frozen=True, slots=True)
class Told:
    """A refusal.

    Attributes:
        ticket: The place; None if there is no line.
        position: In line.
        retry_at: When to come (UTC).
    """

    ticket: Held | None
    position: int
    retry_at: datetime | None


class InvalidTicketError(Exception):
    """A ticket that does not hold."""


class Door:
    """One instance with its line.

    Attributes:
        line: Its part of the line.
        let_in_at: When tickets were let in, in seconds; newcomers without one are not here.
    """

    def __init__(
        self,
        timeline: Timeline,
        instance: Instance,
        *,
        line_store: LineStore,
        chats: Chats,
        hierarchy: Hierarchy,
        board: StatusBoard,
    ) -> None:
        """Knows nothing yet."""
        self._timeline = timeline
        self._instance = instance
        self._chats = chats
        self._hierarchy = hierarchy
        self.let_in_at: list[float] = []
        publisher = Publisher(timeline, board, lambda: self.line.line)
        self.line = SharedLine(
            timeline,
            line_store,
            supply=self._supply,
            note=instance.note,
            on_change=publisher.changed,
        )

    def chat(self, ticket: Held | None, ahead: int = 0) -> Process[Told | None]:
        """One request; what it is refused with, None if it is answered.

        Raises:
            InvalidTicketError: The ticket does not hold.
        """
        budget = WaitBudget(_BUDGET_SECONDS)
        windows = yield from self._windows(budget)
        line = yield from self.line.known(windows, budget)
        now = self._timeline.instant()
        if ticket is None:
            if line is not None and line.somebody_waits(now):
                return (yield from self._place(windows, ahead))
        elif line is not None:
            if line.is_passed_over(ticket.rank):
                raise InvalidTicketError
            self.line.confirm(ticket.number, windows)
            if not line.is_called(ticket.rank, now):
                return self._told(ticket)
        if ticket is not None:
            is_first = yield from self.line.use(f"{ticket.number}.{ticket.round}", windows)
            if not is_first:
                raise InvalidTicketError
            self.let_in_at.append(self._timeline.seconds)
        refusal: Refusal | None = yield from self._chats.answer(self._instance)
        if refusal is None:
            return None
        windows = yield from self._windows(WaitBudget(_BUDGET_SECONDS))
        if ticket is None:
            return (yield from self._place(windows, ahead))
        yield from self.line.refused(windows, WaitBudget(_BUDGET_SECONDS))
        return self._told(replace(ticket, round=ticket.round + 1))

    def _windows(self, budget: WaitBudget) -> Process[Windows]:
        known = yield from self._instance.snapshot(budget)
        return self._instance.limits.windows(known, 0)

    def _place(self, windows: Windows, ahead: int) -> Process[Told]:
        place = yield from self.line.number(windows)
        if place is None or place.number is None:
            return Told(None, 0, None)
        return self._told(Held(place.number, ahead))

    def _told(self, ticket: Held) -> Told:
        now = self._timeline.instant()
        line = self.line.line or new_line(now)
        return Told(ticket, line.place(ticket.rank, now), line.comes_at(ticket.rank, now))

    def _supply(self, windows: Windows) -> Supply:
        limits, now = self._instance.limits, self._timeline.instant()
        for candidate in self._hierarchy.candidates:
            limits.learn(candidate.key)
        return supply(self._hierarchy, limits.windows(windows, 0), limits.meter, now)
