"""What those who wait in line are told, and those whose ticket gives no place in it."""

from __future__ import annotations

from dataclasses import replace

from nexus.waiting_room.core.ticket import TicketFault, Waits
from nexus.wire.error import ApiError
from nexus.wire.unavailability import IN_TURN


def with_place(error: ApiError, place: Waits | None) -> ApiError:
    """The same error for somebody with a place in line, who comes when it is called.

    That is never before a model may be tried.
    """
    if place is None:
        return error
    retry_at = max(place.retry_at, error.retry_at or place.retry_at)
    return replace(error, place=place, retry_at=retry_at)


def in_turn(error: ApiError) -> ApiError:
    """The same error where no quota is why: a model may be tried, but others are first."""
    return replace(error, message=f"{IN_TURN} Please try again after retry_at.", reason="line")


def invalid_ticket(fault: TicketFault) -> ApiError:
    """A ticket that gives no place in line."""
    what = {
        TicketFault.INVALID: "is not valid for this message",
        TicketFault.EXPIRED: "has expired",
        TicketFault.USED: "has been used",
    }[fault]
    return ApiError(
        status=400,
        code="invalid_ticket",
        message=f"The ticket in X-Nexus-Ticket {what}. Send the message without it to get a new "
        "place in line.",
    )
