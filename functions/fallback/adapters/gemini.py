"""Calls Gemini through google-genai: one attempt, its pieces, and an end that can be trusted.

What the SDK would do by itself is switched off, because it hides what the runner must know:
retries (the runner is the only retry loop), automatic continuation (one call became three), the
ambient variables that turn it to Vertex, and the API version that they override.

Every answer is streamed, also one that is wanted whole: only a stream can tell a model that is
silent from one that is still writing (docs/adr/0004-always-stream.md). The SDK makes the request
and sends it; the events are read as they are, since more than half of its work on a stream is to
check each of them against its types (docs/adr/0013-raw-events-over-urllib3.md).
"""

from __future__ import annotations

import time
from collections.abc import Callable, Generator, Iterator, Mapping
from typing import Any

import httpx2
import urllib3
from google import genai
from google.genai import errors, types

from fallback.adapters.deadline_socket import until
from fallback.adapters.deadline_transport import DeadlineTransport
from fallback.adapters.event_stream import events
from fallback.core.answer import End, Text, Usage, judge_ending
from fallback.core.chat import Chat, Role
from fallback.core.classification import classify
from fallback.core.failure import Failure, FailureKind
from fallback.ports import Clock

API_VERSION = "v1beta"
"""Where new models and system instructions are served first."""

_ROLES = {Role.USER: "user", Role.ASSISTANT: "model"}
_TRAILER_SECONDS = 1.0
"""How long to wait for what follows the finish reason: token counts, and the stream's end."""


class GeminiProvider:
    """The Gemini Developer API. One for each process; safe for many threads."""

    def __init__(self, api_key: str, clock: Clock) -> None:
        """Builds the client; nothing is sent.

        `GOOGLE_GEMINI_BASE_URL` is read by the SDK.

        Args:
            api_key: A key of the Gemini Developer API.
            clock: Tells the instants that Retry-After dates are compared with.
        """
        self._clock = clock
        self._transport = DeadlineTransport()
        self._client = genai.Client(
            api_key=api_key,
            vertexai=False,
            http_options=types.HttpOptions(
                api_version=API_VERSION,
                httpx_client=httpx2.Client(
                    transport=self._transport,
                    timeout=None,
                    # A compressed stream comes in bursts, and costs time at both ends.
                    headers={"Accept-Encoding": "identity"},
                ),
            ),
        )
        self._reads_raw_events = self._can_read_raw_events()

    def attempt(
        self,
        model: str,
        chat: Chat,
        *,
        first_text_seconds: float,
        idle_seconds: float,
        total_seconds: float,
        seconds_left: Callable[[], float | None] = lambda: None,
    ) -> Generator[Text | End | Failure, None, None]:
        """Calls one model once; see `fallback.ports.Provider`."""
        started_at = time.monotonic()
        ends_by = started_at + total_seconds
        speak_by = started_at + first_text_seconds
        ending = _Ending()
        read = self._raw_events if self._reads_raw_events else self._checked_events
        chunks = read(model, chat, total_seconds)
        try:
            while True:
                was_finished = ending.is_finished
                with until(min(speak_by, ends_by), seconds_left):
                    text = self._next(chunks, ending)
                if text is None or (isinstance(text, Failure) and was_finished):
                    break
                if isinstance(text, Failure):
                    yield text
                    return
                if text:
                    yield Text(text, ending.model_version, ending.usage)
                if ending.is_finished and not was_finished:
                    speak_by = time.monotonic() + _TRAILER_SECONDS
                elif ending.has_text and not ending.is_finished:
                    speak_by = time.monotonic() + idle_seconds
            yield ending.judge()
        finally:
            chunks.close()

    def _next(self, chunks: Iterator[Any], ending: _Ending) -> str | Failure | None:
        """The text of the next chunk; None at the stream's end; a Failure for whatever else."""
        try:
            chunk = next(chunks, None)
            if chunk is None:
                return None
            if isinstance(chunk, list):
                chunk = chunk[0]  # Vertex wraps errors in an array.
            if "error" in chunk:
                return classify(None, chunk, {}, self._clock.now())
            return ending.read(chunk)
        except errors.APIError as error:
            # What was sent, not what the SDK makes of it: it dresses a proxy's page as an error
            # object. Inside a stream there is no such response, and the details are as sent.
            body = getattr(error.response, "content", error.details)
            headers = getattr(error.response, "headers", None) or {}
            return classify(error.code, body, dict(headers), self._clock.now())
        except (TimeoutError, urllib3.exceptions.TimeoutError, httpx2.TimeoutException):
            return Failure(kind=FailureKind.TIMED_OUT)
        except (OSError, urllib3.exceptions.HTTPError, httpx2.TransportError) as error:
            return Failure(kind=FailureKind.CONNECTION_FAILED, reason=type(error).__name__)
        except Exception as error:  # noqa: BLE001 - see below
            # Malformed replies end in whatever their reading runs into: ValueError, TypeError,
            # AttributeError, RecursionError. Nothing but that reading runs in this block.
            return Failure(kind=FailureKind.INCOMPLETE_ANSWER, reason=type(error).__name__)

    def _raw_events(
        self, model: str, chat: Chat, total_seconds: float
    ) -> Generator[Any, None, None]:
        """The stream's events as they were sent, by way of the SDK's own request and client."""
        sdk = self._client._api_client
        request = sdk._build_request(
            "post", _path(model), _body(chat), _http_options(total_seconds)
        )
        reply: Any = sdk._request_once(request, stream=True).response_stream
        try:
            yield from events(reply.stream)
        finally:
            reply.close()

    def _checked_events(
        self, model: str, chat: Chat, total_seconds: float
    ) -> Generator[Any, None, None]:
        """The same through the SDK's public call, which checks each event against its types."""
        chunks = self._client.models.generate_content_stream(
            model=model, contents=_contents(chat), config=_config(chat, total_seconds)
        )
        for chunk in chunks:
            yield chunk.model_dump(mode="json", by_alias=True, exclude_none=True)

    def _can_read_raw_events(self) -> bool:
        """Whether the SDK's inside is as it was when this was written; nothing is sent.

        google-genai is pinned, and a test fails if this is ever false: then the public call serves,
        and costs twice the CPU.
        """
        try:
            sdk = self._client._api_client
            request = sdk._build_request("post", _path("model"), {}, _http_options(1.0))
        except (AttributeError, TypeError):
            return False
        return callable(getattr(sdk, "_request_once", None)) and bool(request.url)


