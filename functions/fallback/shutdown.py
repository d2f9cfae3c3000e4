"""The end of a process: answers under way get a few more seconds."""

from __future__ import annotations

from datetime import datetime, timedelta

from fallback.ports import Clock

GRACE_SECONDS = 6.0
"""Cloud Run kills ten seconds after SIGTERM: this leaves time to send and read the last events."""


class Shutdown:
    """Whether this process ends soon. Safe for many threads and for signal handlers."""

    def __init__(self, clock: Clock) -> None:
        """The process goes on."""
        self._clock = clock
        self._ends_at: float | None = None

    def begin(self) -> None:
        """Gives answers `GRACE_SECONDS` from now; later calls change nothing."""
        if self._ends_at is None:
            self._ends_at = self._clock.monotonic() + GRACE_SECONDS

    def seconds_left(self) -> float | None:
        """How long answers may still take, below 0 if time is up; None if the process goes on."""
        ends_at = self._ends_at
        return None if ends_at is None else ends_at - self._clock.monotonic()

    def no_later(self, deadline: datetime) -> datetime:
        """The deadline, or the end of the process if that comes first."""
        left = self.seconds_left()
        return deadline if left is None else min(deadline, self._clock.now() + timedelta(0, left))
