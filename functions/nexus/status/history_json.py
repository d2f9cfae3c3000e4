"""The history as the JSON that lies beside the page; it holds what everybody may know."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any

from fallback.rfc3339 import rfc3339
from nexus.status.core.cause import Cause
from nexus.status.core.history import History, Track
from nexus.status.core.incident import SERVICE, Incident
from nexus.status.core.outage import Outage
from nexus.status.core.tally import Tally
from nexus.waiting_room.core.line_ahead import LineAhead

_OUTAGE = ("state", "cause", "start", "until", "counted")
_INCIDENT = ("state", "cause", "start", "end")
_LINE = ("waiting", "comes_at", "is_known", "until")


def to_body(history: History) -> bytes:
    """The JSON; the same history always has the same bytes."""
    line = history.line
    told = {
        "since": rfc3339(history.since),
        "recorded_at": rfc3339(history.recorded_at),
        "service": _told_track(history.service),
        "models": [{"display_name": track.name, **_told_track(track)} for track in history.models],
        "incidents": [_told_incident(incident) for incident in history.incidents],
        "line": None if line is None else _told(line, _LINE),
    }
    return json.dumps(told, ensure_ascii=False, separators=(",", ":")).encode()


def from_body(body: bytes) -> History | None:
    """The history that was written; None if there is none, or it is of another form.

    Such a one is begun anew: it is better to lose days than to have no page.
    """
    try:
        told = json.loads(body)
        line = told.get("line")  # Which older services have not written.
        return History(
            since=_instant(told["since"]),
            recorded_at=_instant(told["recorded_at"]),
            service=_track(SERVICE, told["service"]),
            models=tuple(_track(str(model["display_name"]), model) for model in told["models"]),
            incidents=tuple(_incident(incident) for incident in told["incidents"]),
            line=None if line is None else LineAhead(**_read(line, _LINE)),
        )
    except (ValueError, TypeError, KeyError, AttributeError):
        return None


def _told_track(track: Track) -> dict[str, Any]:
    return {
        "outage": None if track.outage is None else _told(track.outage, _OUTAGE),
        "quarters": _told_tally(track.quarters),
        "days": _told_tally(track.days),
    }


def _track(name: str, told: dict[str, Any]) -> Track:
    outage = told["outage"]
    return Track(
        name=name,
        outage=None if outage is None else Outage(**_read(outage, _OUTAGE)),
        quarters=_tally(told["quarters"]),
        days=_tally(told["days"]),
    )


def _told_tally(tally: Tally) -> dict[str, Any]:
    return {rfc3339(datetime.fromtimestamp(start, UTC)): tally[start] for start in sorted(tally)}


def _tally(told: dict[str, dict[str, int]]) -> Tally:
    return {
        int(_instant(start).timestamp()): {state: int(n) for state, n in seconds.items()}
        for start, seconds in told.items()
    }


def _told_incident(incident: Incident) -> dict[str, Any]:
    name = None if incident.name == SERVICE else incident.name
    return {"display_name": name, **_told(incident, _INCIDENT)}


def _incident(told: dict[str, Any]) -> Incident:
    name = SERVICE if told["display_name"] is None else str(told["display_name"])
    return Incident(name, **_read(told, _INCIDENT))


def _told(what: object, names: tuple[str, ...]) -> dict[str, Any]:
    values = {name: getattr(what, name) for name in names}
    return {n: rfc3339(v) if isinstance(v, datetime) else v for n, v in values.items()}


def _read(told: dict[str, Any], names: tuple[str, ...]) -> dict[str, Any]:
    return {name: _FROM_JSON[name](told[name]) for name in names}


def _instant(text: str) -> datetime:
    """Raises a ValueError for what is no instant in UTC."""
    instant = datetime.fromisoformat(text)
    if instant.utcoffset() is None:
        raise ValueError(text)
    return instant.astimezone(UTC)


_FROM_JSON: Mapping[str, Callable[[Any], object]] = {
    "state": str,
    "cause": Cause,
    **dict.fromkeys(("start", "end", "until", "counted", "comes_at"), _instant),
    "waiting": int,
    "is_known": bool,
}
