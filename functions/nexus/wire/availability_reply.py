"""The ETag of check-availability, which tells a poll that nothing has changed."""

from __future__ import annotations

import hashlib

from fallback.availability_report import lasting_report
from fallback.core.availability import Availability
from nexus.wire.chat_reply import to_json


def availability_etag(availability: Availability) -> str:
    """A weak tag of everything that does not change with time alone."""
    return f'W/"{hashlib.sha256(to_json(lasting_report(availability))).hexdigest()[:20]}"'
