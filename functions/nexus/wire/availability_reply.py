"""What check-availability and the status object say of the service, beyond the plain report."""

from __future__ import annotations

import hashlib
from datetime import datetime
from typing import Any

from fallback.availability_report import lasting_report
from fallback.core.availability import Availability
from fallback.rfc3339 import rfc3339
from nexus.wire.chat_reply import to_json


def availability_version(availability: Availability) -> str:
    """A digest of everything that does not change with time alone."""
    return hashlib.sha256(to_json(lasting_report(availability))).hexdigest()[:20]


def availability_etag(availability: Availability) -> str:
    """The version as a weak ETag, which tells a poll that nothing has changed."""
    return f'W/"{availability_version(availability)}"'


def status_object(availability: Availability, now: datetime) -> dict[str, Any]:
    """The status object.

    Nobody rewrites it when an instant in it has come: whoever reads it looks at the clock.

    Args:
        availability: The state.
        now: When that was read (UTC).
    """
    lasting = lasting_report(availability)
    return {
        "version": availability_version(availability),
        "status": lasting["status"],
        "retry_at": lasting["retry_at"],
        "expected_at": lasting["expected_at"],
        "checked_at": rfc3339(now),
        "models": lasting["models"],
        "serving": {},
    }
