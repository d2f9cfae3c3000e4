"""google-genai alone: a function that calls one model through the SDK's public methods."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator

import flask
from google import genai

MODEL = "gemini-3.8-flash"
_client = genai.Client(api_key=os.environ["GEMINI_API_KEY"])


def chat(request: flask.Request) -> flask.Response:
    """Answers in the Chat Completions format, plain or streamed."""
    body = request.get_json()
    prompt = body["messages"][-1]["content"]
    if body.get("stream"):
        return flask.Response(_events(prompt), content_type="text/event-stream")
    reply = _client.models.generate_content(model=MODEL, contents=prompt)
    message = {"role": "assistant", "content": reply.text}
    choice = {"index": 0, "message": message, "finish_reason": "stop"}
    completion = {"object": "chat.completion", "model": MODEL, "choices": [choice]}
    return flask.Response(json.dumps(completion), content_type="application/json")


def _events(prompt: str) -> Iterator[str]:
    for chunk in _client.models.generate_content_stream(model=MODEL, contents=prompt):
        yield _event({"content": chunk.text or ""}, None)
    yield _event({}, "stop") + "data: [DONE]\n\n"


def _event(delta: dict[str, str], reason: str | None) -> str:
    choice = {"index": 0, "delta": delta, "finish_reason": reason}
    chunk = {"object": "chat.completion.chunk", "model": MODEL, "choices": [choice]}
    return f"data: {json.dumps(chunk)}\n\n"
