"""The floor: a function that does nothing, and a chat that asks nobody."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator

import flask

CHUNKS, GAP_SECONDS = 20, 0.01
_EVENT = {
    "object": "chat.completion.chunk",
    "model": "none",
    "choices": [{"index": 0, "delta": {"content": "Part of what nobody says. "}}],
}
_WHOLE = {
    "model": "none",
    "choices": [{"index": 0, "message": {"content": "Nothing."}, "finish_reason": "stop"}],
}
_LAST = {**_EVENT, "choices": [{"index": 0, "delta": {}, "finish_reason": "stop"}]}


def constant(_request: flask.Request) -> str:
    """The floor of all functions."""
    return "A constant."


def chat(request: flask.Request) -> flask.Response:
    """The floor of chats: a fixed text, sent in time."""
    if request.get_json().get("stream"):
        return flask.Response(_events(), content_type="text/event-stream")
    time.sleep(GAP_SECONDS * (CHUNKS - 1))
    return flask.Response(json.dumps(_WHOLE), content_type="application/json")


def _events() -> Iterator[bytes]:
    for number in range(CHUNKS):
        if number:
            time.sleep(GAP_SECONDS)
        yield f"data: {json.dumps(_EVENT)}\n\n".encode()
    yield f"data: {json.dumps(_LAST)}\n\ndata: [DONE]\n\n".encode()
