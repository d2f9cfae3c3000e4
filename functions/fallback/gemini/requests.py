"""Gemini's requests, as google-genai makes them.

The SDK knows Gemini's address, version and headers, and how a key is sent. Its reply is read by
us, since more than half of the SDK's work on a stream is to check each event against its types
(docs/adr/0013-raw-events-over-urllib3.md, docs/adr/0018-all-that-has-come-at-once.md).
"""

from __future__ import annotations

import functools
import json
import logging
import math
import os
from typing import Any

from fallback.core.chat import Chat, Role
from fallback.gemini.connections import Connections, Reply
from fallback.gemini.genai_apart import load_api_client

API_VERSION = "v1beta"
"""Where new models and system instructions are served first."""

ROLES = {Role.USER: "user", Role.ASSISTANT: "model"}
ACCEPTED = {"Accept-Encoding": "identity"}
"""A compressed stream comes in bursts, and costs time at both ends."""

_MOST_FORMS = 512


class GeminiRequests:
    """Makes requests with the SDK's inner client, and sends them over our connections."""

    def __init__(self, api_key: str, connections: Connections) -> None:
        """Builds the client; nothing is sent.

        `GOOGLE_GEMINI_BASE_URL` is read as the SDK does.

        Raises:
            Exception: Of many kinds, where the SDK is not as it was when this was written.
        """
        self._connections = connections
        self._api_client = load_api_client()
        self._client = self._api_client.BaseApiClient(
            api_key=api_key, vertexai=False, http_options=self._client_options()
        )
        self._form = functools.lru_cache(maxsize=_MOST_FORMS)(self._made_form)
        connections.prepare(self._form("model", 1)[0])

    def send(self, model: str, chat: Chat, total_seconds: float) -> Reply:
        """Asks for a stream; see `Connections.send` for what is raised."""
        url, headers = self._form(model, server_seconds(total_seconds))
        return self._connections.send("POST", url, headers, json.dumps(_body(chat)).encode())

    def _made_form(self, model: str, seconds: int) -> tuple[str, dict[str, str]]:
        """Address and headers of a request; the same for all that have as much time left."""
        request = self._client._build_request(
            "post",
            f"models/{model}:streamGenerateContent?alt=sse",
            {},
            self._api_client.HttpOptions(timeout=seconds * 1000),
        )
        return request.url, request.headers | ACCEPTED

    def _client_options(self) -> Any:
        httpx2 = self._api_client.httpx2
        return self._api_client.HttpOptions(
            base_url=os.environ.get("GOOGLE_GEMINI_BASE_URL") or None,
            api_version=API_VERSION,
            # The SDK sends nothing. Without these it would make clients for all ways of sending,
            # and read all trusted certificates for each: 0.1 s.
            httpx_client=httpx2.Client(transport=httpx2.BaseTransport()),
            httpx_async_client=httpx2.AsyncClient(transport=httpx2.AsyncBaseTransport()),
            async_client_args={"ssl": True},
        )


def made_requests(api_key: str, connections: Connections) -> GeminiRequests | None:
    """The requests; None where the SDK's inside is not as it was when this was written.

    google-genai is pinned, and a test fails if this is ever so: then its public call serves, and
    costs four times the CPU.
    """
    try:
        return GeminiRequests(api_key, connections)
    except Exception:  # What is missing inside can end in any of them.
        logging.getLogger(__name__).warning("google-genai has changed", exc_info=True)
        return None


def server_seconds(total_seconds: float) -> int:
    """What Gemini is told, in X-Server-Timeout, of when nobody will be listening any more."""
    return max(1, math.ceil(total_seconds))


def _body(chat: Chat) -> dict[str, object]:
    """The request's body, as the public call would send it."""
    body: dict[str, object] = {
        "contents": [
            {"role": ROLES[message.role], "parts": [{"text": message.text}]}
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
