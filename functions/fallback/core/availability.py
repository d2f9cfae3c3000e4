"""Whether the service can answer, as far as its windows tell. No model is asked."""

from __future__ import annotations

import enum
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import assert_never

from fallback.core.hierarchy import Hierarchy
from fallback.core.permission import (
    Permission,
    Standing,
    best,
    is_misconfigured,
    needs_reserve,
    permission,
    service_permission,
    target_permission,
)
from fallback.core.windows import Windows


class Status(enum.StrEnum):
    """How the service as a whole is."""

    OPERATIONAL = "operational"
    """The primary model answers."""
    DEGRADED = "degraded"
    """A later model answers, or the next request waits a moment, or shows whether one does."""
    EXHAUSTED = "exhausted"
    """No model is tried before `retry_at`, and a quota is a reason."""
    UNAVAILABLE = "unavailable"
    """No model is tried before `retry_at`, and no quota is a reason."""
    MISCONFIGURED = "misconfigured"
    """No model answers until the operator acts."""


class State(enum.StrEnum):
    """How one model is."""

    AVAILABLE = "available"
    EXHAUSTED = "exhausted"
    """A quota keeps requests out."""
    UNAVAILABLE = "unavailable"
    """Something else keeps requests out."""
    PROBING = "probing"
    """One request may find out whether it answers again, or is doing so."""


@dataclass(frozen=True, slots=True)
class ModelState:
    """One model of the hierarchy.

    Attributes:
        display_name: Its name for people.
        state: Whether it answers, as far as is known.
        until: The end of its window, where that is to come.
        reason: The kind of failure behind its window, for those who may know; None without one.
    """

    display_name: str
    state: State
    until: datetime | None = None
    reason: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Availability:
    """What a visitor's page needs to know.

    Attributes:
        status: How the service is.
        retry_at: The first instant at which a chat would be tried; None where one would be now, or
            where a person has to act.
        expected_at: When a model is expected back, where that is later than `retry_at`.
        models: The hierarchy, in order.
    """

    status: Status
    retry_at: datetime | None = None
    expected_at: datetime | None = None
    models: tuple[ModelState, ...]

    @property
    def available(self) -> bool:
        """Whether a chat would be tried now."""
        return self.status in (Status.OPERATIONAL, Status.DEGRADED)


def availability(
    hierarchy: Hierarchy, windows: Windows, now: datetime, *, has_key: bool = True
) -> Availability:
    """Says how the service is.

    Args:
        hierarchy: The models.
        windows: The windows that are known.
        now: The present instant (UTC).
        has_key: Whether whoever asks has a key to send chats with, as far as it knows.
    """
    if not has_key:
        keyless = tuple(ModelState(m.display_name, State.UNAVAILABLE) for m in hierarchy.models)
        return Availability(status=Status.MISCONFIGURED, models=keyless)
    service = service_permission(hierarchy, windows, now)
    ways = [[c for c in hierarchy.candidates if c.model is model] for model in hierarchy.models]
    found = [best([permission(c, windows, now) for c in each]) for each in ways]
    models = tuple(
        ModelState(
            model.display_name,
            _state(p),
            p.until if p.until is not None and p.until > now else None,
            p.reason,
        )
        for model, p in zip(hierarchy.models, found, strict=True)
    )
    if is_misconfigured(service):
        return Availability(status=Status.MISCONFIGURED, models=models)
    patient_until = now + timedelta(seconds=hierarchy.patience_seconds)
    if any(p.is_granted or p.is_soon_free(patient_until) for p in found):
        has_reserve = needs_reserve(hierarchy, hierarchy.models[0], windows, now)
        is_well = any(
            permission(c, windows, now).standing is Standing.FREE
            and target_permission(c.target_key, windows, now).standing is Standing.FREE
            for c in ways[0]
            if has_reserve or not c.target.is_reserve
        )
        return Availability(
            status=Status.OPERATIONAL if is_well else Status.DEGRADED, models=models
        )
    retry_at, expected_at = return_of(found)
    return Availability(
        status=Status.EXHAUSTED if any(p.is_quota for p in found) else Status.UNAVAILABLE,
        retry_at=retry_at,
        expected_at=expected_at,
        models=models,
    )


def return_of(refused: Sequence[Permission]) -> tuple[datetime | None, datetime | None]:
    """When one of several models would first be tried, and when the first is expected back.

    Args:
        refused: What keeps a request from each of them.

    Returns:
        The first instant at which one would be tried; and the end of the window that ends first,
        where that is later.
    """
    refused = [p for p in refused if not p.needs_person] or refused
    retry_at = min((p.retry_at for p in refused if p.retry_at is not None), default=None)
    until = min((p.until for p in refused if p.until is not None), default=None)
    is_later = retry_at is not None and until is not None and until > retry_at
    return retry_at, until if is_later else None


def _state(found: Permission) -> State:
    match found.standing:
        case Standing.FREE:
            return State.AVAILABLE
        case Standing.DUE | Standing.PROBING:
            return State.PROBING
        case Standing.OPEN | Standing.TOO_LARGE:
            return State.EXHAUSTED if found.is_quota else State.UNAVAILABLE
        case _:  # pragma: no cover - mypy proves that this cannot be reached
            assert_never(found.standing)
