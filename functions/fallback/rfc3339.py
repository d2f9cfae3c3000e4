"""Instants as RFC 3339 writes them."""

from __future__ import annotations

from datetime import UTC, datetime


def rfc3339(instant: datetime) -> str:
    """An instant in UTC with milliseconds, and without them where they are zero."""
    instant = instant.astimezone(UTC)
    spec = "milliseconds" if instant.microsecond >= 1000 else "seconds"
    return instant.isoformat(timespec=spec).replace("+00:00", "Z")
