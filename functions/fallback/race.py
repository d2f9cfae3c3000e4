"""Two attempts at one answer, of which the first to speak is heard."""

from __future__ import annotations

import threading

from fallback.cancellation import Cancellation


class Race:
    """Decides between two attempts. Safe for many threads."""

    def __init__(self, *attempts: Cancellation) -> None:
        """Nobody has spoken.

        Args:
            attempts: What cancels each of them, and stands for it here.
        """
        self._lock = threading.Lock()
        self._attempts = attempts
        self._first: Cancellation | None = None

    def claim(self, attempt: Cancellation) -> bool:
        """Says whether an attempt that has something to say is the first, and cancels the other."""
        with self._lock:
            if self._first is None:
                self._first = attempt
        if not self.was_won_by(attempt):
            return False
        for other in self._attempts:
            if other is not attempt:
                other.cancel()
        return True

    def was_won_by(self, attempt: Cancellation) -> bool:
        """Whether this attempt has spoken first."""
        return self._first is attempt
