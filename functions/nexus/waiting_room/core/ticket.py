"""Tickets: a number in line that only Nexus can give.

A ticket holds for one chat, of one visitor, from one network. It is `v1.EPOCH.NUMBER.ROUND.PAID.
AHEAD.TIME.BINDING.SIGNATURE`; the binding is a pseudonym of whom and what it is for.
"""

from __future__ import annotations

import enum
import hashlib
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta

from fallback.core.chat import Chat
from nexus.fairness.core.signing import derived_key, is_signed, pseudonym, signed

_LIFE = timedelta(hours=26)
"""Longer than the longest day of quotas."""

_TICKET = re.compile(
    r"v1\.(?P<epoch>\d{1,15})\.(?P<number>\d{1,12})\.(?P<round>\d{1,4})\.(?P<paid>[01])"
    r"\.(?P<ahead>\d{1,6})\.(?P<time>\d{10})\.(?P<binding>[\w-]{22})\.(?P<signature>[\w-]{43})",
    re.ASCII,
)


class TicketFault(enum.StrEnum):
    """Why a ticket does not hold."""

    INVALID = "invalid"
    EXPIRED = "expired"
    USED = "used"


@dataclass(frozen=True, slots=True, kw_only=True)
class Holder:
    """Whom and what a ticket is for.

    Attributes:
        visitor: What the caller shows of itself: its id or access code; empty if nothing.
        network: Where it comes from.
        chat: A digest of the conversation.
    """

    visitor: str
    network: str
    chat: str


@dataclass(frozen=True, slots=True)
class Account:
    """What a message is to be counted in when its ticket comes back.

    Attributes:
        record: Where: a network's record, or an access code's.
        left: Units that are left of each allowance that it counts for, by name in that record;
            empty without limits.
        units: What the message costs.
    """

    record: str
    left: Mapping[str, float] = field(default_factory=dict)
    units: float = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Ticket:
    """A number in line.

    Attributes:
        epoch: Of the line that the number is of.
        number: Its place in the order of arrival.
        round: How often models have refused its chat after it was let in.
        is_paid: Whether the message has been counted for its visitor.
        ahead: How many numbers earlier it is called; the head start of its class.
        given_at: When the number was given (UTC, whole seconds).
    """

    epoch: int
    number: int
    ahead: int = 0
    round: int = 0
    is_paid: bool = False
    given_at: datetime

    @property
    def rank(self) -> int:
        """The number, less its head start: the order in which tickets are called."""
        return self.number - self.ahead

    @property
    def use(self) -> str:
        """Names the one use of this ticket."""
        return f"{self.epoch}.{self.number}.{self.round}"

    def paid(self) -> Ticket:
        """The same, after its message has been counted."""
        return replace(self, is_paid=True)

    def again(self) -> Ticket:
        """The same number, after models have refused the chat."""
        return replace(self, round=min(self.round + 1, 9999))


@dataclass(frozen=True, slots=True)
class Waits:
    """What somebody who waits is told: a place in line.

    Attributes:
        ticket: To be sent back.
        number: The number that is called.
        position: The place in line; 1 is the first.
        retry_at: When to come (UTC).
    """

    ticket: str
    number: int
    position: int
    retry_at: datetime


class Tickets:
    """Writes tickets, and reads those that come back."""

    def __init__(self, secrets: Sequence[bytes]) -> None:
        """Takes what tickets are signed with; the first secret signs, all verify."""
        self._keys = [derived_key(secret, "ticket") for secret in secrets]

    def text(self, ticket: Ticket, holder: Holder) -> str:
        """A ticket for a holder."""
        return _text(self._keys[0], ticket, holder)

    def read(self, text: str, holder: Holder, now: datetime) -> Ticket | TicketFault:
        """What a ticket says, if it was given to this holder.

        One that was given before the caller had an id holds for all of its network.

        Args:
            text: As it came.
            holder: Whose request it came with.
            now: The present instant (UTC).
        """
        match = _TICKET.fullmatch(text)
        if match is None or not is_signed(self._keys, text):
            return TicketFault.INVALID
        ticket = Ticket(
            epoch=int(match["epoch"]),
            number=int(match["number"]),
            round=int(match["round"]),
            is_paid=match["paid"] == "1",
            ahead=int(match["ahead"]),
            given_at=datetime.fromtimestamp(int(match["time"]), UTC),
        )
        holders = (holder, replace(holder, visitor=""))
        if all(_text(key, ticket, one) != text for key in self._keys for one in holders):
            return TicketFault.INVALID
        return TicketFault.EXPIRED if now - ticket.given_at > _LIFE else ticket


def chat_digest(chat: Chat) -> str:
    """Stands for the words of a conversation."""
    words = repr([(message.role.value, message.text) for message in chat.messages])
    return hashlib.sha256(words.encode("utf-8", "surrogatepass")).hexdigest()


def _text(key: bytes, ticket: Ticket, holder: Holder) -> str:
    binding = pseudonym(key, repr((holder.visitor, holder.network, holder.chat)))
    return signed(
        key,
        f"v1.{ticket.epoch}.{ticket.number}.{ticket.round}.{ticket.is_paid:d}.{ticket.ahead}"
        f".{int(ticket.given_at.timestamp())}.{binding}",
    )
