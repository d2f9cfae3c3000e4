"""What the status page and its feed say: whole sentences in English, with slots.

The page's build has the same keys in other languages, in web/src/words/status/.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from fallback.core.availability import State, Status
from nexus.status.core.cause import Cause
from nexus.status.core.incident import SERVICE, Incident
from nexus.waiting_room.core.line_ahead import LineAhead
from nexus.wire.unavailability import IN_TURN, ONLY_THE_OPERATOR, why_no_model, why_not

ENGLISH: Mapping[str, str] = {
    "TITLE": "Service status",
    # Functions do not know what the operator calls it.
    "CHAT": "The chat",
    "IS_WORKING": "The chat is working",
    "IS_TRIED": "The chat is being tried again",
    "IS_DOWN": "The chat cannot answer now",
    "MUST_WAIT": "New messages have to wait",
    "ANSWERS": "{model} is answering.",
    "STANDS_IN": "Another model stands in for {model}.",
    "NEXT_CHAT": "The next chat will show whether it is back.",
    "EXPECTED_BACK": "Expected back on {at}.",
    "TRIED_AGAIN": "Tried again on {at}.",
    "ONLY_OPERATOR": ONLY_THE_OPERATOR,
    **{f"NO_MODEL.{cause}": why_no_model(cause) for cause in Cause},
    "NO_MODEL.line": IN_TURN,
    **{f"ONE_MODEL.{cause}": why_not(cause) for cause in Cause},
    "IN_LINE": "In line on {at}: about {number}.",
    "WAIT": "Wait for a new message at that time: about {length}.",
    "WAIT_UNKNOWN": "Nobody could say how long a new message would wait.",
    "NOTHING_YET": "Nothing has been recorded yet.",
    "WRITTEN": "Written on {at}.",
    "REWRITTEN": "It is written again when something changes.",
    "STRIPS": "The last 24 hours and 90 days",
    "ANSWERING": "Answering",
    "STOOD_IN": "At its limit, or another model stood in",
    "NOT_ANSWERING": "Not answering",
    "NOT_RECORDED": "Not recorded",
    "BEING_TRIED": "Being tried again",
    "SHARE_OF_24_HOURS": "Answering {share} of the last 24 hours.",
    "SHARE_OF_90_DAYS": "Answering {share} of the last 90 days.",
    f"MODEL_FOR.{State.EXHAUSTED}": "At its limit for {length}.",
    f"MODEL_FOR.{State.UNAVAILABLE}": "Not answering for {length}.",
    f"SERVICE_FOR.{Status.DEGRADED}": "Another model stood in for {length}.",
    f"SERVICE_FOR.{Status.EXHAUSTED}": "All models at their limits for {length}.",
    f"SERVICE_FOR.{Status.UNAVAILABLE}": "No model answered for {length}.",
    f"SERVICE_FOR.{Status.MISCONFIGURED}": "Not set up correctly for {length}.",
    "UNDER_A_MINUTE": "less than a minute",
    "INCIDENTS": "Incidents",
    "NO_INCIDENTS": "None in the last 90 days.",
    "EARLIER": "Earlier incidents",
    "SINCE": "Since {start}.",
    "FROM_TO": "{start} to {end} ({length}).",
    "BACK": "Back to the chat",
    "FEED": "Incidents as a feed",
    "DATA": "Everything as JSON",
    "TIME_ZONE": "Time zone: {zone}.",
    "DAYS": "Days begin at midnight UTC.",
}
_ENDS_BY_ITSELF = (Cause.LIMIT, Cause.DAY_LIMIT, Cause.SET_ASIDE)


@dataclass(frozen=True, slots=True)
class Share:
    """A part of a whole, in hundredths of a per cent, which is only full if nothing is missing."""

    basis_points: int

    @classmethod
    def of(cls, part: int, whole: int) -> Share:
        """The share of a part that may be below zero, in a whole that may be nothing."""
        return cls(10_000 if whole <= 0 else max(0, part) * 10_000 // whole)

    def __str__(self) -> str:
        return f"{self.basis_points / 100:.4g} %"


Slot = str | datetime | timedelta | Share
"""A name, an instant, a length of time or a share."""


@dataclass(frozen=True, slots=True)
class Sentence:
    """A text of ENGLISH, with what stands in its slots."""

    key: str
    slots: Mapping[str, Slot]

    def __str__(self) -> str:
        slots = {name: english(value) for name, value in self.slots.items()}
        return ENGLISH[self.key].format_map(slots)


def say(key: str, **slots: Slot) -> Sentence:
    """The sentence of a key."""
    return Sentence(key, slots)


def why(incident: Incident) -> Sentence:
    """The reason of an incident."""
    whose = "NO_MODEL" if incident.name == SERVICE else "ONE_MODEL"
    return say(f"{whose}.{incident.cause}")


def when(incident: Incident) -> list[Sentence]:
    """When an incident was, and how long."""
    start, end = incident.start, incident.end
    if incident.is_over:
        return [say("FROM_TO", start=start, end=end, length=end - start)]
    return [say("SINCE", start=start), return_of(incident.cause, end)]


def wait_behind(line: LineAhead, at: datetime) -> list[Sentence]:
    """How many were in line at an instant, and how long a newcomer had to wait: no less."""
    told = say("IN_LINE", at=at, number=str(line.waiting))
    if not line.is_known:
        return [told, say("WAIT_UNKNOWN")]
    minute = timedelta(minutes=1)
    minutes = max(1, -((at - line.comes_at) // minute))
    return [told, say("WAIT", length=minutes * minute)]


def return_of(cause: Cause, until: datetime) -> Sentence:
    """What is known of the end of an outage."""
    if cause is Cause.SETUP:
        return say("ONLY_OPERATOR")
    return say("EXPECTED_BACK" if cause in _ENDS_BY_ITSELF else "TRIED_AGAIN", at=until)


def states_of(name: str) -> str:
    """What comes before a state in the keys that say how long a track was in it."""
    return "SERVICE_FOR" if name == SERVICE else "MODEL_FOR"


def lengths(name: str, seconds: Mapping[str, int]) -> list[Sentence]:
    """How long a track was in which state."""
    return [
        say(f"{states_of(name)}.{state}", length=timedelta(seconds=seconds[state]))
        for state in Status
        if seconds.get(state)
    ]


def english(slot: Slot) -> str:
    """What stands in a slot, in English."""
    match slot:
        case datetime():
            return moment(slot)
        case timedelta():
            return duration(slot)
    return str(slot)


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
        return ENGLISH["UNDER_A_MINUTE"]
    hours, minutes = divmod(minutes, 60)
    days, hours = divmod(hours, 24)
    units = [(days, "d"), (hours, "h"), (minutes, "min")]
    told = [f"{count} {unit}" for count, unit in units if count]
    return " ".join(told[:2])
