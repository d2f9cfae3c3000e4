"""Ends an attempt from another thread."""

from __future__ import annotations

import threading
from collections.abc import Callable


class Cancellation:
    """Whether an attempt is still wanted. Safe for many threads.

    Attributes:
        is_cancelled: Whether `cancel` was called.
    """

    def __init__(self) -> None:
        """Nothing is cancelled."""
        self._lock = threading.Lock()
        self.is_cancelled = False
        self._wake: Callable[[], None] | None = None

    def cancel(self) -> None:
        """Ends the attempt at once, also while it waits for the network."""
        with self._lock:
            self.is_cancelled = True
            if self._wake is not None:
                self._wake()

    def on_cancel(self, wake: Callable[[], None] | None) -> None:
        """Sets what wakes the attempt's thread; the attempt itself calls this.

        Args:
            wake: Must not block. Called at once if the attempt is already cancelled; never called
                after another one, or None, has replaced it.
        """
        with self._lock:
            self._wake = wake
            if wake is not None and self.is_cancelled:
                wake()
