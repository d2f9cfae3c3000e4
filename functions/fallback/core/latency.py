"""How long models take, learned from what they took.

Times are counted in buckets that grow by a constant factor, so every quantile is within
`RELATIVE_ERROR` of the true one, however the times are distributed. This is DDSketch (Masson, Rim
and Lee, VLDB 2019; DataDog/sketches-py) without what it needs for values of any size.
"""

from __future__ import annotations

import math
from bisect import bisect

RELATIVE_ERROR = 0.02

MIN_SAMPLES = 100
"""A 99th percentile of fewer is little more than the largest one."""

_LATE_SHARE = 0.99
_FULL = 2000
"""When so many are counted, each counts half: old ones fade."""
_SAMPLES_PER_LOOK = 16
_GAMMA = (1 + RELATIVE_ERROR) / (1 - RELATIVE_ERROR)
_LOG_GAMMA = math.log(_GAMMA)
_LEAST_SECONDS = 0.001
_SIZE_BOUNDS = (1024, 8192, 65_536)


def size_class(tokens: int) -> int:
    """The class of a request's size: larger ones wait longer for their first text.

    Args:
        tokens: The request's size, see `fallback.core.size.tokens_of`.
    """
    return bisect(_SIZE_BOUNDS, tokens)


class Distribution:
    """A distribution of times in seconds, from a millisecond up. Not safe for many threads.

    Attributes:
        count: How many times it knows; old ones count for less than one.
    """

    def __init__(self) -> None:
        """Knows of none."""
        self.count = 0.0
        self._counts: dict[int, float] = {}

    def add(self, seconds: float) -> None:
        """Takes in a time."""
        bucket = math.ceil(math.log(max(seconds, _LEAST_SECONDS)) / _LOG_GAMMA)
        self._counts[bucket] = self._counts.get(bucket, 0.0) + 1
        self.count += 1
        if self.count >= _FULL:
            self._counts = {bucket: count / 2 for bucket, count in self._counts.items()}
            self.count /= 2

    def quantile(self, share: float) -> float:
        """The time, in seconds, that a share of all do not exceed.

        Args:
            share: From 0 up to 1.

        Raises:
            ValueError: It knows of no time.
        """
        rank = share * (self.count - 1)
        for bucket, count in sorted(self._counts.items()):
            rank -= count
            if rank < 0:
                return 2 * _GAMMA**bucket / (_GAMMA + 1)
        raise ValueError("nothing has been added")


class LatePoint:
    """When a wait is late: later than 99 of 100 before it. Not safe for many threads.

    Attributes:
        seconds: The 99th percentile; None while too few waits are known to trust it.
    """

    def __init__(self) -> None:
        """Trusts nothing yet."""
        self.seconds: float | None = None
        self._distribution = Distribution()
        self._until_look = MIN_SAMPLES

    def add(self, seconds: float) -> None:
        """Takes in how long a wait has lasted."""
        self._distribution.add(seconds)
        self._until_look -= 1
        if self._until_look == 0:
            self._until_look = _SAMPLES_PER_LOOK
            self.seconds = self._distribution.quantile(_LATE_SHARE)
