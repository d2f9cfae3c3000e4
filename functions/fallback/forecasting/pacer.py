"""Picks the chats that step down, so that the best model's quota lasts until midnight Pacific."""

from __future__ import annotations

import random
import threading
from collections import deque
from collections.abc import Callable

from fallback.core.pacing import RECENT_CHATS, steps_down
from fallback.forecasting.shared import SharedForecast


class Pacer:
    """Compares chats with the last ones of this process. Safe for many threads."""

    def __init__(
        self, forecast: SharedForecast, jitter: Callable[[], float] = random.random
    ) -> None:
        """Knows of no chats yet.

        Args:
            forecast: Says what the best model can take.
            jitter: Returns random numbers from 0 up to 1.
        """
        self._forecast = forecast
        self._jitter = jitter
        self._lock = threading.Lock()
        self._recent: deque[int] = deque(maxlen=RECENT_CHATS)

    def steps_down(self, tokens: int) -> bool:
        """Whether a chat goes to the later models first.

        Args:
            tokens: Its size; 0 for a heavy visitor's, who steps down first.
        """
        share = self._forecast.affordable_share
        with self._lock:
            self._recent.append(tokens)
            return share < 1 and steps_down(tokens, self._recent, share, self._jitter())
