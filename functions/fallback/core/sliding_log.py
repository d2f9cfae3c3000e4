"""The calls of the last minute, each with its instant and tokens.

It keeps a limit of a minute whether the provider counts fixed minutes or the last 60 seconds: no
60 seconds ever hold more calls than it allows.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import datetime, timedelta

SPAN = timedelta(seconds=60.5)
"""A minute, and half a second for calls that take longer to arrive than the one before."""

_AT_ONCE = 2 / 3
_PACE = 1 / 4
_PACE_SPAN = timedelta(seconds=10)


@dataclass(frozen=True, slots=True)
class Entry:
    """Calls of one instant, or a correction of them.

    Attributes:
        at: The instant (UTC, whole milliseconds).
        calls: How many; below zero takes calls back.
        tokens: Their input tokens; below zero takes tokens back.
    """

    at: datetime
    calls: int = 0
    tokens: int = 0


@dataclass(frozen=True, slots=True)
class SlidingLog:
    """Calls of the last `SPAN`.

    Attributes:
        entries: By instant, one for each.
    """

    entries: tuple[Entry, ...] = ()

    @property
    def calls(self) -> int:
        """How many calls it holds."""
        return sum(entry.calls for entry in self.entries)

    @property
    def tokens(self) -> int:
        """How many input tokens they have."""
        return sum(entry.tokens for entry in self.entries)

    def since(self, instant: datetime) -> SlidingLog:
        """What happened at an instant or later."""
        if not self.entries or self.entries[0].at >= instant:
            return self
        return SlidingLog(tuple(entry for entry in self.entries if entry.at >= instant))

    def latest(self, now: datetime) -> SlidingLog:
        """Without what has left the log by `now`."""
        return self.since(now - SPAN + timedelta(microseconds=1))

    def plus(self, added: Entry) -> SlidingLog:
        """With an entry more; of one instant there is one. Nothing falls below zero."""
        same = [entry for entry in self.entries if entry.at == added.at]
        others = [entry for entry in self.entries if entry.at != added.at]
        calls = max(0, sum(entry.calls for entry in same) + added.calls)
        tokens = max(0, sum(entry.tokens for entry in same) + added.tokens)
        if calls or tokens:
            others.append(Entry(added.at, calls, tokens))
        return SlidingLog(tuple(sorted(others, key=lambda entry: entry.at)))

    def fits_at(
        self, now: datetime, tokens: int, max_calls: float = math.inf, max_tokens: float = math.inf
    ) -> datetime:
        """When one more request fits: `now`, or the instant at which enough has left the log.

        A request of more than `max_tokens` never fits; it is for the provider to say so.

        Args:
            now: The present instant (UTC).
            tokens: The request's input tokens.
            max_calls: How many calls the log may hold.
            max_tokens: How many tokens.
        """
        calls_left, tokens_left = max_calls - 1, max_tokens - tokens
        for entry in reversed(self.entries):
            if entry.at + SPAN <= now:
                break
            calls_left -= entry.calls
            tokens_left -= entry.tokens
            if calls_left < 0 or tokens_left < 0 <= max_tokens - tokens:
                return entry.at + SPAN
        return now

    def paced_at(self, now: datetime, max_calls: float, max_tokens: float) -> datetime:
        """When one more request keeps an even pace: `now`, or an instant within ten seconds.

        Two thirds of a minute may be used at once, and the rest a quarter in ten seconds: otherwise
        a burst would come back each minute, and all requests between would find it full.
        """
        log = self.latest(now)
        if log.calls < _AT_ONCE * max_calls and log.tokens < _AT_ONCE * max_tokens:
            return now
        recent = log.since(now - _PACE_SPAN)
        if recent.calls < _PACE * max_calls and recent.tokens < _PACE * max_tokens:
            return now
        return max(now, recent.entries[0].at + _PACE_SPAN + timedelta(milliseconds=1))
