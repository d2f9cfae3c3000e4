"""What one process knows of late models, and how many hedges it makes."""

from __future__ import annotations

import contextvars
import math
import threading
from collections.abc import Callable

from fallback.core.hedging import MOST_HEDGES, Budget, LatePoints
from fallback.crash_report import describe
from fallback.events import Event
from fallback.ports import EventLog


class Hedges:
    """Knows when a wait is late, and runs what is asked beside it. Safe for many threads.

    What it knows is of this process alone. Models are opaque keys.
    """

    def __init__(self, log: EventLog) -> None:
        """Knows of no wait, and starts no thread."""
        self._log = log
        self._lock = threading.Lock()
        self._budget = Budget()
        self._late_points = LatePoints()
        self._spoke: dict[str, float] = {}
        self._answered: dict[str, float] = {}
        self._running = 0

    def add_chat(self) -> None:
        """Takes in what one chat pays for hedges."""
        with self._lock:
            self._budget.add_chat()

    def late_seconds(self, key: str, tokens: int) -> tuple[float, float]:
        """After how long the first text is late, and each other; infinite where that is unknown."""
        with self._lock:
            points = self._late_points
            return points.first_text_seconds(key, tokens), points.text_seconds(key)

    def spoke(self, key: str, tokens: int, asked_at: float, seconds: float) -> None:
        """A model has said its first word.

        Args:
            key: The model.
            tokens: The request's size.
            asked_at: When it was asked, as the clock's `monotonic` tells it.
            seconds: How long that took.
        """
        self._spoke[key] = max(asked_at, self._spoke.get(key, asked_at))
        self.learn_first_text(key, tokens, seconds)

    def answered(self, key: str, asked_at: float, longest_gap_seconds: float) -> None:
        """A model has ended an answer.

        Args:
            key: The model.
            asked_at: See `spoke`.
            longest_gap_seconds: The longest wait between two texts; 0 if there were no two.
        """
        self._answered[key] = max(asked_at, self._answered.get(key, asked_at))
        if longest_gap_seconds:
            self.learn_longest_gap(key, longest_gap_seconds)

    def was_overtaken(self, key: str, asked_at: float, *, in_answer: bool) -> bool:
        """Whether a chat of this process that asked the model later has got further.

        Args:
            key: The model.
            asked_at: See `spoke`.
            in_answer: Whether the late one has begun to speak: then others must have ended.
        """
        latest = self._answered if in_answer else self._spoke
        return latest.get(key, -math.inf) > asked_at

    def learn_first_text(self, key: str, tokens: int, seconds: float) -> None:
        """Takes in how long a first text took."""
        with self._lock:
            self._late_points.learn_first_text(key, tokens, seconds)

    def learn_longest_gap(self, key: str, seconds: float) -> None:
        """Takes in the longest wait between two texts of a whole answer."""
        with self._lock:
            self._late_points.learn_longest_gap(key, seconds)

    def run(
        self, work: Callable[[], object], *, is_due: bool = True, is_free: bool = False
    ) -> bool:
        """Runs something in a thread of its own, if the budget and `MOST_HEDGES` allow it.

        Args:
            work: What to do.
            is_due: Whether it is done even on credit.
            is_free: Whether the budget has nothing to do with it.

        Returns:
            Whether it runs.
        """
        with self._lock:
            if self._running >= MOST_HEDGES:
                return False
            if not is_free and not self._budget.spend(is_due=is_due):
                return False
            self._running += 1
        run = contextvars.copy_context().run
        threading.Thread(target=run, args=(self._run, work), name="hedge", daemon=True).start()
        return True

    def _run(self, work: Callable[[], object]) -> None:
        try:
            work()
        except Exception as bug:  # noqa: BLE001 - the last line of defence of this thread; logged
            self._log(Event.INTERNAL_ERROR, **describe(bug))
        finally:
            with self._lock:
                self._running -= 1
