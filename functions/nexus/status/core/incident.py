"""Outages as people remember them: several short ones are one, and most are not worth a word."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from fallback.core.availability import Status
from nexus.status.core.cause import Cause
from nexus.status.core.outage import Outage
from nexus.status.core.tally import DAYS

SERVICE = ""
"""What stands for the service in place of a model's display name."""

_MAX_INCIDENTS = 50
_SAME_INCIDENT = timedelta(minutes=15)
_SHORT = timedelta(minutes=5)


@dataclass(frozen=True, slots=True)
class Incident:
    """Something was out.

    Attributes:
        name: The model's display name, or SERVICE.
        state: Of the model or the service.
        cause: Why.
        start: When it began (UTC).
        end: When it ended; when it is expected to end, if it is not over.
        is_over: Whether it was over when the state was last recorded.
    """

    name: str
    state: str
    cause: Cause
    start: datetime
    end: datetime
    is_over: bool = True

    @property
    def is_worth_telling(self) -> bool:
        """Whether people noticed: a short outage of one model is made up for by the next model."""
        return self.name == SERVICE or self.end - self.start >= _SHORT

    def follows(self, earlier: Incident) -> bool:
        """Whether this one goes on with an earlier one."""
        is_like = (self.name, self.state, self.cause) == (
            earlier.name,
            earlier.state,
            earlier.cause,
        )
        return is_like and self.start - earlier.end <= _SAME_INCIDENT


Incidents = tuple[Incident, ...]


def noted(
    incidents: Incidents, name: str, outage: Outage, end: datetime, *, is_over: bool = True
) -> Incidents:
    """The incidents with one more, or with a longer one.

    Args:
        incidents: Those before, oldest first.
        name: Whose outage it is.
        outage: The outage.
        end: When it ended, or is expected to.
        is_over: Whether it has ended.
    """
    if outage.state == Status.DEGRADED or end <= outage.start:
        return incidents  # A degraded service answers: the model that is out has its own.
    incident = Incident(name, outage.state, outage.cause, outage.start, end, is_over)
    for earlier in reversed(incidents):
        if incident.follows(earlier):
            others = (other for other in incidents if other is not earlier)
            return (*others, replace(incident, start=earlier.start))
    return (*incidents, incident)


def kept(incidents: Incidents, now: datetime) -> Incidents:
    """Those that are worth telling, or may still become so."""
    oldest = now - timedelta(seconds=DAYS.seconds * DAYS.count)
    return tuple(
        incident
        for incident in incidents
        if now - incident.end <= _SAME_INCIDENT
        or (incident.is_worth_telling and incident.end > oldest)
    )[-_MAX_INCIDENTS:]
