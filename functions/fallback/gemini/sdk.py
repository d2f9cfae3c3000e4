"""Gemini over google-genai's public client: for a configured target, or a caller's own `Client`.

What the SDK would do by itself is switched off, because it hides what the runner must know:
retries (the runner is the only retry loop) and automatic continuation (one call became three).

The SDK's stream blocks, and nobody can end it from outside. So a thread of its own reads it, and is
left behind when a limit passes: it ends with the next event, or when the SDK's own time-out of a
read comes. While as many threads as `MOST_LEFT_BEHIND` are left behind, attempts fail at once.
"""

from __future__ import annotations

import contextlib
import math
import queue
import threading
from collections.abc import Callable, Generator, Mapping
from typing import Any, cast

from google import genai
from google.auth.credentials import Credentials
from google.auth.exceptions import GoogleAuthError
from google.genai import errors, types

from fallback.core.answer import End, Text
from fallback.core.chat import Chat
from fallback.core.classification import classify
from fallback.core.failure import Failure, FailureKind
from fallback.core.hierarchy import Thinking
from fallback.gemini.attempt import pieces_of, unreadable
from fallback.gemini.deadline import Deadline
from fallback.gemini.endpoint import API_VERSION
from fallback.gemini.known_models import KnownModels
from fallback.gemini.request_body import request_body
from fallback.gemini.service_tier import SERVED_HEADER, with_served_tier
from fallback.gemini.vertex import TIER_HEADER, VERTEX_API_VERSION
from fallback.ports import AttemptLimits, Clock

MOST_LEFT_BEHIND = 64
"""Threads that may wait for replies which nobody wants any more. Each holds one of the 100
connections of the SDK's pool."""

_MOST_EVENTS_AHEAD = 64
# Gemini refuses less (https://github.com/livekit/agents/issues/3723).
_LEAST_SERVER_SECONDS = 10

_TOO_MANY = Failure(kind=FailureKind.CONNECTION_FAILED, reason="TOO_MANY_LEFT_BEHIND")

# Versions of the SDK before this field do not continue by themselves, and refuse the field.
_NO_CONTINUATION: dict[str, Any] = (
    {"automatic_continuation": False}
    if "automatic_continuation" in types.GenerateContentConfig.model_fields
    else {}
)

_Batch = list[Any] | Failure | None
_Batches = Generator[_Batch, None, None]
_Chunks = Generator[types.GenerateContentResponse, None, None]


def developer_client(api_key: str, base_url: str) -> genai.Client:
    """A client of the Gemini Developer API, whatever else the environment says."""
    return genai.Client(
        api_key=api_key,
        vertexai=False,
        http_options=types.HttpOptions(base_url=base_url, api_version=API_VERSION),
    )


def vertex_client(
    project: str, location: str, base_url: str, credentials: Credentials | None = None
) -> genai.Client:
    """A client of Vertex AI, with Application Default Credentials unless others are given."""
    return genai.Client(
        vertexai=True,
        project=project,
        location=location,
        credentials=credentials,
        http_options=types.HttpOptions(base_url=base_url, api_version=VERTEX_API_VERSION),
    )


class SdkProvider:
    """Asks Gemini through a client. Safe for many threads."""

    def __init__(
        self,
        client: genai.Client,
        clock: Clock,
        known: KnownModels,
        service_tier: str | None = None,
    ) -> None:
        """Keeps the client; nothing is sent.

        Args:
            client: Of the Gemini Developer API or of Vertex AI; whoever made it closes it.
            clock: Tells the instants that Retry-After dates are compared with.
            known: What is known of the models.
            service_tier: `flex` or `priority`; None is the standard tier.
        """
        self._client = client
        self._clock = clock
        self._known = known
        tier = service_tier or ""
        # On Vertex AI it is a header.
        self._fields = {"serviceTier": tier} if tier and not client.vertexai else {}
        self._headers = {TIER_HEADER: tier} if tier and client.vertexai else None
        self._left_behind = _LeftBehind()

    def attempt(
        self, model: str, chat: Chat, limits: AttemptLimits
    ) -> Generator[Text | End | Failure, None, None]:
        """Calls one model once; see `fallback.ports.Provider`."""

        def ask(thinking: Thinking | None) -> _SdkStream:
            body = request_body(chat, thinking, self._fields)
            config = _config(body, limits.total_seconds, self._headers)
            return _SdkStream(
                lambda: self._batches(model, body["contents"], config), limits, self._left_behind
            )

        return pieces_of(ask, model, chat, limits, known=self._known, now=self._clock.now)

    def _batches(self, model: str, contents: Any, config: types.GenerateContentConfig) -> _Batches:
        """The stream's events, one by one; a Failure if Gemini refuses or the stream breaks."""
        broken = FailureKind.CONNECTION_FAILED
        try:
            chunks = self._client.models.generate_content_stream(
                model=model, contents=contents, config=config
            )
            with contextlib.closing(cast("_Chunks", chunks)):
                for chunk in chunks:
                    # The SDK does not tell a break before the reply's head from one after it.
                    broken = FailureKind.INCOMPLETE_ANSWER
                    event = chunk.model_dump(mode="json", by_alias=True, exclude_none=True)
                    headers = (event.pop("sdkHttpResponse", None) or {}).get("headers") or {}
                    tiers = (headers[name] for name in headers if name.lower() == SERVED_HEADER)
                    yield from with_served_tier(iter([[event]]), next(tiers, None))
        except errors.APIError as error:
            # What was sent, not what the SDK makes of it: it dresses a proxy's page as an error
            # object. Inside a stream there is no such response, and the details are as sent.
            body = getattr(error.response, "content", error.details)
            headers = getattr(error.response, "headers", None) or {}
            yield classify(error.code, body, dict(headers), self._clock.now())
        except GoogleAuthError as error:
            kind = FailureKind.CONNECTION_FAILED if error.retryable else FailureKind.UNAUTHORIZED
            yield Failure(kind=kind, reason=type(error).__name__)
        except (ValueError, TypeError, LookupError, AttributeError, RecursionError) as error:
            yield unreadable(error)
        except Exception as error:  # noqa: BLE001 - the SDK has no name for its HTTP client's errors
            yield Failure(kind=broken, reason=type(error).__name__)


