"""What somebody without a ticket has to wait for: those who are in line already."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from fallback.core.availability import Availability, Status
from nexus.waiting_room.core.line import Line

_SETTLED = timedelta(seconds=40)
"""A line is over at most this long after its last number is called."""


@dataclass(frozen=True, slots=True)
class LineAhead:
    """The line, as whoever comes now meets it.

    Attributes:
        waiting: How many wait, at most: some may have left.
        comes_at: When a newcomer would be called (UTC).
        is_known: Whether that is more than a guess.
        until: By when everybody is let in again if nobody comes any more (UTC).
    """

    waiting: int
    comes_at: datetime
    is_known: bool
    until: datetime

    def in_whole_seconds(self) -> LineAhead:
        """The same without fractions of seconds."""
        comes_at, until = self.comes_at.replace(microsecond=0), self.until.replace(microsecond=0)
        return replace(self, comes_at=comes_at, until=until)


def line_ahead(line: Line | None, availability: Availability, now: datetime) -> LineAhead | None:
    """The line ahead of a newcomer; None if a newcomer meets the models.

    Args:
        line: The line; None if there is none.
        availability: The state of the models. Without any, and no quota to blame, newcomers are
            told why, and get no place.
        now: The present instant (UTC).
    """
    if line is None or not line.waiting(now):
        return None
    if availability.status in (Status.UNAVAILABLE, Status.MISCONFIGURED):
        return None
    return LineAhead(
        waiting=line.waiting(now),
        comes_at=line.comes_at(line.issued + 1, now),
        is_known=line.per_second is not None,
        until=line.comes_at(line.issued, now) + _SETTLED,
    )
