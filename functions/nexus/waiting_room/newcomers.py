"""Tickets that were given and have not come back, as one process knows them.

A number costs nothing before its ticket comes back. Whoever asks again and again without it gets
the same one again, and a network may have only so many: otherwise all others would wait behind
nobody.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from dataclasses import dataclass
from datetime import datetime, timedelta

from nexus.waiting_room.core.ticket import Holder, Ticket

_COUNTED_FOR = timedelta(minutes=10)
_MAX_NETWORKS = 10_000
_MOST_OF_NETWORK = 1_000
_MOST_OF_HOLDER = 3
"""Newcomers have no id yet: those who say the same in one network are one holder."""


@dataclass(slots=True, eq=False)
class Given:
    """A ticket that is out.

    Attributes:
        holder: Who has it.
        at: When it was given (UTC).
        is_free: Whether its message has not been counted.
        ticket: The ticket; None before its number is known.
    """

    holder: Holder
    at: datetime
    is_free: bool
    ticket: Ticket | None = None


class Newcomers:
    """Knows the tickets that are out. Safe for many threads."""

    def __init__(self, most: int | None) -> None:
        """Knows none yet.

        Args:
            most: How many of one network may be out at once; None for any number.
        """
        self._most = most
        self._out: OrderedDict[str, list[Given]] = OrderedDict()
        self._lock = threading.Lock()

    def ticket(self, holder: Holder, now: datetime) -> Ticket | None:
        """The last ticket of a holder who has too many out to get another."""
        with self._lock:
            given = [one for one in self._of(holder.network, now) if one.holder == holder]
        return given[-1].ticket if len(given) >= _MOST_OF_HOLDER else None

    def may_have_one(self, network: str, now: datetime) -> bool:
        """Whether a network may get one more for a message that has not been counted."""
        with self._lock:
            free = sum(one.is_free for one in self._of(network, now))
        return self._most is None or free < self._most

    def add(self, holder: Holder, now: datetime, *, is_free: bool) -> Given:
        """A holder gets a ticket, whose number is not known yet."""
        given = Given(holder, now, is_free)
        with self._lock:
            out = self._out.setdefault(holder.network, [])
            out.append(given)
            del out[:-_MOST_OF_NETWORK]
            self._out.move_to_end(holder.network)
            if len(self._out) > _MAX_NETWORKS:
                self._out.popitem(last=False)
        return given

    def came_back(self, ticket: Ticket, network: str) -> None:
        """A ticket has come back."""
        with self._lock:
            out = self._out.get(network, [])
            out[:] = [one for one in out if one.ticket is None or one.ticket.use != ticket.use]

    def remove(self, given: Given) -> None:
        """There was no number for it."""
        with self._lock:
            out = self._out.get(given.holder.network, [])
            out[:] = [one for one in out if one is not given]

    def _of(self, network: str, now: datetime) -> list[Given]:
        out = self._out.get(network, [])
        while out and now - out[0].at > _COUNTED_FOR:
            del out[0]
        return out