class _LeftBehind:
    """How many threads are left behind."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._count = 0

    @property
    def is_full(self) -> bool:
        return self._count >= MOST_LEFT_BEHIND

    def add(self, number: int) -> None:
        with self._lock:
            self._count += number


class _SdkStream:
    """Events that a thread reads; see `fallback.gemini.thinking_stream.EventStream`."""

    def __init__(
        self,
        batches: Callable[[], _Batches],
        limits: AttemptLimits,
        left_behind: _LeftBehind,
    ) -> None:
        self._batches = batches
        self._limits = limits
        self._left_behind = left_behind
        self._queue: queue.Queue[_Batch] = queue.Queue(_MOST_EVENTS_AHEAD)
        self._thread: threading.Thread | None = None
        self._lock = threading.Lock()
        self._is_wanted = True
        self._is_read = False

    def next_before(self, instant: float, late_at: float) -> _Batch:
        limits = self._limits
        deadline = Deadline(instant, limits.seconds_left, limits.cancellation, limits.on_late)
        deadline.late_at = late_at
        try:
            while True:
                wait = deadline.wait_seconds()
                if self._thread is None:
                    if self._left_behind.is_full:
                        return _TOO_MANY
                    self._thread = self._started()
                with contextlib.suppress(queue.Empty):
                    return self._queue.get(timeout=wait)
        except TimeoutError:
            return Failure(kind=FailureKind.TIMED_OUT)

    def close(self) -> None:
        self._limits.cancellation.on_cancel(None)
        if self._thread is None:
            return
        with self._lock:
            self._is_wanted = False
            if not self._is_read:
                self._left_behind.add(1)
        with contextlib.suppress(queue.Empty):
            while True:  # Makes room for what the thread may want to put.
                self._queue.get_nowait()

    def _started(self) -> threading.Thread:
        self._limits.cancellation.on_cancel(self._wake)
        thread = threading.Thread(target=self._read, name="google-genai", daemon=True)
        thread.start()
        return thread

    def _read(self) -> None:
        with contextlib.closing(self._batches()) as batches:
            for batch in batches:
                self._queue.put(batch)
                if not self._is_wanted:
                    break
            else:
                self._queue.put(None)
        with self._lock:
            self._is_read = True
            if not self._is_wanted:
                self._left_behind.add(-1)

    def _wake(self) -> None:
        with contextlib.suppress(queue.Full):  # Then nobody waits for more.
            self._queue.put_nowait(None)


def _config(
    body: Mapping[str, Any], total_seconds: float, headers: dict[str, str] | None
) -> types.GenerateContentConfig:
    """What a request to the REST address says, as the SDK takes it."""
    seconds = max(_LEAST_SERVER_SECONDS, math.ceil(total_seconds))
    return types.GenerateContentConfig.model_validate(
        {
            **body["generationConfig"],
            **{name: body[name] for name in ("systemInstruction", "serviceTier") if name in body},
            "httpOptions": types.HttpOptions(
                timeout=seconds * 1000,
                retry_options=types.HttpRetryOptions(attempts=1),
                headers=headers,
            ),
            **_NO_CONTINUATION,
        }
    )
