"""What google-genai does for us: it makes each request, and in need reads its reply.

The SDK knows Gemini's address, version and headers, and how a key is sent. Its reply is read by
us, since more than half of the SDK's work on a stream is to check each event against its types
(docs/adr/0013-raw-events-over-urllib3.md, docs/adr/0018-all-that-has-come-at-once.md).

What the SDK would do by itself is switched off: retries, automatic continuation (one call became
three), the ambient variables that turn it to Vertex, and the API version that they override.
"""

from __future__ import annotations

import functools
import json
import math
import os
from collections.abc import Generator, Iterator
from typing import Any

# pydantic would look through all installed packages for plug-ins; there are none for it here.
os.environ.setdefault("PYDANTIC_DISABLE_PLUGINS", "__all__")

import httpx2
from google import genai
from google.genai import errors, types

from fallback.adapters.connections import Connections, Reply
from fallback.core.chat import Chat, Role

API_VERSION = "v1beta"
"""Where new models and system instructions are served first."""

_ROLES = {Role.USER: "user", Role.ASSISTANT: "model"}
_MOST_FORMS = 512
_ACCEPTED = {"Accept-Encoding": "identity"}
"""A compressed stream comes in bursts, and costs time at both ends."""


class GeminiSdk:
    """google-genai's client for the Gemini Developer API, over our connections.

    Attributes:
        makes_requests: Whether the SDK's inside is as it was when this was written. google-genai is
            pinned, and a test fails if this is ever false: then its public call serves, and costs
            four times the CPU.
    """

    def __init__(self, api_key: str, connections: Connections) -> None:
        """Builds the client; nothing is sent.

        `GOOGLE_GEMINI_BASE_URL` is read by the SDK.
        """
        self._connections = connections
        self._client = genai.Client(
            api_key=api_key,
            vertexai=False,
            http_options=types.HttpOptions(
                api_version=API_VERSION,
                httpx_client=httpx2.Client(
                    transport=_Transport(connections), timeout=None, headers=_ACCEPTED
                ),
                # Nothing here is asynchronous or a web socket. Without these two the SDK would
                # make clients for both, and read all trusted certificates for each: 0.1 s.
                httpx_async_client=httpx2.AsyncClient(transport=httpx2.AsyncBaseTransport()),
                async_client_args={"ssl": True},
            ),
        )
        self._form = functools.lru_cache(maxsize=_MOST_FORMS)(self._made_form)
        try:
            connections.prepare(self._form("model", 1)[0])
            self.makes_requests = True
        except (AttributeError, TypeError):
            self.makes_requests = False

    def send(self, model: str, chat: Chat, total_seconds: float) -> Reply:
        """Asks for a stream; see `Connections.send` for what is raised."""
        url, headers = self._form(model, math.ceil(total_seconds))
        return self._connections.send("POST", url, headers, json.dumps(_body(chat)).encode())

    def checked_events(
        self, model: str, chat: Chat, total_seconds: float
    ) -> Generator[list[Any], None, None]:
        """The same through the SDK's public call, which checks each event against its types.

        Raises:
            errors.APIError: Gemini refuses.
            OSError, HTTPException: As `Connections.send`, and within the stream.
        """
        chunks = self._client.models.generate_content_stream(
            model=model, contents=_contents(chat), config=_config(chat, total_seconds)
        )
        for chunk in chunks:
            yield [chunk.model_dump(mode="json", by_alias=True, exclude_none=True)]

    def _made_form(self, model: str, total_seconds: int) -> tuple[str, dict[str, str]]:
        """Address and headers of a request; the same for all that have as much time left."""
        path = f"models/{model}:streamGenerateContent?alt=sse"
        request = self._client._api_client._build_request(
            "post", path, {}, _http_options(total_seconds)
        )
        return request.url, request.headers | _ACCEPTED


def refused(error: errors.APIError) -> tuple[object, dict[str, str]]:
    """The body and headers of a refusal as they were sent.

    The SDK dresses a proxy's page as an error object. Inside a stream there is no such response,
    and the details are as sent.
    """
    headers = getattr(error.response, "headers", None) or {}
    return getattr(error.response, "content", error.details), dict(headers)


class _Transport(httpx2.BaseTransport):
    """Carries what the public call sends over the same connections."""

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
    return types.HttpOptions(timeout=max(1, math.ceil(total_seconds)) * 1000)


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
