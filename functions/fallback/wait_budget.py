"""How long one request may wait for the store in all."""

from __future__ import annotations

from concurrent.futures import Future, wait

from fallback.ports import Clock

MAX_WAIT_SECONDS = 0.25


class WaitBudget:
    """What is left of one request's time to wait for the store, in seconds."""

    def __init__(self, clock: Clock, seconds: float = MAX_WAIT_SECONDS) -> None:
        """Starts whole."""
        self._clock = clock
        self._left_seconds = seconds

    def wait_for(self, work: Future[None]) -> bool:
        """Waits as long as the budget lasts; says whether the work was done by then."""
        started = self._clock.monotonic()
        wait([work], timeout=max(0.0, self._left_seconds))
        self._left_seconds -= self._clock.monotonic() - started
        return work.done()
