"""Calls Gemini through google-genai: one attempt, its pieces, and an end that can be trusted.

What the SDK would do by itself is switched off, because it hides what the runner must know:
retries (the runner is the only retry loop), automatic continuation (one call became three), the
ambient variables that turn it to Vertex, and the API version that they override.

Every answer is streamed, also one that is wanted whole: only a stream can tell a model that is
silent from one that is still writing (docs/adr/0004-always-stream.md).
"""

from __future__ import annotations

import time
from collections.abc import Callable, Generator, Iterator

import httpcore2
import httpx2
from google import genai
from google.genai import errors, types

from fallback.adapters.deadline_transport import DeadlineTransport
from fallback.core.answer import End, Text, Usage, judge_ending
from fallback.core.chat import Chat, Message, Role
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

    def __init__(
        self,
        api_key: str,
        clock: Clock,
        seconds_left: Callable[[], float | None] = lambda: None,
    ) -> None:
        """Builds the client; nothing is sent.

        `GOOGLE_GEMINI_BASE_URL` is read by the SDK.

        Args:
            api_key: A key of the Gemini Developer API.
            clock: Tells the instants that Retry-After dates are compared with.
            seconds_left: What any call may still take, once the process has been told to end.
        """
        self._clock = clock
        self._transport = DeadlineTransport(seconds_left)
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
        _warm_up()

    def attempt(
        self,
        model: str,
        chat: Chat,
        *,
        first_text_seconds: float,
        idle_seconds: float,
        total_seconds: float,
    ) -> Generator[Text | End | Failure, None, None]:
        """Calls one model once; see `fallback.ports.Provider`."""
        started_at = time.monotonic()
        ends_by = started_at + total_seconds
        speak_by = started_at + first_text_seconds
        ending = _Ending()
        chunks = iter(
            self._client.models.generate_content_stream(
                model=model, contents=_contents(chat), config=_config(chat, total_seconds)
            )
        )
        try:
            while True:
                chunk = self._next(chunks, min(speak_by, ends_by))
                if chunk is None or (isinstance(chunk, Failure) and ending.is_finished):
                    break
                if isinstance(chunk, Failure):
                    yield chunk
                    return
                was_finished = ending.is_finished
                text = ending.read(chunk)
                if text:
                    yield Text(text, ending.model_version, ending.usage)
                if ending.is_finished and not was_finished:
                    speak_by = time.monotonic() + _TRAILER_SECONDS
                elif ending.has_text and not ending.is_finished:
                    speak_by = time.monotonic() + idle_seconds
            yield ending.judge()
        finally:
            _close(chunks)

    def _next(
        self, chunks: Iterator[types.GenerateContentResponse], instant: float
    ) -> types.GenerateContentResponse | Failure | None:
        """The next chunk; None at the stream's end; a Failure for whatever else happened."""
        try:
            with self._transport.until(instant):
                return next(chunks, None)
        except errors.APIError as error:
            # What was sent, not what the SDK makes of it: it dresses a proxy's page as an error
            # object. Inside a stream there is no such response, and the details are as sent.
            body = getattr(error.response, "content", error.details)
            headers = getattr(error.response, "headers", None) or {}
            return classify(error.code, body, dict(headers), self._clock.now())
        except (httpcore2.TimeoutException, httpx2.TimeoutException):
            return Failure(kind=FailureKind.TIMED_OUT)
        except (httpcore2.NetworkError, httpcore2.ProtocolError, httpx2.TransportError) as error:
            return Failure(kind=FailureKind.CONNECTION_FAILED, reason=type(error).__name__)
        except Exception as error:  # noqa: BLE001 - see below
            # The SDK meets malformed replies with whatever its parsing runs into: ValueError,
            # TypeError, AttributeError, RecursionError. Nothing but its reading runs in this block.
            return Failure(kind=FailureKind.INCOMPLETE_ANSWER, reason=type(error).__name__)


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

    def read(self, chunk: types.GenerateContentResponse) -> str:
        """Takes in one chunk; returns the text that can be shown now.

        White space is held back until something visible follows it: a line break alone is no
        answer to commit to.
        """
        self.model_version = chunk.model_version or self.model_version
        if chunk.prompt_feedback and chunk.prompt_feedback.block_reason:
            self._block_reason = chunk.prompt_feedback.block_reason.value
        if chunk.usage_metadata:
            counts = chunk.usage_metadata
            self.usage = Usage(
                prompt_tokens=counts.prompt_token_count or 0,
                completion_tokens=(counts.candidates_token_count or 0)
                + (counts.thoughts_token_count or 0),
            )
        if not chunk.candidates:
            return ""
        candidate = chunk.candidates[0]
        if candidate.finish_reason:
            self._finish_reason = candidate.finish_reason.value
        parts = (candidate.content and candidate.content.parts) or []
        text = "".join(part.text for part in parts if part.text and not part.thought)
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


def _sound(text: str) -> str:
    """The text without halves of surrogate pairs, which JSON can carry and UTF-8 cannot."""
    return text.encode("utf-8", errors="replace").decode() if not text.isascii() else text


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
        # Also tells Gemini, in X-Server-Timeout, when nobody will be listening any more.
        http_options=types.HttpOptions(timeout=max(1000, round(total_seconds * 1000))),
    )


def _warm_up() -> None:
    """Has pydantic build its validators now: it would in the first chat, and take 0.1 s of it."""
    chat = Chat(messages=(Message(Role.USER, "-"),), instructions=("-",))
    _contents(chat)
    _config(chat, 1.0)
    types.GenerateContentResponse.model_validate(
        {"candidates": [{"content": {"parts": [{"text": "-"}]}}]}
    )


def _close(chunks: Iterator[types.GenerateContentResponse]) -> None:
    """Ends the call and gives its connection back; the SDK's iterator is a generator."""
    if isinstance(chunks, Generator):
        chunks.close()
