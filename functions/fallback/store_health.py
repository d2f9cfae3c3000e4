"""Whether a store is worth waiting for."""

from __future__ import annotations

import math
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from fallback.ports import StoreUnavailableError
from fallback.wait_budget import MAX_WAIT_SECONDS


class StoreHealth:
    """Judges a store by its own calls. Safe for many threads.

    A call that fails, or takes longer than one request may wait, makes the store unavailable; a
    quick one makes it available again. How long a caller was willing to wait says nothing.
    Once a write has failed, the outage lasts until one succeeds: a full disk can be read.

    Attributes:
        is_available: Whether requests should wait for the store.
    """

    def __init__(
        self,
        seconds: Callable[[], float],
        tell: Callable[[str | None], None],
        max_seconds: float = MAX_WAIT_SECONDS,
    ) -> None:
        """Takes the store for available.

        Args:
            seconds: The monotonic clock.
            tell: Is told of each outage: why the store is unavailable, and None when it is over.
            max_seconds: A call that takes longer is slow.
        """
        self.is_available = True
        self._seconds = seconds
        self._tell = tell
        self._max_seconds = max_seconds
        self._lock = threading.Lock()
        self._due_at: list[float] = []
        self._can_write = True
        self._is_out = False

    @contextmanager
    def judging(self, *, writes: bool = False, may_take_long: bool = False) -> Iterator[None]:
        """Judges the store by the one call that is made in the block."""
        due_at = math.inf if may_take_long else self._seconds() + self._max_seconds
        with self._lock:
            self._due_at.append(due_at)
        try:
            yield
        except StoreUnavailableError as error:
            self._now(str(error), can_write=False if writes else None)
            raise
        else:
            reason = "slow" if self._seconds() > due_at else None
            self._now(reason, can_write=True if writes else None)
        finally:
            with self._lock:
                self._due_at.remove(due_at)

    def look(self) -> bool:
        """Judges the calls under way as well; says whether the store is available."""
        with self._lock:
            is_slow = any(due_at <= self._seconds() for due_at in self._due_at)
        if is_slow:
            self._now("slow")
        return self.is_available

    def _now(self, reason: str | None, *, can_write: bool | None = None) -> None:
        """Takes in what a call has shown; `can_write` is None if it was no write."""
        with self._lock:
            self.is_available = reason is None
            self._can_write = self._can_write if can_write is None else can_write
            is_out = not (self.is_available and self._can_write)
            is_news = is_out is not self._is_out
            self._is_out = is_out
        if is_news:
            self._tell(reason)
