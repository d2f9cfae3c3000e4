"""The waiting room at the chat's door: whose turn it is, and what those who wait are told."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import flask

from fallback.core.availability import Status, availability
from fallback.core.chat import Chat
from fallback.core.refusal import Refusal, RefusalReason
from fallback.core.windows import Windows
from fallback.wait_budget import WaitBudget
from nexus.bootstrap import Nexus
from nexus.fairness.core.network import client_address, networks_of
from nexus.status.core.cause import cause_of
from nexus.waiting_room.core.ticket import Account, Holder, TicketFault, chat_digest
from nexus.wire.error import ApiError, models_exhausted, models_unavailable, refusal_error
from nexus.wire.unavailability import shared_cause
from nexus.wire.visitor import (
    TICKET_HEADER,
    VISITOR_HEADER,
    bearer_of,
    forwarded_entries,
    visitor_id_of,
)
from nexus.wire.waiting import in_turn, invalid_ticket, with_place

if TYPE_CHECKING:
    from nexus.waiting_room.room import Caller

_KEEPS_A_PLACE = (RefusalReason.MODELS_UNAVAILABLE, RefusalReason.DEADLINE_EXCEEDED)
"""Refusals that give nobody a place, and after which nobody loses one."""


def address_of(nexus: Nexus, request: flask.Request) -> str:
    """The address that a request comes from."""
    return client_address(
        request.remote_addr,
        forwarded_entries(request.headers.get("X-Forwarded-For")),
        nexus.settings.trusted_proxies,
    )


def meet(
    nexus: Nexus,
    request: flask.Request,
    chat: Chat,
    windows: Windows,
    *,
    account: Callable[[], Account] | None,
    group: str | None,
    budget: WaitBudget,
) -> Caller | ApiError | None:
    """Looks at a request's ticket, and at who waits.

    Args:
        nexus: The function's parts.
        request: A valid request.
        chat: What it asks.
        windows: All that are known.
        account: Returns what the chat is to be counted in; None without limits.
        group: Of its access code, if it has one.
        budget: How long to wait for the store.

    Returns:
        Who it is; the error of a ticket that does not hold; or None if there is no waiting room.
    """
    if nexus.room is None:
        return None

    def holder() -> Holder:
        code = bearer_of(request.headers.get("Authorization")) if group else None
        return Holder(
            visitor=code or visitor_id_of(request.headers.get(VISITOR_HEADER)) or "",
            network=networks_of(address_of(nexus, request))[-1],
            chat=chat_digest(chat),
        )

    met = nexus.room.meet(
        holder,
        account or (lambda: Account(holder().network)),
        request.headers.get(TICKET_HEADER) or None,
        windows,
        budget,
        ahead=nexus.settings.waiting_room.places_ahead.get(group or "", 0),
    )
    return invalid_ticket(met) if isinstance(met, TicketFault) else met


def turned_away(
    nexus: Nexus, caller: Caller, windows: Windows, *, is_paid: bool
) -> ApiError | None:
    """The error of somebody who is not called yet; None if there is no line after all."""
    state = availability(nexus.settings.fallback.hierarchy, windows, nexus.clock.now())
    is_out = state.status is Status.UNAVAILABLE
    if is_out and caller.ticket is None:
        return None  # The models' refusal says why, and gives nobody a new place.
    place, until = None, caller.refused_until
    if until is None:
        place = nexus.room.wait(caller, windows, is_paid=is_paid) if nexus.room else None
        if place is None:
            return None
        until = place.retry_at
    if is_out:
        causes = [cause_of(model.reason) for model in state.models]
        error = models_unavailable(shared_cause(causes), state.retry_at, state.expected_at)
    else:
        error = models_exhausted(until, state.expected_at)
    return with_place(in_turn(error) if state.available else error, place)


def refused(nexus: Nexus, caller: Caller | None, refusal: Refusal, *, is_paid: bool) -> ApiError:
    """The error of somebody whom models have refused, with a place in line where there is one.

    Args:
        nexus: The function's parts.
        caller: Who it is; None without a waiting room.
        refusal: What models have said.
        is_paid: Whether the message has been counted.
    """
    error = refusal_error(refusal)
    if nexus.room is None or caller is None:
        return error
    windows = nexus.windows.snapshot(WaitBudget(nexus.clock))
    is_line = refusal.reason is RefusalReason.MODELS_EXHAUSTED
    if not is_line and (caller.ticket is None or refusal.reason not in _KEEPS_A_PLACE):
        nexus.room.give_back(caller, windows)
        return error
    return with_place(error, nexus.room.refused(caller, windows, is_paid=is_paid))


def gone(nexus: Nexus, caller: Caller | None) -> None:
    """Keeps the place of somebody who has left before the first word of an answer."""
    if nexus.room is not None and caller is not None:
        nexus.room.give_back(caller, nexus.windows.snapshot(WaitBudget(nexus.clock)))
