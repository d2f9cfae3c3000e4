"""Availability as plain data: what check-availability and the Python package both say."""

from __future__ import annotations

import math
from datetime import datetime
from typing import Any

from fallback.core.availability import Availability
from fallback.rfc3339 import rfc3339


def availability_report(availability: Availability, now: datetime) -> dict[str, Any]:
    """The JSON object."""
    retry_at = availability.retry_at
    return {
        **lasting_report(availability),
        "retry_after_seconds": 0 if retry_at is None else seconds_until(retry_at, now),
        "checked_at": rfc3339(now),
    }


def lasting_report(availability: Availability) -> dict[str, Any]:
    """All of it that does not change by the mere passing of time."""
    return {
        "available": availability.available,
        "status": availability.status,
        "retry_at": _text(availability.retry_at),
        "expected_at": _text(availability.expected_at),
        "models": [
            {
                "display_name": model.display_name,
                "state": model.state,
                "until": _text(model.until),
            }
            for model in availability.models
        ],
    }


def _text(instant: datetime | None) -> str | None:
    return None if instant is None else rfc3339(instant)


def seconds_until(instant: datetime, now: datetime) -> int:
    """Whole seconds until an instant, at least 1: whoever waits so long does not come early."""
    return max(1, math.ceil((instant - now).total_seconds()))
