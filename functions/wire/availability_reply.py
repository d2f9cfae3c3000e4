"""Writes the reply of check-availability, and the tag that tells a poll that nothing changed."""

from __future__ import annotations

import hashlib
from datetime import datetime
from typing import Any

from fallback.core.availability import Availability
from rfc3339 import rfc3339
from wire.chat_reply import to_json
from wire.error import seconds_until


def availability_body(availability: Availability, now: datetime) -> dict[str, Any]:
    """The JSON object."""
    retry_at = availability.retry_at
    return {
        **_state(availability),
        "retry_after_seconds": 0 if retry_at is None else seconds_until(retry_at, now),
        "checked_at": rfc3339(now),
    }


def availability_etag(availability: Availability) -> str:
    """A weak tag of all that does not change by the mere passing of time."""
    return f'W/"{hashlib.sha256(to_json(_state(availability))).hexdigest()[:20]}"'


def _state(availability: Availability) -> dict[str, Any]:
    return {
        "available": availability.available,
        "status": availability.status,
        "retry_at": None if availability.retry_at is None else rfc3339(availability.retry_at),
        "models": [
            {
                "display_name": model.display_name,
                "state": model.state,
                "until": None if model.until is None else rfc3339(model.until),
            }
            for model in availability.models
        ],
    }
