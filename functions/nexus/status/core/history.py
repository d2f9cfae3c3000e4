"""What is remembered of past states: how long who was out, and why.

States are recorded when they change, so whatever nobody has recorded was well. A window that ends
without anybody asking ends its outage by itself. The size is bounded, whatever happens.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from fallback.core.availability import Availability
from nexus.status.core.incident import SERVICE, Incident, Incidents, kept, noted
from nexus.status.core.outage import Outage, outage_of_model, outage_of_service
from nexus.status.core.tally import DAYS, QUARTERS, Scale, Tally
from nexus.waiting_room.core.line_ahead import LineAhead

_SAME_OUTAGE = timedelta(minutes=1)
"""A model whose probe fails this soon after its window's end has been out all the time."""

_LINE_EVERY = timedelta(seconds=30)
_LINE_GROWTH = 1.25
"""A line changes each second. It is recorded this often, and when it has grown so much."""


@dataclass(frozen=True, slots=True)
class Track:
    """What is remembered of one model, or of the service.

    Attributes:
        name: The model's display name, or SERVICE.
        outage: What is out now; None if nothing is.
        quarters: The last quarters of an hour.
        days: The last days (UTC).
    """

    name: str
    outage: Outage | None = None
    quarters: Tally = field(default_factory=dict)
    days: Tally = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class History:
    """All that is remembered.

    Attributes:
        since: When the first state was recorded (UTC, whole seconds).
        recorded_at: When the last one was.
        service: The service as a whole.
        models: The hierarchy, in order.
        incidents: Those that are over, oldest first.
        line: What newcomers had to wait for at the last record; None if nothing.
    """

    since: datetime
    recorded_at: datetime
    service: Track = field(default_factory=lambda: Track(SERVICE))
    models: tuple[Track, ...] = ()
    incidents: Incidents = ()
    line: LineAhead | None = None

    def watched_seconds(self, scale: Scale) -> int:
        """How much of the buckets that are kept lies between the first and the last record."""
        first = max(self.since.timestamp(), scale.starts(self.recorded_at)[0])
        return int(self.recorded_at.timestamp() - first)


def record(
    history: History | None,
    availability: Availability,
    now: datetime,
    line: LineAhead | None = None,
) -> History:
    """The history with one state more.

    Args:
        history: What was remembered before; None if nothing was.
        availability: The state.
        now: When it was read (UTC). Clocks differ: no state is recorded before the last one.
        line: What newcomers have to wait for; None if nothing.

    Returns:
        The same history, if it says all of this already and was recorded today.
    """
    now = now.replace(microsecond=0)
    history = history or History(now, now)
    now = max(now, history.recorded_at)
    known = {track.name: track for track in history.models}
    names = [model.display_name for model in availability.models]
    models = tuple(known.get(name, Track(name)) for name in names)
    seen = [
        outage_of_model(model, track.outage, now)
        for model, track in zip(availability.models, models, strict=True)
    ]
    seen.insert(0, outage_of_service(availability, history.service.outage, now))
    tracks = (history.service, *models)
    is_known = models == history.models and not any(
        _is_news(track.outage, outage, history.recorded_at, now)
        for track, outage in zip(tracks, seen, strict=True)
    )
    is_today = now.date() == history.recorded_at.date()
    if is_known and is_today and not _is_other_line(history, line, now):
        return history
    incidents = history.incidents
    stepped = []
    for track, outage in zip(tracks, seen, strict=True):
        after, end = _step(track, outage, now)
        stepped.append(after)
        if track.outage is not None and end is not None:
            incidents = noted(incidents, track.name, track.outage, end)
    return History(
        since=history.since,
        recorded_at=now,
        service=stepped[0],
        models=tuple(stepped[1:]),
        incidents=kept(incidents, now),
        line=None if line is None else line.in_whole_seconds(),
    )


def incidents_of(history: History) -> list[Incident]:
    """What is worth telling, newest first; what is not over is among it."""
    incidents = history.incidents
    for track in (history.service, *history.models):
        if (outage := track.outage) is not None:
            is_over = outage.until <= history.recorded_at
            incidents = noted(incidents, track.name, outage, outage.until, is_over=is_over)
    worth = [incident for incident in incidents if incident.is_worth_telling]
    return sorted(worth, key=lambda incident: incident.start, reverse=True)


def _is_news(before: Outage | None, seen: Outage | None, last: datetime, now: datetime) -> bool:
    """Whether another outage is seen now than at the last record, or its time has come since."""
    if before is None or seen is None:
        return before is not seen
    if not seen.is_like(before) or seen.until != before.until:
        return True
    return last < before.until <= now


def _is_other_line(history: History, line: LineAhead | None, now: datetime) -> bool:
    before = history.line
    if before is None or line is None:
        return before is not line
    has_grown = line.waiting >= _LINE_GROWTH * before.waiting
    return has_grown or now - history.recorded_at >= _LINE_EVERY


def _step(track: Track, seen: Outage | None, now: datetime) -> tuple[Track, datetime | None]:
    """A track with what is seen of it now; and when its outage ended, if that is over."""
    before = track.outage
    if before is None:
        return replace(_without_old(track, now), outage=seen), None
    is_same = seen is not None and seen.is_like(before)
    is_proven = is_same and seen is not before and now <= before.until + _SAME_OUTAGE
    end = now if is_proven else min(now, before.until)
    counted = max(end, before.counted)
    track = _without_old(
        replace(
            track,
            quarters=QUARTERS.added(track.quarters, before.state, before.counted, counted),
            days=DAYS.added(track.days, before.state, before.counted, counted),
        ),
        now,
    )
    if seen is not None and (is_proven or seen is before):
        return replace(track, outage=replace(before, until=seen.until, counted=counted)), None
    return replace(track, outage=seen), end


def _without_old(track: Track, now: datetime) -> Track:
    quarters, days = QUARTERS.kept(track.quarters, now), DAYS.kept(track.days, now)
    return replace(track, quarters=quarters, days=days)
