"""Tickets: what Nexus has given, and nothing else, holds; for whom it was given, and no longer."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fallback.core.chat import Chat, Message, Role
from nexus.waiting_room.core.ticket import Holder, Ticket, TicketFault, Tickets, chat_digest

NOW = datetime(2026, 11, 27, 12, tzinfo=UTC)
HOLDER = Holder(visitor="visitor", network="192.0.2.7", chat="digest")
TICKET = Ticket(epoch=1_700_000_000_000, number=12, ahead=5, given_at=NOW)
TICKETS = Tickets([b"secret"])


def test_a_ticket_says_what_it_was_given_for() -> None:
    for ticket in (TICKET, TICKET.paid(), TICKET.again()):
        assert TICKETS.read(TICKETS.text(ticket, HOLDER), HOLDER, NOW) == ticket
    assert TICKET.rank == 7
    assert TICKET.use != TICKET.again().use
    assert TICKET.use == TICKET.paid().use


@pytest.mark.parametrize("name", ["visitor", "network", "chat"])
def test_a_ticket_of_somebody_else_or_for_something_else_is_not_valid(name: str) -> None:
    text = TICKETS.text(TICKET, HOLDER)

    assert TICKETS.read(text, replace(HOLDER, **{name: "other"}), NOW) is TicketFault.INVALID


def test_a_ticket_given_before_the_caller_had_an_id_holds_in_its_network() -> None:
    text = TICKETS.text(TICKET, replace(HOLDER, visitor=""))

    assert TICKETS.read(text, HOLDER, NOW) == TICKET


def test_a_ticket_expires_after_the_longest_day() -> None:
    text = TICKETS.text(TICKET, HOLDER)

    assert TICKETS.read(text, HOLDER, NOW + timedelta(hours=25)) == TICKET
    assert TICKETS.read(text, HOLDER, NOW + timedelta(hours=27)) is TicketFault.EXPIRED


def test_while_the_secret_is_rotated_both_hold() -> None:
    text = TICKETS.text(TICKET, HOLDER)

    assert Tickets([b"new", b"secret"]).read(text, HOLDER, NOW) == TICKET
    assert Tickets([b"new"]).read(text, HOLDER, NOW) is TicketFault.INVALID


@given(st.text(max_size=200))
def test_no_other_text_is_a_ticket(text: str) -> None:
    assert TICKETS.read(text, HOLDER, NOW) is TicketFault.INVALID


@given(st.integers(0, 200), st.characters())
def test_no_changed_ticket_is_one(place: int, character: str) -> None:
    text = TICKETS.text(TICKET, HOLDER)
    changed = text[:place] + character + text[place + 1 :]

    if changed != text:
        assert TICKETS.read(changed, HOLDER, NOW) is TicketFault.INVALID


def test_another_message_is_another_chat() -> None:
    one, other = (Chat(messages=(Message(Role.USER, text),)) for text in ("one", "other"))

    assert chat_digest(one) == chat_digest(replace(one, temperature=1))
    assert chat_digest(one) != chat_digest(other)
    assert chat_digest(Chat(messages=(Message(Role.USER, "\ud800"),)))
