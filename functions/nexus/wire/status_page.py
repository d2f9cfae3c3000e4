"""The public status page: complete English HTML, and marks for what says it in other languages.

`data-say` names a sentence of `status_words.ENGLISH`, and a child with a `data-slot` stands in that
slot. The style and the script come with the page's build, as files beside it (web/src/status.js):
behind the load balancer, one policy holds for the whole bucket, and allows nothing inline.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from html import escape

from fallback.core.availability import State, Status
from fallback.rfc3339 import rfc3339
from nexus.status.core.cause import Cause
from nexus.status.core.history import History, Track, incidents_of
from nexus.status.core.incident import SERVICE, Incident
from nexus.status.core.tally import DAYS, QUARTERS, Scale, Tally
from nexus.wire.status_words import (
    ENGLISH,
    Sentence,
    Share,
    Slot,
    day,
    english,
    lengths,
    return_of,
    say,
    states_of,
    wait_behind,
    when,
    why,
)

_POLICY = (
    "default-src 'none'; style-src 'self'; script-src 'self'; connect-src 'self'; "
    "base-uri 'none'; form-action 'none'; require-trusted-types-for 'script'; trusted-types 'none'"
)
_SHARES = {QUARTERS: "SHARE_OF_24_HOURS", DAYS: "SHARE_OF_90_DAYS"}
_LATEST = 10
"""So many incidents are shown at once."""


def status_page(history: History) -> bytes:
    """The page of a history; it says when that was recorded, for it may be read much later."""
    headline, now = _now(history)
    tracks = "".join(_track(track, history) for track in (history.service, *history.models))
    title = ENGLISH["TITLE"]
    written = [say("WRITTEN", at=history.recorded_at), say("REWRITTEN")]
    return f"""<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="{_POLICY}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="referrer" content="no-referrer">
<meta name="color-scheme" content="light dark">
<title>{headline} – {title}</title>
<link rel="stylesheet" href="status.css">
<link rel="alternate" type="application/atom+xml" title="{title}" href="status.atom">
<script type="module" src="status.js"></script>
</head>
<body>
{_said("TITLE", "header")}
<main>
{now}
<p class="soft written">{_told(written)}</p>
{_said("STRIPS", "h2")}
<ul class="legend soft">
<li><i></i>{_said("ANSWERING")}</li>
<li><i class="w"></i>{_said("STOOD_IN")}</li>
<li><i class="b"></i>{_said("NOT_ANSWERING")}</li>
<li><i class="none"></i>{_said("NOT_RECORDED")}</li>
</ul>
{tracks}
{_said("INCIDENTS", "h2")}
{_incidents(incidents_of(history))}
</main>
<footer class="soft">
<a href="index.html">{_said("BACK")}</a>
<a href="status.atom" hreflang="en">{_said("FEED")}</a>
<a href="status-days.json">{_said("DATA")}</a>
<span>{_told([say("TIME_ZONE", zone="UTC"), say("DAYS")])}</span>
</footer>
</body>
</html>
""".encode()


@dataclass(frozen=True, slots=True)
class _Headline:
    """What the page says of the present: the script withdraws it at `until`."""

    text: Sentence
    detail: Sequence[Sentence]
    look: str = "well"
    until: datetime | None = None


def _now(history: History) -> tuple[Sentence, str]:
    """The headline, and what says it and all that follow it, as far as nobody records more."""
    first, *later = _headlines(history)
    sections = [_section(first), *(_section(headline, "hidden") for headline in later)]
    return first.text, "".join(sections)


def _headlines(history: History) -> list[_Headline]:
    outage, at = history.service.outage, history.recorded_at
    first = history.models[0].name
    waits: list[Sentence] = []
    in_turn: list[_Headline] = []
    if (line := history.line) is not None:
        waits = wait_behind(line, at)
        told = [say("NO_MODEL.line"), *waits]
        in_turn = [_Headline(say("MUST_WAIT"), told, "warn", line.until)]
    tried = _Headline(say("IS_TRIED"), [say("NEXT_CHAT")], "warn")
    if outage is None:
        return [*in_turn, _Headline(say("IS_WORKING"), [say("ANSWERS", model=first)])]
    if outage.until <= at:
        return [*in_turn, tried]
    back = return_of(outage.cause, outage.until)
    if outage.state == Status.DEGRADED:
        detail = [say("STANDS_IN", model=first), back]
        return [*in_turn, _Headline(say("IS_WORKING"), detail, "warn")]
    down = [say(f"NO_MODEL.{outage.cause}"), back, *waits]
    if outage.cause is Cause.SETUP:
        return [_Headline(say("IS_DOWN"), down, "bad")]
    return [_Headline(say("IS_DOWN"), down, "bad", outage.until), *in_turn, tried]


def _section(headline: _Headline, hidden: str = "") -> str:
    until = f'data-until="{rfc3339(headline.until)}"' if headline.until else ""
    attributes = " ".join(filter(None, [f'class="now {headline.look}"', until, hidden]))
    return f"""<section {attributes}>
{_marked(headline.text, "h1")}
<p>{_told(headline.detail)}</p>
</section>
"""


def _track(track: Track, history: History) -> str:
    return f"""<section class="track">
