"""One attempt at Gemini: its pieces, and an end that can be trusted.

Every answer is streamed, also one that is wanted whole: only a stream can tell a model that is
silent from one that is still writing (docs/adr/0004-always-stream.md).
"""

from __future__ import annotations

import time
from collections.abc import Callable, Generator
from datetime import datetime
from typing import Any, Protocol

from fallback.core.answer import End, Text
from fallback.core.classification import classify
from fallback.core.failure import Failure, FailureKind
from fallback.gemini.answer_reader import AnswerReader
from fallback.ports import AttemptLimits

_TRAILER_SECONDS = 1.0
"""How long to wait for what follows the finish reason: token counts, and the stream's end."""


class EventStream(Protocol):
    """Gemini's events, however they come."""

    def next_before(self, instant: float) -> list[Any] | Failure | None:
        """Waits for the next events; the first call sends the request.

        Args:
            instant: As `time.monotonic` tells it.

        Returns:
            The events that have come, as JSON; None at the end of the stream; a Failure if there
            is no stream, or it broke, or the instant has come.
        """
        ...

    def close(self) -> None:
        """Ends the call."""
        ...


def pieces_of(
    stream: EventStream, limits: AttemptLimits, now: Callable[[], datetime]
) -> Generator[Text | End | Failure, None, None]:
    """The pieces of one attempt; see `fallback.ports.Provider`.

    Args:
        stream: Closed at the end.
        limits: How long it may take.
        now: Tells the instant (UTC) that a Retry-After date is compared with.
    """
    started_at = time.monotonic()
    ends_by = started_at + limits.total_seconds
    speak_by = started_at + limits.first_text_seconds
    answer = AnswerReader()
    try:
        while True:
            batch = stream.next_before(min(speak_by, ends_by))
            if limits.cancellation.is_cancelled:
                yield Failure(kind=FailureKind.TIMED_OUT, reason="CANCELLED")
                return
            if batch is None:
                break
            was_finished = answer.is_finished
            failure = batch if isinstance(batch, Failure) else _read(batch, answer, now)
            if text := answer.taken():
                yield Text(text, answer.model_version, answer.usage)
            if failure is not None:
                if answer.is_finished:
                    break
                yield failure
                return
            if answer.is_finished and not was_finished:
                speak_by = time.monotonic() + _TRAILER_SECONDS
            elif answer.has_text and not answer.is_finished:
                speak_by = time.monotonic() + limits.idle_seconds
        yield answer.judged()
    finally:
        stream.close()


def _read(events: list[Any], answer: AnswerReader, now: Callable[[], datetime]) -> Failure | None:
    """Takes in events; a Failure if one is an error, or nothing that Gemini sends."""
    for event in events:
        try:
            if isinstance(event, list):
                event = event[0]  # noqa: PLW2901 - Vertex wraps errors in an array
            if "error" in event:
                return classify(None, event, {}, now())
            answer.read(event)
        except Exception as error:  # noqa: BLE001 - see `unreadable`
            return unreadable(error)
    return None


def unreadable(error: Exception) -> Failure:
    """What a malformed reply becomes.

    Reading it can end in ValueError, TypeError, AttributeError, RecursionError and others. Nothing
    but that reading runs where they are caught.
    """
    return Failure(kind=FailureKind.INCOMPLETE_ANSWER, reason=type(error).__name__)
