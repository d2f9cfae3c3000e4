"""What models take now, by the windows and by the limits that refusals have taught."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

from fallback.core.availability import return_of
from fallback.core.hierarchy import Hierarchy
from fallback.core.meter import Meter
from fallback.core.permission import Standing, permission
from fallback.core.quota import Dimension
from fallback.core.windows import Windows
from nexus.waiting_room.core.line import Supply

_TOGETHER = timedelta(seconds=1)
"""Models that return within this time return together."""


def supply(
    hierarchy: Hierarchy, windows: Windows, meter: Callable[[str], Meter], now: datetime
) -> Supply:
    """What a line may count on.

    Args:
        hierarchy: The models and targets.
        windows: What is known of exhaustion, full minutes included.
        meter: Returns what is known of the limits of a key.
        now: The present instant (UTC).
    """
    ways = [(each, permission(each, windows, now)) for each in hierarchy.candidates]
    is_any_free = any(found.is_granted for _, found in ways)
    retry_at = None if is_any_free else return_of([found for _, found in ways])[0]
    total, is_exhausted = 0.0, retry_at is not None
    for candidate, found in ways:
        is_back = found.is_granted or found.is_full
        if retry_at is not None and not is_back:
            is_back = found.retry_at is not None and found.retry_at <= retry_at + _TOGETHER
        if not is_back or candidate.target.is_reserve:
            continue
        is_exhausted = is_exhausted and found.standing is Standing.OPEN and not found.is_full
        limit = meter(candidate.key).limits.get(Dimension.REQUESTS_PER_MINUTE)
        if limit is None or not limit.holds(now):
            return Supply(retry_at=retry_at, is_exhausted=is_exhausted)
        total += limit.value
    return Supply(retry_at=retry_at, per_minute=total or None, is_exhausted=is_exhausted)
