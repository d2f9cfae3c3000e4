"""When the next model is asked beside one that keeps a visitor waiting: a hedge.

1. A wait is late once it has lasted longer than 99 of 100 such waits before it: for the first text,
   by candidate and size of the request; for the texts after it, by candidate. One that is new is
   as late as its model by other targets.
2. A hundred chats pay for one hedge. Chance makes one wait in a hundred late, so healthy models use
   all of that, and an outage would find nothing left. From twice as late on, a hedge is due always;
   so is one beside a hedge, for whose visitor has waited already.
3. A late model is silent if nobody in this process who asked it later has got further: to a first
   text, or, where the late one stalls, to an end. Three silences in a row set it aside.
"""

from __future__ import annotations

import math
from collections import defaultdict

from fallback.core.latency import LatePoint, size_class
from fallback.core.windows import split_name

HEDGES_PER_CHAT = 0.01

MOST_HEDGES = 8
"""So many at a time in one process, and so many in advance or in debt."""

# Sooner than this, nobody feels it, and a busy machine looks like a late model.
_LEAST_FIRST_TEXT_SECONDS = 1.0
_LEAST_TEXT_SECONDS = 2.0


class Budget:
    """What hedges may cost. Not safe for many threads."""

    def __init__(self) -> None:
        """Begins empty."""
        self._hedges = 0.0

    def add_chat(self) -> None:
        """Takes in what one chat pays."""
        self._hedges = min(MOST_HEDGES, self._hedges + HEDGES_PER_CHAT)

    def spend(self, *, is_due: bool) -> bool:
        """Says whether a hedge may be made, and spends it.

        Args:
            is_due: Whether it is made even on credit.
        """
        if not is_due and self._hedges < 1:
            return False
        self._hedges = max(-MOST_HEDGES, self._hedges - 1)
        return True


_Points = defaultdict[str, LatePoint]


def _new_points() -> _Points:
    return defaultdict(LatePoint)


def _late_seconds(points: _Points, key: str) -> float | None:
    """When a candidate is late; as for its model by other targets while it is new."""
    if (own := points[key].seconds) is not None:
        return own
    model = split_name(key)[0]
    others = [p.seconds for k, p in points.items() if split_name(k)[0] == model]
    return max((seconds for seconds in others if seconds is not None), default=None)


class LatePoints:
    """When the waits for models are late, by candidate. Not safe for many threads."""

    def __init__(self) -> None:
        """Knows of no wait."""
        self._first_text: defaultdict[int, _Points] = defaultdict(_new_points)
        self._text = _new_points()

    def first_text_seconds(self, key: str, tokens: int) -> float:
        """After how long the first text is late; infinite while that is not known.

        Args:
            key: The candidate's.
            tokens: The request's size, see `fallback.core.size.tokens_of`.
        """
        seconds = _late_seconds(self._first_text[size_class(tokens)], key)
        return math.inf if seconds is None else max(seconds, _LEAST_FIRST_TEXT_SECONDS)

    def text_seconds(self, key: str) -> float:
        """After how long another text is late; infinite while that is not known."""
        seconds = _late_seconds(self._text, key)
        return math.inf if seconds is None else max(seconds, _LEAST_TEXT_SECONDS)

    def learn_first_text(self, key: str, tokens: int, seconds: float) -> None:
        """Takes in how long a first text took."""
        self._first_text[size_class(tokens)][key].add(seconds)

    def learn_longest_gap(self, key: str, seconds: float) -> None:
        """Takes in the longest wait between two texts of a whole answer."""
        self._text[key].add(seconds)
