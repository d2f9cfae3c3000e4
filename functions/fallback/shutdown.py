"""The end of a process: it is told once, and has some seconds for the answers under way."""

from __future__ import annotations

from fallback.ports import Clock

GRACE_SECONDS = 6.0
"""Cloud Run kills ten seconds after SIGTERM; the rest is for last words to be written and read."""


class Shutdown:
    """Whether this process must end soon. Safe for many threads, and for a signal handler."""

    def __init__(self, clock: Clock) -> None:
        """Nothing has been said yet."""
        self._clock = clock
        self._ends_at: float | None = None

    def begin(self) -> None:
        """Answers have `GRACE_SECONDS` from now on; said again, nothing changes."""
        if self._ends_at is None:
            self._ends_at = self._clock.monotonic() + GRACE_SECONDS

    def seconds_left(self) -> float | None:
        """What answers may still take, below 0 once it is over; None while nothing ends."""
        ends_at = self._ends_at
        return None if ends_at is None else ends_at - self._clock.monotonic()
