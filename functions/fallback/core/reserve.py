"""When targets that are kept in reserve are used: while the others are short."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta

SHORT_SHARE = 0.1
"""Less than this is short."""

RESTS_AFTER = timedelta(minutes=5)
"""How long the others must have had enough before the reserve rests again."""


def used_until(
    shares_left: Iterable[float], now: datetime, until: datetime | None
) -> datetime | None:
    """Until when the reserve is used, if nothing changes.

    Args:
        shares_left: What is left of the limits of the other targets, each from 0 to 1; 0 for one
            that is set aside.
        now: The present instant (UTC).
        until: What this has returned last; None at first.

    Returns:
        An instant (UTC) that may have passed; None while the reserve was never needed.
    """
    if max(shares_left, default=0.0) < SHORT_SHARE:
        return now + RESTS_AFTER
    return until


def is_used(now: datetime, until: datetime | None) -> bool:
    """Whether the reserve is used at `now`."""
    return until is not None and now < until
