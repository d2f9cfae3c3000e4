"""Tickets that were given and have not come back, as one process knows them.

A number costs nothing before its ticket comes back. Whoever asks again and again without it gets
the same one again, and nobody gets more numbers than it could still pay for: otherwise all others
would wait behind nobody.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from dataclasses import dataclass
from datetime import datetime, timedelta

from nexus.waiting_room.core.ticket import Account, Holder, Ticket

_COUNTED_FOR = timedelta(minutes=10)
_MAX_RECORDS = 10_000
_MOST_OF_RECORD = 1_000
_MOST_OF_HOLDER = 3
"""Newcomers have no id yet: those who say the same in one network are one holder."""


@dataclass(slots=True, eq=False)
class Given:
    """A ticket that is out.

    Attributes:
        holder: Who has it.
        account: What its message is to be counted in.
        at: When it was given (UTC).
        is_paid: Whether its message has been counted.
        ticket: The ticket; None before its number is known.
    """

    holder: Holder
    account: Account
    at: datetime
    is_paid: bool
    ticket: Ticket | None = None


class Newcomers:
    """Knows the tickets that are out. Safe for many threads."""

    def __init__(self) -> None:
        """Knows none yet."""
        self._out: OrderedDict[str, list[Given]] = OrderedDict()
        self._lock = threading.Lock()

    def ticket(self, holder: Holder, account: Account, now: datetime) -> Ticket | None:
        """The last ticket of a holder who has too many out to get another."""
        with self._lock:
            given = [one for one in self._of(account, now) if one.holder == holder]
        return given[-1].ticket if len(given) >= _MOST_OF_HOLDER else None

    def may_have_one(self, account: Account, now: datetime) -> bool:
        """Whether there may be one more for a message that has not been counted."""
        with self._lock:
            return self._may_have_one(account, now)

    def add(
        self, holder: Holder, account: Account, now: datetime, *, is_paid: bool
    ) -> Given | None:
        """Gives a holder a ticket, whose number is not known yet; None if it may have none.

        Args:
            holder: Who gets it.
            account: What its message is to be counted in.
            now: The present instant (UTC).
            is_paid: Whether that has been done.
        """
        with self._lock:
            if not (is_paid or self._may_have_one(account, now)):
                return None
            given = Given(holder, account, now, is_paid)
            out = self._out.setdefault(account.record, [])
            out.append(given)
            del out[:-_MOST_OF_RECORD]
            self._out.move_to_end(account.record)
            if len(self._out) > _MAX_RECORDS:
                self._out.popitem(last=False)
        return given

    def came_back(self, ticket: Ticket, account: Account) -> None:
        """A ticket has come back."""
        with self._lock:
            out = self._out.get(account.record, [])
            out[:] = [one for one in out if one.ticket is None or one.ticket.use != ticket.use]

    def remove(self, given: Given) -> None:
        """There was no number for it."""
        with self._lock:
            out = self._out.get(given.account.record, [])
            out[:] = [one for one in out if one is not given]

    # Internal, under the lock

    def _of(self, account: Account, now: datetime) -> list[Given]:
        out = self._out.get(account.record, [])
        while out and now - out[0].at > _COUNTED_FOR:
            del out[0]
        return out

    def _may_have_one(self, account: Account, now: datetime) -> bool:
        """Whether each allowance has one out at most, or can pay for all that are out."""
        unpaid = [one.account for one in self._of(account, now) if not one.is_paid]
        for name, left in account.left.items():
            owed = sum(one.units for one in unpaid if name in one.left)
            if owed and owed + account.units > left:
                return False
        return True
