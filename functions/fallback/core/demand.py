"""How many chats come in each hour, today and usually.

Hours are whole hours since 1970 (UTC); a quota day always begins and ends with one. The hours of
the last day are kept as they were counted. Older ones are folded into 168 cells, one for each hour
of the week, each an exponentially weighted mean (EWMA).
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta

CHATS = "*"
"""The name under which chats are counted, beside calls by key."""

HOURS_OF_WEEK = 168

_KEPT_HOURS = 26
"""The longest quota day has 25 hours."""

_NEWEST_WEIGHT = 0.2
_HOUR = timedelta(hours=1)
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)

Counts = Mapping[int, Mapping[str, int]]
"""Chats, and calls by key, by hour."""

Cells = tuple[float | None, ...]
"""Chats that usually come in each hour of the week; None where none has been seen."""

NO_CELLS: Cells = (None,) * HOURS_OF_WEEK


@dataclass(frozen=True, slots=True, kw_only=True)
class Demand:
    """What is known of the demand.

    Attributes:
        cells: Of the past.
        counts: Of the last day.
        folded_until: The first hour that is not in the cells; None if none is.
    """

    cells: Cells = NO_CELLS
    counts: Counts = field(default_factory=dict)
    folded_until: int | None = None

    def chats(self, hours: Iterable[int]) -> int:
        """Chats that came in some hours of the last day."""
        return self.calls(CHATS, hours)

    def calls(self, key: str, hours: Iterable[int]) -> int:
        """Calls of one key in some hours of the last day."""
        return sum(self.counts.get(hour, {}).get(key, 0) for hour in hours)

    def usual(self, hour: int) -> float | None:
        """Chats that usually come in an hour; None if nothing is known of any.

        An hour of the week that has not been seen yet is like the same hour of other days, or like
        all hours.
        """
        cell = self.cells[hour % HOURS_OF_WEEK]
        if cell is not None:
            return cell
        return _mean(self.cells[hour % 24 :: 24]) or _mean(self.cells)


def hour_of(instant: datetime) -> int:
    """The hour that an instant is in."""
    return (instant - _EPOCH) // _HOUR


def start_of(hour: int) -> datetime:
    """The instant (UTC) at which an hour begins."""
    return _EPOCH + hour * _HOUR


def folded(demand: Demand, now: datetime) -> Demand:
    """The demand with each hour that is older than a day in its cell.

    Counts that come later than that are dropped. So is the older part of a gap of over a week.
    """
    until = hour_of(now) - _KEPT_HOURS
    first = (
        min(demand.counts, default=until) if demand.folded_until is None else demand.folded_until
    )
    if until <= first:
        return demand
    cells = list(demand.cells)
    for hour in range(max(first, until - HOURS_OF_WEEK), until):
        chats, cell = demand.chats([hour]), cells[hour % HOURS_OF_WEEK]
        cells[hour % HOURS_OF_WEEK] = (
            float(chats) if cell is None else cell + _NEWEST_WEIGHT * (chats - cell)
        )
    kept = {hour: counts for hour, counts in demand.counts.items() if hour >= until}
    return replace(demand, cells=tuple(cells), counts=kept, folded_until=until)


def _mean(cells: Iterable[float | None]) -> float | None:
    known = [cell for cell in cells if cell is not None]
    return math.fsum(known) / len(known) if known else None
