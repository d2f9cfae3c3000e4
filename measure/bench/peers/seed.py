"""The predecessor of Nexus: five models, two attempts each, state in the process only.

It follows its description: `generate_with_fallback`, retries after 0.5 s and 1 s, and exhausted
models that are all tried again after five minutes. It had no streams; they are added in the same
style, so that it can be compared.
"""

from __future__ import annotations

import json
import os
import time
from collections.abc import Callable, Iterator
from typing import Any

import flask
from google import genai

MODEL_HIERARCHY = [
    "gemini-3.8-flash",
    "gemini-3.6-flash",
    "gemini-3.5-flash-lite",
    "gemini-3.1-flash-lite",
    "gemini-2.5-flash-lite",
]
MAX_ATTEMPTS_PER_MODEL = 2
BACKOFF_SECONDS = [0.5, 1.0]
RESET_SECONDS = 300
exhausted_models: set[str] = set()
exhausted_at = 0.0
client = genai.Client(api_key=os.environ["GEMINI_API_KEY"])


class ModelExhaustionError(Exception):
    """Every model failed."""


def with_fallback(call: Callable[[str], Any]) -> tuple[Any, str]:
    """Asks one model after another; returns the call's result and the model."""
    global exhausted_at  # noqa: PLW0603 - its state was global
    if exhausted_models and time.time() - exhausted_at > RESET_SECONDS:
        exhausted_models.clear()
    for model in MODEL_HIERARCHY:
        if model in exhausted_models:
            continue
        for attempt in range(MAX_ATTEMPTS_PER_MODEL):
            try:
                return call(model), model
            except Exception:  # noqa: BLE001 - it made no difference between errors
                time.sleep(BACKOFF_SECONDS[attempt])
        exhausted_models.add(model)
        exhausted_at = time.time()
    raise ModelExhaustionError


def generate_with_fallback(prompt: str) -> tuple[str, str]:
    """Its public call."""
    reply, model = with_fallback(
        lambda model: client.models.generate_content(model=model, contents=prompt)
    )
    return reply.text or "", model


def chat(request: flask.Request) -> flask.Response:
    """Answers in the Chat Completions format, plain or streamed."""
    body = request.get_json()
    prompt = body["messages"][-1]["content"]
    try:
        if body.get("stream"):
            events = _stream(prompt)
            return flask.Response(events, content_type="text/event-stream")
        text, model = generate_with_fallback(prompt)
    except ModelExhaustionError:
        return flask.Response('{"error": {"code": "exhausted"}}', 503)
    choice = {"index": 0, "message": {"content": text}, "finish_reason": "stop"}
    return flask.Response(json.dumps({"model": model, "choices": [choice]}))


def _stream(prompt: str) -> Iterator[str]:
    def begin(model: str) -> tuple[Any, Any]:
        chunks = client.models.generate_content_stream(model=model, contents=prompt)
        return next(chunks), chunks  # The SDK sends nothing before the first one is asked for.

    (first, rest), model = with_fallback(begin)
    return _events(first, rest, model)


def _events(first: Any, rest: Any, model: str) -> Iterator[str]:
    def event(delta: dict[str, str], reason: str | None) -> str:
        choice = {"index": 0, "delta": delta, "finish_reason": reason}
        return f"data: {json.dumps({'model': model, 'choices': [choice]})}\n\n"

    yield event({"content": first.text or ""}, None)
    for chunk in rest:
        yield event({"content": chunk.text or ""}, None)
    yield event({}, "stop") + "data: [DONE]\n\n"
