"""States of the service as tests write them down."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from fallback.core.availability import Availability, ModelState, State, Status
from fallback.core.failure import FailureKind

START = datetime(2026, 11, 22, 12, 0, 0, tzinfo=UTC)
FIRST, SECOND = "Gemini 3.8 Flash", "Gemini 3.6 Flash"
WELL = ModelState(FIRST, State.AVAILABLE)
STAND_IN = ModelState(SECOND, State.AVAILABLE)


def after(seconds: float) -> datetime:
    """An instant after START."""
    return START + timedelta(seconds=seconds)


def limited(name: str, until: float, reason: str = FailureKind.RATE_LIMITED) -> ModelState:
    """A model that a quota keeps requests out of, until so many seconds after START."""
    return ModelState(name, State.EXHAUSTED, after(until), reason)


def silent(name: str, until: float, reason: str = FailureKind.TIMED_OUT) -> ModelState:
    """A model that something else keeps requests out of."""
    return ModelState(name, State.UNAVAILABLE, after(until), reason)


def service(*models: ModelState, status: Status | None = None) -> Availability:
    """The service with these models in order; how it is follows from theirs."""
    states = [model.state for model in models]
    if status is not None:
        found = status
    elif states[0] is State.AVAILABLE:
        found = Status.OPERATIONAL
    elif State.AVAILABLE in states or State.PROBING in states:
        found = Status.DEGRADED
    else:
        found = Status.EXHAUSTED if State.EXHAUSTED in states else Status.UNAVAILABLE
    return Availability(status=found, models=models)
