"""What is out, as one state of the service shows it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from fallback.core.availability import Availability, ModelState, State, Status
from nexus.status.core.cause import Cause, cause_of


@dataclass(frozen=True, slots=True)
class Outage:
    """What is out, as far as was known when it was recorded.

    Attributes:
        state: Of the model, or of the service, for which `degraded` is one too.
        cause: Why.
        start: Since when (UTC, whole seconds).
        until: When it ends, if nobody records anything else (UTC, whole seconds).
        counted: Until when it is in the tallies.
    """

    state: str
    cause: Cause
    start: datetime
    until: datetime
    counted: datetime

    def is_like(self, other: Outage) -> bool:
        """Whether both are of the same state, for the same reason."""
        return (self.state, self.cause) == (other.state, other.cause)


def outage_of_model(model: ModelState, before: Outage | None, now: datetime) -> Outage | None:
    """What is out of one model.

    Args:
        model: Its state.
        before: What was known to be out; it stays so while nobody knows better.
        now: When the state was read (UTC, whole seconds).
    """
    if model.state is State.PROBING:
        return before
    if model.state is State.AVAILABLE:
        return None
    return _outage(model.state, cause_of(model.reason), now, model.until)


def outage_of_service(
    availability: Availability, before: Outage | None, now: datetime
) -> Outage | None:
    """The same of the service as a whole."""
    first = availability.models[0]
    match availability.status:
        case Status.OPERATIONAL:
            return None
        case Status.DEGRADED:
            if all(model.state is not State.AVAILABLE for model in availability.models):
                return before  # The next chat will show.
            return _outage(Status.DEGRADED, cause_of(first.reason), now, first.until)
        case down:
            untils = [model.until for model in availability.models if model.until is not None]
            return _outage(down, _shared_cause(availability), now, min(untils, default=None))


def _shared_cause(availability: Availability) -> Cause:
    if availability.status is Status.EXHAUSTED:
        return Cause.LIMIT
    if availability.status is Status.MISCONFIGURED:
        return Cause.SETUP
    causes = {cause_of(model.reason) for model in availability.models}
    return causes.pop() if len(causes) == 1 else Cause.UNKNOWN


def _outage(state: str, cause: Cause, now: datetime, until: datetime | None) -> Outage:
    end = max(now, (until or now).replace(microsecond=0))
    return Outage(state, cause, now, end, now)
