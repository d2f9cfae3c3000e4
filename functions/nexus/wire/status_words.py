"""What the status page and its feed say, in the words that chats use."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta

from fallback.core.availability import State, Status
from nexus.status.core.cause import Cause
from nexus.status.core.incident import SERVICE, Incident
from nexus.wire.unavailability import ONLY_THE_OPERATOR, why_no_model, why_not

NAME = "The chat"
"""Functions do not know what the operator calls it."""
TITLE = "Service status"
_ENDS_BY_ITSELF = (Cause.LIMIT, Cause.DAY_LIMIT, Cause.SET_ASIDE)

_STATES_OF_MODEL: Mapping[str, str] = {
    State.EXHAUSTED: "at its limit",
    State.UNAVAILABLE: "not answering",
}
_STATES_OF_SERVICE: Mapping[str, str] = {
    Status.DEGRADED: "another model stood in",
    Status.EXHAUSTED: "all models at their limits",
    Status.UNAVAILABLE: "no model answered",
    Status.MISCONFIGURED: "not set up correctly",
}


def title_of(name: str) -> str:
    """What a track is called."""
    return NAME if name == SERVICE else name


def why(incident: Incident) -> str:
    """The reason of an incident, in one sentence."""
    return (why_no_model if incident.name == SERVICE else why_not)(incident.cause)


def when(incident: Incident) -> str:
    """When an incident was, and how long."""
    if not incident.is_over:
        return f"Since {moment(incident.start)}. {return_of(incident.cause, incident.end)}"
    length = duration(incident.end - incident.start)
    return f"{moment(incident.start)} to {moment(incident.end)} ({length})."


def return_of(cause: Cause, until: datetime) -> str:
    """What is known of the end of an outage."""
    if cause is Cause.SETUP:
        return ONLY_THE_OPERATOR
    what = "Expected back" if cause in _ENDS_BY_ITSELF else "Tried again"
    return f"{what} on {moment(until)}."


def lengths(name: str, seconds: Mapping[str, int]) -> str:
    """How long a track was in which state: `at its limit for 39 min, not answering for 1 min`."""
    words = _STATES_OF_SERVICE if name == SERVICE else _STATES_OF_MODEL
    return ", ".join(
        f"{word} for {duration(timedelta(seconds=seconds[state]))}"
        for state, word in words.items()
        if seconds.get(state)
    )


def share(part: int, whole: int) -> str:
    """A share that is only full if nothing is missing."""
    basis_points = 10_000 if whole <= 0 else max(0, part) * 10_000 // whole
    return f"{basis_points / 100:.4g} %"


def moment(instant: datetime) -> str:
    """A day and a time of it."""
    return f"{day(instant)} {instant.year}, {instant:%H:%M} UTC"


def day(instant: datetime) -> str:
    """A day, as in `27 November`."""
    return f"{instant.day} {instant:%B}"


def duration(length: timedelta) -> str:
    """A length of time, in its two largest units."""
    minutes = length // timedelta(minutes=1)
    if minutes < 1:
        return "less than a minute"
    hours, minutes = divmod(minutes, 60)
    days, hours = divmod(hours, 24)
    units = [(days, "d"), (hours, "h"), (minutes, "min")]
    told = [f"{count} {unit}" for count, unit in units if count]
    return " ".join(told[:2])
