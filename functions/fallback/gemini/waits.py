"""Until when the next event of an answer is waited for."""

from __future__ import annotations

import math
import time

from fallback.gemini.answer_reader import AnswerReader
from fallback.ports import AttemptLimits

_TRAILER_SECONDS = 3.0
"""How long to wait for what follows the finish reason: token counts, more text, the end."""


class Waits:
    """The limits of one attempt, applied to what has come of it.

    Attributes:
        until: The instant at which the wait ends, as `time.monotonic` tells it.
        late_at: The instant at which the wait for text is late.
    """

    def __init__(self, limits: AttemptLimits) -> None:
        """The attempt starts now."""
        now = time.monotonic()
        self._limits = limits
        self._think_by = now + max(limits.thinking_seconds, limits.first_text_seconds)
        self._signs = 0
        self._is_finished = False
        self.until = now + limits.first_text_seconds
        self.late_at = now + limits.late_first_text_seconds

    def after(self, answer: AnswerReader) -> None:
        """Starts the next wait, after events have been read."""
        now = time.monotonic()
        is_alive = answer.signs_of_life > self._signs
        self._signs = answer.signs_of_life
        if answer.is_finished and not answer.goes_on:
            if not self._is_finished:
                self.until = now + _TRAILER_SECONDS
                self.late_at = math.inf
        elif is_alive and answer.has_text:
            self.until = now + self._limits.idle_seconds
            self.late_at = now + self._limits.late_text_seconds
        elif is_alive:
            self.until = min(now + self._limits.first_text_seconds, self._think_by)
        self._is_finished = answer.is_finished

    @property
    def is_over(self) -> bool:
        """Whether the wait has ended without an event."""
        return time.monotonic() >= self.until
