"""Lets a chat in: who sends it, whether it is within limits, and which models are for it."""

from __future__ import annotations

import functools
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

import flask

from fallback.core.availability import availability
from fallback.core.chat import Chat
from fallback.core.hierarchy import Hierarchy
from fallback.core.scarcity import best_last, cheaper_first, is_scarce
from fallback.core.size import tokens_of
from fallback.core.windows import Windows
from fallback.events import Event
from fallback.wait_budget import WaitBudget
from nexus.bootstrap import Nexus
from nexus.fairness.core.rules import units_of
from nexus.fairness.identity import CodeFault, Visitor
from nexus.http.door import address_of, meet, turned_away
from nexus.waiting_room.core.ticket import Account, TicketFault
from nexus.wire.error import ApiError, invalid_access_code, visitor_rate_limited
from nexus.wire.visitor import VISITOR_HEADER, bearer_of, rate_limit_headers, visitor_id_of
from nexus.wire.waiting import invalid_ticket

if TYPE_CHECKING:
    from nexus.fairness.fair_use import FairUse
    from nexus.waiting_room.room import Caller


def _settle_nothing(extra_units: float) -> None:
    """Counts for nobody."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Admission:
    """A chat that is let in.

    Attributes:
        hierarchy: The models for it.
        settle: Counts what it has cost beyond its units; nobody waits for that.
        caller: Who it is to the waiting room; None if there is none.
        is_counted: Whether it has been counted for its visitor.
    """

    hierarchy: Hierarchy
    settle: Callable[[float], None] = _settle_nothing
    caller: Caller | None = None
    is_counted: bool = False


def introduce(fair_use: FairUse | None, request: flask.Request) -> None:
    """Gives a caller without a good id one with the reply, whatever that will be.

    Args:
        fair_use: The limits; None if there are none.
        request: The request in hand.
    """
    if fair_use is None:
        return
    new_id = fair_use.new_id(visitor_id_of(request.headers.get(VISITOR_HEADER)))
    if new_id is not None:
        _add_to_reply({VISITOR_HEADER: new_id})


def admit_chat(
    nexus: Nexus,
    fair_use: FairUse | None,
    request: flask.Request,
    chat: Chat,
    hierarchy: Hierarchy,
    *,
    request_id: str,
    budget: WaitBudget,
) -> Admission | ApiError:
    """Counts a chat and lets it in, unless others are before it.

    It is not counted if it is already known that no model will answer it, and counted once if it
    has a place in line.

    Args:
        nexus: The function's parts.
        fair_use: The limits; None if there are none.
        request: A valid request.
        chat: What it asks.
        hierarchy: The models for it, unless its visitor steps down.
        request_id: What the log calls it.
        budget: How long to wait for the store.
    """
    visitor = None
    if fair_use is not None:
        found = fair_use.identify(
            visitor_id=visitor_id_of(request.headers.get(VISITOR_HEADER)),
            bearer=bearer_of(request.headers.get("Authorization")),
            address=address_of(nexus, request),
            budget=budget,
        )
        if isinstance(found, CodeFault):
            return invalid_access_code(found)
        visitor = found
    windows = nexus.limits.windows(nexus.windows.snapshot(budget))
    account = _account(fair_use, visitor, chat) if fair_use and visitor else None
    group = visitor.group if visitor else None
    caller = meet(nexus, request, chat, windows, account=account, group=group, budget=budget)
    if isinstance(caller, ApiError):
        return caller
    if caller is not None and caller.must_wait and caller.ticket is None:
        error = turned_away(nexus, caller, windows, is_paid=False)
        if error is not None:
            return error
    admission = _counted(
        nexus, fair_use, visitor, caller, chat, hierarchy, windows, request_id, budget
    )
    if isinstance(admission, ApiError) or caller is None or caller.ticket is None:
        return admission
    if caller.must_wait:
        error = turned_away(nexus, caller, windows, is_paid=True)
        if error is not None:
            return error
    is_first = nexus.room is not None and nexus.room.let_in(caller, windows, budget)
    return admission if is_first else invalid_ticket(TicketFault.USED)


def _account(fair_use: FairUse, visitor: Visitor, chat: Chat) -> Callable[[], Account]:
    return lambda: Account(visitor.record, fair_use.left(visitor), units_of(tokens_of(chat)))


def _counted(  # noqa: PLR0917 - the steps of one request share all of it
    nexus: Nexus,
    fair_use: FairUse | None,
    visitor: Visitor | None,
    caller: Caller | None,
    chat: Chat,
    hierarchy: Hierarchy,
    windows: Windows,
    request_id: str,
    budget: WaitBudget,
) -> Admission | ApiError:
    ticket = caller.ticket if caller else None
    if fair_use is None or visitor is None:
        paced = _paced(nexus, hierarchy, tokens_of(chat), request_id)
        return Admission(hierarchy=paced, caller=caller, is_counted=True)
    settle = functools.partial(fair_use.settle, visitor)
    if ticket is not None and ticket.is_paid:
        paced = _paced(nexus, hierarchy, tokens_of(chat), request_id)
        return Admission(hierarchy=paced, settle=settle, caller=caller, is_counted=True)
    now = nexus.clock.now()
    has_key = nexus.settings.fallback.has_credentials
    state = availability(hierarchy, windows, now, has_key=has_key)
    patience = timedelta(seconds=hierarchy.patience_seconds)
    returns_soon = state.retry_at is not None and state.retry_at <= now + patience
    if ticket is None and not state.available and not returns_soon:
        return Admission(hierarchy=hierarchy, caller=caller)
    verdict = fair_use.admit(visitor, units_of(tokens_of(chat)), request_id, budget)
    left = verdict.standing
    _add_to_reply(rate_limit_headers(left.limit, left.remaining, left.reset.total_seconds()))
    if verdict.refused is not None:
        return visitor_rate_limited(verdict.refused, is_own=verdict.is_own)
    if verdict.is_heavy and is_scarce(hierarchy, windows, now):
        nexus.log(Event.VISITOR_STEPPED_DOWN, request_id=request_id, reason="exhausted")
        hierarchy = cheaper_first(hierarchy)
    else:
        tokens = 0 if verdict.is_heavy else tokens_of(chat)
        hierarchy = _paced(nexus, hierarchy, tokens, request_id)
    return Admission(hierarchy=hierarchy, settle=settle, caller=caller, is_counted=True)


def _paced(nexus: Nexus, hierarchy: Hierarchy, tokens: int, request_id: str) -> Hierarchy:
    """The models for a chat of a size, the first one last if that is to last all day."""
    if nexus.pacer is None or not nexus.pacer.steps_down(tokens):
        return hierarchy
    nexus.log(Event.VISITOR_STEPPED_DOWN, request_id=request_id, reason="pacing")
    return best_last(hierarchy)


def _add_to_reply(headers: dict[str, str]) -> None:
    @flask.after_this_request
    def add(response: flask.Response) -> flask.Response:
        response.headers.update(headers)
        return response
