"""What those are told who wait, and those whose ticket gives no place."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from nexus.waiting_room.core.ticket import TicketFault, Waits
from nexus.wire.error import models_exhausted
from nexus.wire.waiting import in_turn, invalid_ticket, with_place

NOW = datetime(2026, 11, 27, 12, tzinfo=UTC)


def test_a_place_is_told_with_the_time_at_which_it_is_called() -> None:
    place = Waits("v1.ticket", number=12, position=3, retry_at=NOW + timedelta(seconds=90))

    error = with_place(models_exhausted(NOW + timedelta(seconds=30)), place)

    told = error.body(NOW, "request")["error"]
    assert (told["ticket"], told["number"], told["position"]) == ("v1.ticket", 12, 3)
    assert told["retry_after_seconds"] == 90
    assert error.headers(NOW) == {"Retry-After": "90", "X-Should-Retry": "false"}


def test_where_there_is_no_line_nothing_is_told_of_it() -> None:
    error = models_exhausted(NOW + timedelta(seconds=30))

    assert with_place(error, None) is error
    assert "ticket" not in error.body(NOW, "request")["error"]


def test_whoever_waits_only_for_others_hears_of_no_quota() -> None:
    told = in_turn(models_exhausted(NOW)).body(NOW, "request")["error"]

    assert (told["code"], told["reason"]) == ("models_exhausted", "line")
    assert told["message"].startswith("Messages are answered in turn")


@pytest.mark.parametrize("fault", list(TicketFault))
def test_a_ticket_that_gives_no_place_says_why_and_what_to_do(fault: TicketFault) -> None:
    error = invalid_ticket(fault)

    assert (error.status, error.code) == (400, "invalid_ticket")
    assert "without it" in error.message
