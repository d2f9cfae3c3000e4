"""How long something was out, in buckets of equal length. Only the last buckets are kept."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

Tally = Mapping[int, Mapping[str, int]]
"""Seconds by state, by the start of the bucket (seconds since 1970)."""


@dataclass(frozen=True, slots=True)
class Scale:
    """A length of buckets.

    Attributes:
        seconds: The length of one; a day has whole ones.
        count: How many are kept, the present one included.
    """

    seconds: int
    count: int

    def starts(self, now: datetime) -> range:
        """The starts of the buckets that are kept, oldest first."""
        last = int(now.timestamp()) // self.seconds * self.seconds
        return range(last - (self.count - 1) * self.seconds, last + 1, self.seconds)

    def added(self, tally: Tally, state: str, start: datetime, end: datetime) -> Tally:
        """The tally with one state from an instant to another (both in whole seconds)."""
        last = int(end.timestamp())
        first = max(int(start.timestamp()), self.starts(end)[0])
        added = dict(tally)
        while first < last:
            bucket = first // self.seconds * self.seconds
            following = min(last, bucket + self.seconds)
            found = added.get(bucket, {})
            added[bucket] = {**found, state: found.get(state, 0) + following - first}
            first = following
        return added

    def kept(self, tally: Tally, now: datetime) -> Tally:
        """The tally without what is too old."""
        starts = self.starts(now)
        return {bucket: seconds for bucket, seconds in tally.items() if bucket in starts}


QUARTERS = Scale(15 * 60, 96)
"""The quarters of an hour of a day."""
DAYS = Scale(24 * 60 * 60, 90)
