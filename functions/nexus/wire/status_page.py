"""The public status page, as HTML that needs no script."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from html import escape

from fallback.core.availability import State, Status
from nexus.status.core.cause import Cause
from nexus.status.core.history import History, Track, incidents_of
from nexus.status.core.incident import SERVICE, Incident
from nexus.status.core.tally import DAYS, QUARTERS, Scale, Tally
from nexus.wire.status_page_style import SCRIPT, STYLE
from nexus.wire.status_words import (
    NAME,
    TITLE,
    day,
    lengths,
    moment,
    return_of,
    share,
    title_of,
    when,
    why,
)
from nexus.wire.unavailability import why_no_model, why_not

_SPANS = {QUARTERS: "24 hours", DAYS: "90 days"}
_LATEST = 10
"""So many incidents are shown at once."""
_TRYING = "The next chat will show whether it is back."


def status_page(history: History) -> bytes:
    """The page of a history; it says when that was recorded, for it may be read much later."""
    headline, now = _now(history)
    tracks = "".join(_track(track, history) for track in (history.service, *history.models))
    policy = "; ".join(
        (
            "default-src 'none'",
            f"style-src '{_hash(STYLE)}'",
            f"script-src '{_hash(SCRIPT)}'",
            "connect-src 'self'",
            "base-uri 'none'",
            "form-action 'none'",
        )
    )
    return f"""<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="{policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="referrer" content="no-referrer">
<title>{headline} – {TITLE}</title>
<link rel="alternate" type="application/atom+xml" title="{TITLE}" href="status.atom">
<style>{STYLE}</style>
</head>
<body>
<header class="soft">{TITLE}</header>
<main>
{now}
<p class="soft written">Written on \
<time datetime="{history.recorded_at.isoformat()}">{moment(history.recorded_at)}</time>. \
It is written again when something changes.</p>
<h2>The last 24 hours and 90 days</h2>
<ul class="legend soft">
<li><i></i>Answering</li>
<li><i class="w"></i>At its limit, or another model stood in</li>
<li><i class="b"></i>Not answering</li>
<li><i class="none"></i>Not recorded</li>
</ul>
{tracks}
<h2>Incidents</h2>
{_incidents(incidents_of(history))}
</main>
<footer class="soft">
<a href="index.html">Back to the chat</a>
<a href="status.atom">Incidents as a feed</a>
<a href="status-days.json">Everything as JSON</a>
<span>All times are UTC.</span>
</footer>
<script>{SCRIPT}</script>
</body>
</html>
""".encode()


def _now(history: History) -> tuple[str, str]:
    """The headline, and what says it; the script withdraws it when its time is up."""
    outage = history.service.outage
    first = escape(history.models[0].name)
    due = f"{NAME} is being tried again"
    if outage is None:
        headline = f"{NAME} is working"
        return headline, _said(headline, f"{first} is answering.")
    if outage.until <= history.recorded_at:
        return due, _said(due, _TRYING, "warn")
    back = return_of(outage.cause, outage.until)
    if outage.state == Status.DEGRADED:
        headline = f"{NAME} is working"
        return headline, _said(headline, f"Another model stands in for {first}. {back}", "warn")
    headline = f"{NAME} cannot answer now"
    detail = f"{why_no_model(outage.cause)} {back}"
    if outage.cause is Cause.SETUP:
        return headline, _said(headline, detail, "bad")
    until = f'data-until="{outage.until.isoformat()}"'
    withdrawn = _said(due, _TRYING, "warn", "hidden")
    return headline, _said(headline, detail, "bad", until) + withdrawn


def _said(headline: str, detail: str, look: str = "well", attribute: str = "") -> str:
    return f"""<section class="now {look}" {attribute}>
<h1>{headline}</h1>
<p>{detail}</p>
</section>
"""


def _track(track: Track, history: History) -> str:
    return f"""<section class="track">
<div class="head"><h3>{escape(title_of(track.name))}</h3>{_state(track, history)}</div>
{_strip(track, track.quarters, QUARTERS, history)}
{_strip(track, track.days, DAYS, history)}
</section>
"""


def _state(track: Track, history: History) -> str:
    outage = track.outage
    if track.name == SERVICE:
        return ""  # The headline says it.
    if outage is None:
        return "<span>Answering</span>"
    if outage.until <= history.recorded_at:
        return "<span>Being tried again</span>"
    return f"<span>{why_not(outage.cause)} {return_of(outage.cause, outage.until)}</span>"


def _strip(track: Track, tally: Tally, scale: Scale, history: History) -> str:
    total = _total(tally)
    watched = history.watched_seconds(scale)
    answering = share(watched - _missed(track.name, total), watched)
    span = _SPANS[scale]
    out = lengths(track.name, total)
    starts = scale.starts(history.recorded_at)
    if track.outage is not None and track.outage.until > history.recorded_at:
        # What has just begun is seen before it is counted.
        tally = {**tally, starts[-1]: {track.outage.state: 1, **tally.get(starts[-1], {})}}
    bars = "".join(
        _bar(track.name, start, tally.get(start, {}), scale, history) for start in starts
    )
    label = f"Answering {answering} of the last {span}{': ' if out else ''}{out}."
    return f"""<div class="strip" role="img" aria-label="{label}">{bars}</div>
<div class="caption soft" aria-hidden="true">\
<span>{span}</span><span>answering {answering}</span></div>"""


def _bar(name: str, start: int, seconds: Mapping[str, int], scale: Scale, history: History) -> str:
    if start + scale.seconds <= history.since.timestamp():
        return '<i class="none"></i>'
    out = sum(seconds.values())
    if not out:
        return "<i></i>"
    gentle = Status.DEGRADED if name == SERVICE else State.EXHAUSTED
    look = "w" if set(seconds) == {gentle} else "b"
    fourths = min(4, -(-out * 4 // scale.seconds))
    at = datetime.fromtimestamp(start, UTC)
    time = day(at) if scale is DAYS else f"{day(at)}, {at:%H:%M}"
    return f'<i class="{look}{fourths}" title="{time}: {lengths(name, seconds)}"></i>'


def _total(tally: Tally) -> dict[str, int]:
    total: dict[str, int] = {}
    for seconds in tally.values():
        for state, count in seconds.items():
            total[state] = total.get(state, 0) + count
    return total


def _missed(name: str, total: Mapping[str, int]) -> int:
    """The seconds without an answer; a degraded service gives some."""
    answered = total.get(Status.DEGRADED, 0) if name == SERVICE else 0
    return sum(total.values()) - answered


def _incidents(incidents: Sequence[Incident]) -> str:
    if not incidents:
        return "<p>None in the last 90 days.</p>"
    told = [_incident(incident) for incident in incidents]
    latest, earlier = "".join(told[:_LATEST]), "".join(told[_LATEST:])
    rest = f"<details><summary>Earlier incidents</summary><ol>{earlier}</ol></details>"
    return f"<ol>{latest}</ol>{rest if earlier else ''}"


def _incident(incident: Incident) -> str:
    return f"""<li class="incident"><h3>{escape(title_of(incident.name))}</h3>
<p>{why(incident)}</p><p class="soft">{when(incident)}</p></li>
"""


def _hash(inline: str) -> str:
    """What a content security policy calls an inline style or script."""
    return f"sha256-{base64.b64encode(hashlib.sha256(inline.encode()).digest()).decode()}"
