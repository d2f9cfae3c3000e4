"""The incidents as an Atom feed (RFC 4287), which is in English: nothing translates it."""

from __future__ import annotations

import uuid
from html import escape

from fallback.rfc3339 import rfc3339
from nexus.status.core.history import History, incidents_of
from nexus.status.core.incident import SERVICE, Incident
from nexus.wire.status_words import ENGLISH, when, why

_TITLE = ENGLISH["TITLE"]
_IDS = uuid.UUID("6f9d3a1e-52f0-4c39-9a53-5b4f1a7d9c60")
"""What the ids of all feeds and entries follow from."""


def status_feed(history: History) -> bytes:
    """The feed of a history. It changes only with the incidents, so that it is rarely written."""
    incidents = incidents_of(history)
    updated = max((_updated(incident) for incident in incidents), default=rfc3339(history.since))
    entries = "".join(_entry(incident, history) for incident in incidents)
    return f"""<?xml version="1.0" encoding="utf-8"?>
<feed xmlns="http://www.w3.org/2005/Atom" xml:lang="en">
<id>{_id(history, "")}</id>
<title>{_TITLE}</title>
<author><name>{_TITLE}</name></author>
<updated>{updated}</updated>
<link rel="self" type="application/atom+xml" href="status.atom"/>
<link rel="alternate" type="text/html" href="status.html"/>
{entries}</feed>
""".encode()


def _entry(incident: Incident, history: History) -> str:
    start = rfc3339(incident.start)
    whose = ENGLISH["CHAT"] if incident.name == SERVICE else incident.name
    return f"""<entry>
<id>{_id(history, f"{incident.name} {incident.state} {incident.cause} {start}")}</id>
<title>{escape(whose)}: {why(incident)}</title>
<published>{start}</published>
<updated>{_updated(incident)}</updated>
<link rel="alternate" type="text/html" href="status.html"/>
<content type="text">{" ".join(map(str, when(incident)))}</content>
</entry>
"""


def _updated(incident: Incident) -> str:
    return rfc3339(incident.end if incident.is_over else incident.start)


def _id(history: History, name: str) -> str:
    """The same for as long as the history lasts, and another for each one."""
    return uuid.uuid5(_IDS, f"{rfc3339(history.since)} {name}").urn
