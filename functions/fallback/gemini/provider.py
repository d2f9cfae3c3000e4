"""One attempt at Gemini: its pieces, and an end that can be trusted.

Every answer is streamed, also one that is wanted whole: only a stream can tell a model that is
silent from one that is still writing (docs/adr/0004-always-stream.md).
"""

from __future__ import annotations

import functools
import time
from collections.abc import Callable, Generator, Iterator, Mapping
from http.client import HTTPException
from typing import TYPE_CHECKING, Any

from fallback.core.answer import End, Text, Usage, judge_ending
from fallback.core.chat import Chat
from fallback.core.classification import classify
from fallback.core.failure import Failure, FailureKind
from fallback.gemini.connections import Connections
from fallback.gemini.deadline_socket import until
from fallback.gemini.event_stream import batches
from fallback.gemini.requests import made_requests
from fallback.ports import AttemptLimits, Clock

if TYPE_CHECKING:
    from fallback.gemini.sdk import PublicCall

_TRAILER_SECONDS = 1.0
"""How long to wait for what follows the finish reason: token counts, and the stream's end."""


class GeminiProvider:
    """The Gemini Developer API. One for each process; safe for many threads."""

    def __init__(self, api_key: str, clock: Clock) -> None:
        """Builds the client; nothing is sent.

        Args:
            api_key: A key of the Gemini Developer API.
            clock: Tells the instants that Retry-After dates are compared with.
        """
        self._api_key = api_key
        self._clock = clock
        self._connections = Connections()
        self._requests = made_requests(api_key, self._connections)
        if self._requests is None:
            _ = self._public_call

    def close(self) -> None:
        """Closes the connections that are not in use."""
        self._connections.close()

    def attempt(
        self,
        model: str,
        chat: Chat,
        limits: AttemptLimits,
    ) -> Generator[Text | End | Failure, None, None]:
        """Calls one model once; see `fallback.ports.Provider`."""
        started_at = time.monotonic()
        ends_by = started_at + limits.total_seconds
        speak_by = started_at + limits.first_text_seconds
        answer = _Answer()
        stream = self._events(model, chat, limits.total_seconds)
        try:
            while True:
                batch = self._next(stream, min(speak_by, ends_by), limits.seconds_left)
                if batch is None:
                    break
                was_finished = answer.is_finished
                failure = batch if isinstance(batch, Failure) else self._read(batch, answer)
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

    def _next(
        self,
        stream: Iterator[list[Any] | Failure],
        instant: float,
        seconds_left: Callable[[], float | None],
    ) -> list[Any] | Failure | None:
        """The events that come next; None at the stream's end; a Failure for whatever else."""
        try:
            with until(instant, seconds_left):
                return next(stream, None)
        except TimeoutError:
            return Failure(kind=FailureKind.TIMED_OUT)
        except (OSError, HTTPException) as error:
            return Failure(kind=FailureKind.CONNECTION_FAILED, reason=type(error).__name__)
        except Exception as error:  # noqa: BLE001 - as below
            return _unreadable(error)

    def _read(self, events: list[Any], answer: _Answer) -> Failure | None:
        """Takes in events; a Failure where one is an error, or nothing that Gemini sends."""
        for event in events:
            try:
                if isinstance(event, list):
                    event = event[0]  # noqa: PLW2901 - Vertex wraps errors in an array
                if "error" in event:
                    return classify(None, event, {}, self._clock.now())
                answer.read(event)
            except Exception as error:  # noqa: BLE001 - see `_unreadable`
                return _unreadable(error)
        return None

    def _events(
        self, model: str, chat: Chat, total_seconds: float
    ) -> Generator[list[Any] | Failure, None, None]:
        """The stream's events as they were sent; a Failure where there is no stream."""
        if self._requests is None:
            yield from self._public_call.events(model, chat, total_seconds)
            return
        reply = self._requests.send(model, chat, total_seconds)
        try:
            if reply.status == 200:
                yield from batches(reply.parts())
            else:
                yield classify(reply.status, reply.read(), reply.headers, self._clock.now())
        finally:
            reply.close()

    @functools.cached_property
    def _public_call(self) -> PublicCall:
        from fallback.gemini.sdk import PublicCall  # noqa: PLC0415 - loads all of it

        return PublicCall(self._api_key, self._connections, self._clock)


def _unreadable(error: Exception) -> Failure:
    """What a malformed reply becomes.

    It ends in whatever its reading runs into: ValueError, TypeError, AttributeError,
    RecursionError. Nothing but that reading runs where these are caught.
    """
    return Failure(kind=FailureKind.INCOMPLETE_ANSWER, reason=type(error).__name__)


class _Answer:
    """Gathers, event by event, what was said and what will say whether it is whole."""

    def __init__(self) -> None:
        self.has_text = False
        self.model_version: str | None = None
        self.usage: Usage | None = None
        self._text = ""
        self._finish_reason: str | None = None
        self._block_reason: str | None = None

    @property
    def is_finished(self) -> bool:
        return self._finish_reason is not None or self._block_reason is not None

    def read(self, event: Mapping[str, Any]) -> None:
        """Takes in one event.

        The model's version and the token counts only come along: where they are not of their form,
        the answer goes without them.

        Raises:
            TypeError, AttributeError: It is not of Gemini's form; it does not count then.
        """
        candidates = event.get("candidates")
        candidate = candidates[0] if candidates else {}
        parts = (candidate.get("content") or {}).get("parts") or ()
        text = "".join([part.get("text") or "" for part in parts if not part.get("thought")])
        finish_reason = candidate.get("finishReason")
        if finish_reason is not None and not isinstance(finish_reason, str):
            raise TypeError("a finish reason is a word")
        if (counts := event.get("usageMetadata")) and isinstance(counts, Mapping):
            self.usage = Usage(
                prompt_tokens=_count(counts.get("promptTokenCount")),
                completion_tokens=_count(counts.get("candidatesTokenCount"))
                + _count(counts.get("thoughtsTokenCount")),
            )
        if feedback := event.get("promptFeedback"):
            self._block_reason = feedback.get("blockReason") or self._block_reason
        if (version := event.get("modelVersion")) and isinstance(version, str):
            self.model_version = _sound(version)
        self._text += text
        self._finish_reason = finish_reason or self._finish_reason

    def taken(self) -> str:
        """The text that can be shown now.

        White space is held back until something visible follows it: a line break alone is no
        answer to commit to.
        """
        if not self.has_text:
            self.has_text = bool(self._text.strip())
            if not self.has_text:
                return ""
        text, self._text = self._text, ""
        return _sound(text)

    def judged(self) -> End | Failure:
        """Whether that was the end of an answer."""
        verdict = judge_ending(self._finish_reason, self._block_reason, has_text=self.has_text)
        if isinstance(verdict, Failure):
            return verdict
        return End(verdict, self.usage, self.model_version)


def _count(value: object) -> int:
    """A number of tokens; JSON can carry NaN, which no reader of ours could read."""
    return value if type(value) is int and value > 0 else 0


def _sound(text: str) -> str:
    """The text without halves of surrogate pairs, which JSON can carry and UTF-8 cannot."""
    return text.encode("utf-8", errors="replace").decode() if not text.isascii() else text
