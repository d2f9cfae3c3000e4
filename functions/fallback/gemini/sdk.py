"""google-genai's public call, for the day on which its inside is not what we know.

What the SDK would do by itself is switched off, because it hides what the runner must know:
retries (the runner is the only retry loop), automatic continuation (one call became three), the
ambient variables that turn it to Vertex, and the API version that they override.
"""

from __future__ import annotations

from collections.abc import Generator, Iterator
from typing import Any

import httpx2
from google import genai
from google.genai import errors, types

from fallback.core.chat import Chat
from fallback.core.classification import classify
from fallback.core.failure import Failure
from fallback.gemini.connections import Connections, Reply
from fallback.gemini.requests import ACCEPTED, API_VERSION, ROLES, server_seconds
from fallback.ports import Clock


class PublicCall:
    """The SDK's client, over our connections."""

    def __init__(self, api_key: str, connections: Connections, clock: Clock) -> None:
        """Builds the client; nothing is sent. `GOOGLE_GEMINI_BASE_URL` is read by the SDK."""
        self._clock = clock
        self._client = genai.Client(
            api_key=api_key,
            vertexai=False,
            http_options=types.HttpOptions(
                api_version=API_VERSION,
                httpx_client=httpx2.Client(
                    transport=_Transport(connections), timeout=None, headers=ACCEPTED
                ),
            ),
        )

    def events(
        self, model: str, chat: Chat, total_seconds: float
    ) -> Generator[list[Any] | Failure, None, None]:
        """The stream's events, one by one; a Failure where Gemini refuses.

        Raises:
            OSError, HTTPException: As `Connections.send`, and within the stream.
        """
        chunks = self._client.models.generate_content_stream(
            model=model, contents=_contents(chat), config=_config(chat, total_seconds)
        )
        try:
            for chunk in chunks:
                yield [chunk.model_dump(mode="json", by_alias=True, exclude_none=True)]
        except errors.APIError as error:
            # What was sent, not what the SDK makes of it: it dresses a proxy's page as an error
            # object. Inside a stream there is no such response, and the details are as sent.
            body = getattr(error.response, "content", error.details)
            headers = getattr(error.response, "headers", None) or {}
            yield classify(error.code, body, dict(headers), self._clock.now())


class _Transport(httpx2.BaseTransport):
    """Carries what the SDK sends over our connections."""

    def __init__(self, connections: Connections) -> None:
        self._connections = connections

    def handle_request(self, request: httpx2.Request) -> httpx2.Response:
        headers = {
            name: value
            for name, value in request.headers.items()
            if name not in ("host", "content-length")
        }
        reply = self._connections.send(request.method, str(request.url), headers, request.read())
        return httpx2.Response(
            reply.status, headers=list(reply.headers.items()), stream=_Body(reply)
        )


class _Body(httpx2.SyncByteStream):
    def __init__(self, reply: Reply) -> None:
        self._reply = reply

    def __iter__(self) -> Iterator[bytes]:
        return self._reply.parts()

    def close(self) -> None:
        self._reply.close()


def _contents(chat: Chat) -> list[types.ContentUnion]:
    return [
        types.Content(role=ROLES[message.role], parts=[types.Part(text=message.text)])
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
        http_options=types.HttpOptions(timeout=server_seconds(total_seconds) * 1000),
    )