<div class="head">{_title(track.name)} {_state(track, history)}</div>
{_strip(track, track.quarters, QUARTERS, history)}
{_strip(track, track.days, DAYS, history)}
</section>
"""


def _title(name: str) -> str:
    return _said("CHAT", "h3") if name == SERVICE else f"<h3><bdi>{escape(name)}</bdi></h3>"


def _state(track: Track, history: History) -> str:
    outage = track.outage
    if track.name == SERVICE:
        return ""  # The headline says it.
    if outage is None:
        return _said("ANSWERING")
    if outage.until <= history.recorded_at:
        return _said("BEING_TRIED")
    sentences = [say(f"ONE_MODEL.{outage.cause}"), return_of(outage.cause, outage.until)]
    return f"<span>{_told(sentences)}</span>"


def _strip(track: Track, tally: Tally, scale: Scale, history: History) -> str:
    total = _total(tally)
    watched = history.watched_seconds(scale)
    share = Share.of(watched - _missed(track.name, total), watched)
    told = [say(_SHARES[scale], share=share), *lengths(track.name, total)]
    starts = scale.starts(history.recorded_at)
    if track.outage is not None and track.outage.until > history.recorded_at:
        # What has just begun is seen before it is counted.
        tally = {**tally, starts[-1]: {track.outage.state: 1, **tally.get(starts[-1], {})}}
    bars = "".join(
        _bar(track.name, start, tally.get(start, {}), scale, history) for start in starts
    )
    return f"""<div class="strip" aria-hidden="true" data-states="{states_of(track.name)}" \
data-first="{starts[0]}" data-seconds="{scale.seconds}">{bars}</div>
<p class="soft">{_told(told)}</p>"""


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
    time = day(at) if scale is DAYS else f"{day(at)}, {at:%H:%M} UTC"
    title = "&#10;".join([time, *map(str, lengths(name, seconds))])
    counts = " ".join(f'data-{state}="{count}"' for state, count in seconds.items())
    return f'<i class="{look}{fourths}" title="{title}" {counts}></i>'


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
        return _said("NO_INCIDENTS", "p")
    told = [_incident(incident) for incident in incidents]
    latest, earlier = "".join(told[:_LATEST]), "".join(told[_LATEST:])
    rest = f"<details>{_said('EARLIER', 'summary')}<ol>{earlier}</ol></details>"
    return f"<ol>{latest}</ol>{rest if earlier else ''}"


def _incident(incident: Incident) -> str:
    return f"""<li class="incident">{_title(incident.name)}
{_marked(why(incident), "p")}
<p class="soft">{_told(when(incident))}</p></li>
"""


def _said(key: str, tag: str = "span") -> str:
    return _marked(say(key), tag)


def _told(sentences: Iterable[Sentence]) -> str:
    return " ".join(_marked(sentence) for sentence in sentences)


def _marked(sentence: Sentence, tag: str = "span") -> str:
    slots = {name: _in_slot(name, value) for name, value in sentence.slots.items()}
    text = ENGLISH[sentence.key].format_map(slots)
    return f'<{tag} data-say="{sentence.key}">{text}</{tag}>'


def _in_slot(name: str, value: Slot) -> str:
    """An element that says in its attribute what the text is of, for machines."""
    match value:
        case datetime():
            tag, of = "time", f' datetime="{rfc3339(value)}"'
        case timedelta():
            tag, of = "time", f' datetime="PT{value // timedelta(seconds=1)}S"'
        case Share():
            tag, of = "data", f' value="{value.basis_points / 10_000}"'
        case _:
            tag, of = "bdi", ""
    return f'<{tag} data-slot="{name}"{of}>{escape(english(value))}</{tag}>'