class _Ending:
    """Gathers, chunk by chunk, what will say whether the answer is whole."""

    def __init__(self) -> None:
        self.has_text = False
        self.model_version: str | None = None
        self._finish_reason: str | None = None
        self._block_reason: str | None = None
        self.usage: Usage | None = None
        self._blank = ""

    @property
    def is_finished(self) -> bool:
        return self._finish_reason is not None or self._block_reason is not None

    def read(self, chunk: Mapping[str, Any]) -> str:
        """Takes in one chunk; returns the text that can be shown now.

        White space is held back until something visible follows it: a line break alone is no
        answer to commit to. The model's version and the token counts only come along: where they
        are not of their form, the answer goes without them.

        Raises:
            TypeError, AttributeError: It is not of Gemini's form.
        """
        if (version := chunk.get("modelVersion")) and isinstance(version, str):
            self.model_version = _sound(version)
        if feedback := chunk.get("promptFeedback"):
            self._block_reason = feedback.get("blockReason") or self._block_reason
        if (counts := chunk.get("usageMetadata")) and isinstance(counts, Mapping):
            self.usage = Usage(
                prompt_tokens=_count(counts.get("promptTokenCount")),
                completion_tokens=_count(counts.get("candidatesTokenCount"))
                + _count(counts.get("thoughtsTokenCount")),
            )
        candidates = chunk.get("candidates")
        if not candidates:
            return ""
        if finish_reason := candidates[0].get("finishReason"):
            if not isinstance(finish_reason, str):
                raise TypeError("a finish reason is a word")
            self._finish_reason = finish_reason
        parts = (candidates[0].get("content") or {}).get("parts") or ()
        text = "".join([part.get("text") or "" for part in parts if not part.get("thought")])
        if not self.has_text:
            self._blank += text
            self.has_text = bool(self._blank.strip())
            text = self._blank if self.has_text else ""
        return _sound(text)

    def judge(self) -> End | Failure:
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


def _path(model: str) -> str:
    return f"models/{model}:streamGenerateContent?alt=sse"


def _body(chat: Chat) -> dict[str, object]:
    """The request's body, as the public call would send it."""
    body: dict[str, object] = {
        "contents": [
            {"role": _ROLES[message.role], "parts": [{"text": message.text}]}
            for message in chat.messages
        ]
    }
    if chat.instructions:
        body["systemInstruction"] = {"parts": [{"text": text} for text in chat.instructions]}
    settings = {
        "temperature": chat.temperature,
        "topP": chat.top_p,
        "maxOutputTokens": chat.max_output_tokens,
        "stopSequences": list(chat.stop) or None,
    }
    body["generationConfig"] = {k: value for k, value in settings.items() if value is not None}
    return body


def _http_options(total_seconds: float) -> types.HttpOptions:
    """Tells Gemini, in X-Server-Timeout, when nobody will be listening any more."""
    return types.HttpOptions(timeout=max(1000, round(total_seconds * 1000)))


def _contents(chat: Chat) -> list[types.ContentUnion]:
    return [
        types.Content(role=_ROLES[message.role], parts=[types.Part(text=message.text)])
        for message in chat.messages
    ]


def _config(chat: Chat, total_seconds: float) -> types.GenerateContentConfig:
    return types.GenerateContentConfig(
        system_instruction=(
            types.Content(parts=[types.Part(text=text) for text in chat.instructions])
            if chat.instructions
            else None
        ),
        temperature=chat.temperature,
        top_p=chat.top_p,
        max_output_tokens=chat.max_output_tokens,
        stop_sequences=list(chat.stop) or None,
        automatic_continuation=False,
        http_options=_http_options(total_seconds),
    )
