"""Asks a model to think as configured, and once more without if it does not take that."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Protocol

from fallback.core.failure import Failure, FailureKind
from fallback.core.hierarchy import Thinking
from fallback.gemini.known_models import KnownModels

_MAY_BE_OURS = (FailureKind.UNSUPPORTED_FIELD, FailureKind.INVALID_REQUEST)


class EventStream(Protocol):
    """Gemini's events, however they come."""

    def next_before(self, instant: float, late_at: float) -> list[Any] | Failure | None:
        """Waits for the next events; the first call sends the request.

        Args:
            instant: As `time.monotonic` tells it.
            late_at: When the wait is late; see `fallback.ports.AttemptLimits`.

        Returns:
            The events that have come, as JSON; None at the end of the stream; a Failure if there
            is no stream, or it broke, or the instant has come.
        """
        ...

    def close(self) -> None:
        """Ends the call."""
        ...


class ThinkingStream:
    """The events of one model.

    The levels that models take change from one to the next: 3.8 refuses `minimal`, 2.5 takes none.
    A 400 costs no quota, so the request goes out once more without what Nexus has added. If the
    model answers that, it is remembered.
    """

    def __init__(
        self, ask: Callable[[Thinking | None], EventStream], model: str, known: KnownModels
    ) -> None:
        """Sends nothing yet.

        Args:
            ask: Makes the stream for one request.
            model: The model's name.
            known: What is known of the models.
        """
        self._ask = ask
        self._model = model
        self._known = known
        self._thinking = known.thinking(model)
        self._stream = ask(self._thinking)

    def next_before(self, instant: float, late_at: float) -> list[Any] | Failure | None:
        """Waits for the next events; see `EventStream`."""
        events = self._stream.next_before(instant, late_at)
        if self._thinking is None:
            return events
        self._thinking = None  # Only the first reply can be about it.
        if not _may_be_about_thinking(events):
            return events
        self._stream.close()
        self._stream = self._ask(None)
        events = self._stream.next_before(instant, late_at)
        if isinstance(events, list):
            self._known.refuses_thinking(self._model)
        return events

    def close(self) -> None:
        """Ends the call."""
        self._stream.close()


def _may_be_about_thinking(events: list[Any] | Failure | None) -> bool:
    return isinstance(events, Failure) and events.status == 400 and events.kind in _MAY_BE_OURS
