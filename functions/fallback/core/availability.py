"""Whether the service can answer, as far as its windows tell. No model is asked."""

from __future__ import annotations

import enum
from dataclasses import dataclass
from datetime import datetime

from fallback.core.hierarchy import Hierarchy
from fallback.core.windows import EVERY_MODEL, Windows


class Status(enum.StrEnum):
    """How the service as a whole is."""

    OPERATIONAL = "operational"
    """The primary model answers."""
    DEGRADED = "degraded"
    """A later model answers, or a probe of the primary is due."""
    EXHAUSTED = "exhausted"
    """No model answers before `retry_at`."""
    MISCONFIGURED = "misconfigured"
    """No model answers until the operator acts."""


class State(enum.StrEnum):
    """How one model is."""

    AVAILABLE = "available"
    EXHAUSTED = "exhausted"
    PROBING = "probing"
    """Its window has ended, and no probe has succeeded yet."""


@dataclass(frozen=True, slots=True)
class ModelState:
    """One model of the hierarchy.

    Attributes:
        display_name: Its name for people.
        state: Whether it answers, as far as is known.
        until: The end of its window, if one is open.
    """

    display_name: str
    state: State
    until: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Availability:
    """What a visitor's page needs to know.

    Attributes:
        status: How the service is.
        retry_at: The first instant at which a model may answer again; None unless exhausted.
        models: The hierarchy, in order.
    """

    status: Status
    retry_at: datetime | None
    models: tuple[ModelState, ...]

    @property
    def available(self) -> bool:
        """Whether a chat may be answered now."""
        return self.status in (Status.OPERATIONAL, Status.DEGRADED)


def availability(
    hierarchy: Hierarchy, windows: Windows, now: datetime, *, has_key: bool = True
) -> Availability:
    """Says how the service is.

    Args:
        hierarchy: The models.
        windows: What is known of exhaustion.
        now: The present instant (UTC).
        has_key: Whether whoever asks has a key to send chats with, as far as it knows.
    """
    models = []
    for model in hierarchy.models:
        window = windows.get(model.name)
        if window is None:
            models.append(ModelState(model.display_name, State.AVAILABLE))
        elif window.is_open(now):
            models.append(ModelState(model.display_name, State.EXHAUSTED, window.until))
        else:
            models.append(ModelState(model.display_name, State.PROBING))
    service = windows.get(EVERY_MODEL)
    ends = [model.until for model in models if model.until is not None]
    retry_at = None
    if not has_key or (service is not None and service.is_open(now)):
        status = Status.MISCONFIGURED
    elif len(ends) == len(models):
        status, retry_at = Status.EXHAUSTED, min(ends)
    elif models[0].state is State.AVAILABLE:
        status = Status.OPERATIONAL
    else:
        status = Status.DEGRADED
    return Availability(status=status, retry_at=retry_at, models=tuple(models))
