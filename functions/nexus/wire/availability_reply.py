"""What check-availability and the status object say of the service, beyond the plain report."""

from __future__ import annotations

import hashlib
import math
from dataclasses import replace
from datetime import datetime
from typing import Any

from fallback.availability_report import lasting_report
from fallback.core.availability import Availability, Status
from fallback.rfc3339 import rfc3339
from nexus.waiting_room.core.line import Line
from nexus.waiting_room.core.line_ahead import line_ahead
from nexus.wire.chat_reply import to_json


def availability_etag(availability: Availability) -> str:
    """A weak ETag, which tells a poll that nothing has changed but the time."""
    return f'W/"{_digest(lasting_report(availability))}"'


def status_object(
    availability: Availability, now: datetime, line: Line | None = None
) -> tuple[str, bytes]:
    """The status object's version, and the object as JSON.

    Nobody rewrites it when an instant in it has come: whoever reads it looks at the clock.

    Args:
        availability: The state.
        now: When that was read (UTC).
        line: Of those who wait; None if nobody does.
    """
    lasting = lasting_report(for_newcomers(availability, line, now))
    serving = _serving(line, now)
    # How many wait, and when newcomers would be called, changes too often: a tenth more is news.
    about = {**serving, "waiting": round(math.log(serving["waiting"], 1.1))} if serving else {}
    news = {**lasting_report(availability), "status": lasting["status"], "serving": about}
    version = _digest(news)
    return version, to_json(
        {
            "version": version,
            "status": lasting["status"],
            "retry_at": lasting["retry_at"],
            "expected_at": lasting["expected_at"],
            "checked_at": rfc3339(now),
            "models": lasting["models"],
            "serving": serving,
        }
    )


def for_newcomers(availability: Availability, line: Line | None, now: datetime) -> Availability:
    """What a chat without a ticket would meet: those who wait are before it.

    Args:
        availability: The state of the models.
        line: Of those who wait; None if nobody does.
        now: The present instant (UTC).
    """
    ahead = line_ahead(line, availability, now)
    if ahead is None:
        return availability
    back = availability.expected_at
    return replace(
        availability,
        status=Status.EXHAUSTED,
        retry_at=ahead.comes_at,
        expected_at=back if back is not None and back > ahead.comes_at else None,
    )


def _serving(line: Line | None, now: datetime) -> dict[str, Any]:
    """Which number is called, and how many follow a second: null while no time can be told.

    They follow at `pace` all the same, which says when to come.
    """
    if line is None or not line.waiting(now):
        return {}
    return {
        "number": round(line.called, 2),
        "at": rfc3339(line.at),
        "per_second": None if line.per_second is None else round(line.per_second, 4),
        "pace": None if line.pace is None else round(line.pace, 4),
        "waiting": line.waiting(now),
    }


def _digest(data: dict[str, Any]) -> str:
    return hashlib.sha256(to_json(data)).hexdigest()[:20]
