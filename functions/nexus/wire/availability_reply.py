"""The tag of check-availability's reply, which tells a poll that nothing changed."""

from __future__ import annotations

import hashlib

from fallback.availability_report import lasting_report
from fallback.core.availability import Availability
from nexus.wire.chat_reply import to_json


def availability_etag(availability: Availability) -> str:
    """A weak tag of all that does not change by the mere passing of time."""
    return f'W/"{hashlib.sha256(to_json(lasting_report(availability))).hexdigest()[:20]}"'
