"""The history as the JSON that lies beside the page; it holds what everybody may know."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

from fallback.rfc3339 import rfc3339
from nexus.status.core.cause import Cause
from nexus.status.core.history import History, Track
from nexus.status.core.incident import SERVICE, Incident
from nexus.status.core.outage import Outage
from nexus.status.core.tally import Tally
from nexus.waiting_room.core.line_ahead import LineAhead


def to_body(history: History) -> bytes:
    """The JSON; the same history always has the same bytes."""
    told = {
        "since": rfc3339(history.since),
        "recorded_at": rfc3339(history.recorded_at),
        "service": _told_track(history.service),
        "models": [{"display_name": track.name, **_told_track(track)} for track in history.models],
        "incidents": [_told_incident(incident) for incident in history.incidents],
        "line": _told_line(history.line),
    }
    return json.dumps(told, ensure_ascii=False, separators=(",", ":")).encode()


def from_body(body: bytes) -> History | None:
    """The history that was written; None if there is none, or it is of another form.

    Such a one is begun anew: it is better to lose days than to have no page.
    """
    try:
        told = json.loads(body)
        return History(
            since=_instant(told["since"]),
            recorded_at=_instant(told["recorded_at"]),
            service=_track(SERVICE, told["service"]),
            models=tuple(_track(str(model["display_name"]), model) for model in told["models"]),
            incidents=tuple(_incident(incident) for incident in told["incidents"]),
            line=_line(told.get("line")),  # Which older services have not written.
        )
    except (ValueError, TypeError, KeyError, AttributeError):
        return None


def _told_track(track: Track) -> dict[str, Any]:
    outage = track.outage
    return {
        "outage": None
        if outage is None
        else {
            "state": outage.state,
            "cause": outage.cause,
            "start": rfc3339(outage.start),
            "until": rfc3339(outage.until),
            "counted": rfc3339(outage.counted),
        },
        "quarters": _told_tally(track.quarters),
        "days": _told_tally(track.days),
    }


def _told_tally(tally: Tally) -> dict[str, Any]:
    return {rfc3339(datetime.fromtimestamp(start, UTC)): tally[start] for start in sorted(tally)}


def _told_incident(incident: Incident) -> dict[str, Any]:
    return {
        "display_name": None if incident.name == SERVICE else incident.name,
        "state": incident.state,
        "cause": incident.cause,
        "start": rfc3339(incident.start),
        "end": rfc3339(incident.end),
    }


def _told_line(line: LineAhead | None) -> dict[str, Any] | None:
    if line is None:
        return None
    return {
        "waiting": line.waiting,
        "comes_at": rfc3339(line.comes_at),
        "is_known": line.is_known,
        "until": rfc3339(line.until),
    }


def _track(name: str, told: dict[str, Any]) -> Track:
    outage = told["outage"]
    return Track(
        name=name,
        outage=None
        if outage is None
        else Outage(
            state=str(outage["state"]),
            cause=Cause(outage["cause"]),
            start=_instant(outage["start"]),
            until=_instant(outage["until"]),
            counted=_instant(outage["counted"]),
        ),
        quarters=_tally(told["quarters"]),
        days=_tally(told["days"]),
    )


def _tally(told: dict[str, dict[str, int]]) -> Tally:
    return {
        int(_instant(start).timestamp()): {state: int(n) for state, n in seconds.items()}
        for start, seconds in told.items()
    }


def _incident(told: dict[str, Any]) -> Incident:
    return Incident(
        name=SERVICE if told["display_name"] is None else str(told["display_name"]),
        state=str(told["state"]),
        cause=Cause(told["cause"]),
        start=_instant(told["start"]),
        end=_instant(told["end"]),
    )


def _line(told: dict[str, Any] | None) -> LineAhead | None:
    if told is None:
        return None
    return LineAhead(
        waiting=int(told["waiting"]),
        comes_at=_instant(told["comes_at"]),
        is_known=bool(told["is_known"]),
        until=_instant(told["until"]),
    )


def _instant(text: str) -> datetime:
    """Raises a ValueError for what is no instant in UTC."""
    instant = datetime.fromisoformat(text)
    if instant.utcoffset() is None:
        raise ValueError(text)
    return instant.astimezone(UTC)
