"""One attempt at Gemini: its pieces, and an end that can be trusted.

Every answer is streamed, also one that is wanted whole: only a stream can tell a model that is
silent from one that is still writing (docs/adr/0004-always-stream.md).
"""

from __future__ import annotations

import time
from collections.abc import Callable, Generator
from datetime import datetime
from typing import Any

from fallback.core.answer import End, Text
from fallback.core.chat import Chat
from fallback.core.classification import classify
from fallback.core.failure import Failure, FailureKind
from fallback.core.hierarchy import Thinking
from fallback.gemini.answer_reader import AnswerReader
from fallback.gemini.known_models import KnownModels
from fallback.gemini.thinking_stream import EventStream, ThinkingStream
from fallback.gemini.waits import Waits
from fallback.ports import AttemptLimits


def pieces_of(
    ask: Callable[[Thinking | None], EventStream],
    model: str,
    chat: Chat,
    limits: AttemptLimits,
    *,
    known: KnownModels,
    now: Callable[[], datetime],
) -> Generator[Text | End | Failure, None, None]:
    """The pieces of one attempt; see `fallback.ports.Provider`.

    The end of the stream is the end of the answer. A finish reason alone is not: after the first,
    the rest may take a few seconds. If text comes then, the model may be as slow as before.

    Args:
        ask: Makes the stream for one request, which is closed at the end.
        model: The model's name.
        chat: The conversation.
        limits: How long it may take.
        known: What is known of the models.
        now: Tells the instant (UTC) that a Retry-After date is compared with.
    """
    ends_by = time.monotonic() + limits.total_seconds
    waits = Waits(limits)
    answer = AnswerReader(chat, limits.account)
    stream = ThinkingStream(ask, model, known)
    try:
        while not answer.is_full:
            batch = stream.next_before(min(waits.until, ends_by), waits.late_at)
            if limits.cancellation.is_cancelled:
                yield Failure(kind=FailureKind.TIMED_OUT, reason="CANCELLED")
                return
            if batch is None:
                break
            failure = batch if isinstance(batch, Failure) else _read(batch, answer, now)
            if text := answer.taken():
                yield Text(text, answer.model_version)
            if failure is not None:
                if answer.is_finished and (waits.is_over or not answer.goes_on):
                    break
                yield failure
                return
            waits.after(answer)
        if answer.model_version is not None:
            known.answers_as(model, answer.model_version)
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
