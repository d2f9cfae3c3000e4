"""The median and the range of several measurements."""

from __future__ import annotations

import statistics
from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Spread:
    """Several measurements of one figure: median, minimum and maximum."""

    median: float
    low: float
    high: float

    def text(self, digits: int = 2) -> str:
        """The text in tables: the median, and the range if it is visible."""
        median, low, high = (_rounded(x, digits) for x in (self.median, self.low, self.high))
        return median if low == high else f"{median} ({low}–{high})"


def spread(samples: Sequence[float]) -> Spread:
    """Of at least one measurement."""
    return Spread(statistics.median(samples), min(samples), max(samples))


def ratios(samples: Sequence[float], floor: Sequence[float]) -> list[float]:
    """Each measurement as a multiple of the one of the floor in the same round.

    What slows the machine for a while slows both; where rounds are missing, the floor's median
    stands in.
    """
    if len(samples) == len(floor):
        return [sample / under for sample, under in zip(samples, floor, strict=True)]
    return [sample / statistics.median(floor) for sample in samples]


def percentile(samples: Sequence[float], percent: float) -> float:
    """The smallest sample that at least this percentage of samples does not exceed."""
    ordered = sorted(samples)
    place = -(-len(ordered) * percent // 100) - 1
    return ordered[max(0, int(place))]


def _rounded(value: float, digits: int) -> str:
    """The number with this many significant digits, but with all digits before the point."""
    if value == 0:
        return "0"
    text = f"{value:.{digits}g}" if abs(value) < 10**digits else f"{value:.0f}"
    return f"{float(text):g}" if "e" in text else text
