"""The waiting room at the door: who is let in, who waits, and what those who wait are told."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from fallback.core.windows import Windows
from fallback.ports import Clock
from fallback.wait_budget import WaitBudget
from nexus.waiting_room.core.line import Line, Mode, new_line
from nexus.waiting_room.core.ticket import Account, Holder, Ticket, TicketFault, Tickets, Waits
from nexus.waiting_room.newcomers import Newcomers
from nexus.waiting_room.shared import SharedLine

_USE_KEPT = timedelta(hours=27)
_OPENING_SECONDS = 2.0


@dataclass(frozen=True, slots=True)
class Caller:
    """Somebody at the door.

    Attributes:
        holder: Returns whom and what a ticket would be for.
        account: Returns what its message is to be counted in.
        ahead: The head start of its class, in numbers.
        ticket: The ticket that it has brought; None if it has none.
        must_wait: Whether others are before it.
        refused_until: When to come again (UTC), if no places are given; None if they are.
    """

    holder: Callable[[], Holder]
    account: Callable[[], Account]
    ahead: int
    ticket: Ticket | None
    must_wait: bool
    refused_until: datetime | None = None


class WaitingRoom:
    """Lets callers in, one after another. Safe for many threads."""

    def __init__(self, line: SharedLine, secrets: Sequence[bytes], clock: Clock) -> None:
        """Starts nothing.

        Args:
            line: The line that all instances share.
            secrets: What tickets are signed with; the first signs, all verify.
            clock: Tells the time.
        """
        self._line = line
        self._tickets = Tickets(secrets)
        self._clock = clock
        self._newcomers = Newcomers()

    def meet(
        self,
        holder: Callable[[], Holder],
        account: Callable[[], Account],
        ticket: str | None,
        windows: Windows,
        budget: WaitBudget,
        *,
        ahead: int = 0,
    ) -> Caller | TicketFault:
        """Looks at a caller's ticket, and at who waits.

        Args:
            holder: Returns who calls, and for what.
            account: Returns what the message is to be counted in.
            ticket: As it came; None if none did.
            windows: All that are known.
            budget: How long to wait for the store.
            ahead: The head start of the caller's class.
        """
        if self._line.line is None:  # To open the store may take longer than to ask it.
            budget = WaitBudget(self._clock, _OPENING_SECONDS)
        line, now = self._line.known(windows, budget), self._clock.now()
        if ticket is None:
            if line is None:
                return Caller(holder, account, ahead, None, must_wait=False)
            gives_places = line.gives_places and self._newcomers.may_have_one(account(), now)
            until = None if gives_places else line.comes_at(line.issued + 1, now)
            return Caller(holder, account, ahead, None, line.somebody_waits(now), until)
        read = self._tickets.read(ticket, holder(), now)
        if isinstance(read, TicketFault):
            return read
        if line is None or line.epoch != read.epoch:  # That line is over, or nobody can tell.
            return Caller(holder, account, ahead, read, must_wait=False)
        if line.is_passed_over(read.rank):
            return TicketFault.EXPIRED
        return Caller(holder, account, ahead, read, must_wait=not line.is_called(read.rank, now))

    def let_in(self, caller: Caller, windows: Windows, budget: WaitBudget) -> bool:
        """Uses the ticket of a caller who has been counted; false if it has been used before."""
        if caller.ticket is None:
            return True
        self._newcomers.came_back(caller.ticket, caller.account())
        expires_at = self._clock.now() + _USE_KEPT
        return self._line.use(caller.ticket.use, expires_at, windows, budget)

    def wait(self, caller: Caller, windows: Windows, *, is_paid: bool) -> Waits | None:
        """Gives a caller a place, or says again what it has; None if there are no places.

        A place counts from the first time its ticket has come back and been counted.

        Args:
            caller: Who waits.
            windows: All that are known.
            is_paid: Whether the message has been counted.
        """
        ticket, now = caller.ticket, self._clock.now()
        if ticket is None:
            ticket = self._first(caller, windows, now, is_paid=is_paid)
            if ticket is None:
                return None
        elif is_paid:
            self._newcomers.came_back(ticket, caller.account())
            self._line.confirm(ticket.number, windows)
        line = self._line.line or new_line(now)  # A place is kept while the store is away.
        return self._told(line, ticket.paid() if is_paid else ticket, caller.holder())

    def refused(self, caller: Caller, windows: Windows, *, is_paid: bool) -> Waits | None:
        """Keeps the place of somebody whom models have refused after all, or gives a first one.

        Args:
            caller: Who was let in.
            windows: All that are known.
            is_paid: Whether the message has been counted.
        """
        if caller.ticket is None:
            return self.wait(caller, windows, is_paid=is_paid)
        line = self._line.line
        if line is not None and line.mode is Mode.STOP:
            self.give_back(caller, windows)
            return None
        self._line.refused(windows, WaitBudget(self._clock))
        again = replace(caller, ticket=caller.ticket.again())
        return self.wait(again, windows, is_paid=is_paid)

    def give_back(self, caller: Caller, windows: Windows) -> None:
        """Lets a ticket that was used without an answer be used once more. Does not wait."""
        if caller.ticket is not None:
            self._line.give_back(caller.ticket.use, windows)

    def _first(
        self, caller: Caller, windows: Windows, now: datetime, *, is_paid: bool
    ) -> Ticket | None:
        """A first ticket, or once more the one that has not come back; None if there is none."""
        holder, account = caller.holder(), caller.account()
        known, line = self._newcomers.ticket(holder, account, now), self._line.line
        if known and line and known.epoch == line.epoch and not line.is_called(known.rank, now):
            return known
        if caller.refused_until:
            return None
        given = self._newcomers.add(holder, account, now, is_paid=is_paid)
        if given is None:
            return None
        place, line = self._line.number(windows), self._line.line
        if place is None or place.number is None or line is None or not line.gives_places:
            self._newcomers.remove(given)
            return None
        given.ticket = Ticket(
            epoch=place.epoch, number=place.number, ahead=caller.ahead, given_at=now
        )
        return given.ticket

    def _told(self, line: Line, ticket: Ticket, holder: Holder) -> Waits:
        now = self._clock.now()
        return Waits(
            ticket=self._tickets.text(ticket, holder),
            number=ticket.rank,
            position=line.place(ticket.rank, now),
            retry_at=line.comes_at(ticket.rank, now),
        )
