"""Writes answers in the OpenAI format: one completion, or a stream of its chunks."""

from __future__ import annotations

import functools
import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from fallback.core.answer import End, Usage
from fallback.pieces import AnswerStarted
from nexus.wire.chat_request import PUBLIC_MODEL

DONE = b"data: [DONE]\n\n"
"""The last event of a complete answer."""


_encode = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode
_SEPARATORS = (("\x85", r"\u0085"), ("\u2028", r"\u2028"), ("\u2029", r"\u2029"))
_NO_CONTENT = b'"content":""'


@dataclass(frozen=True)
class Writer:
    """Writes the objects of one answer.

    Attributes:
        request_id: Which request it answers.
        created_at: When the answer began.
        answering: Who answers.
        hint_of: Makes the hint for the candidate that answers.
        include_usage: Whether a stream ends with token counts.
    """

    request_id: str
    created_at: datetime
    answering: AnswerStarted
    hint_of: Callable[[str], str]
    include_usage: bool = False

    def completion(self, text: str, end: End) -> dict[str, Any]:
        """The whole answer in one object."""
        message = {"role": "assistant", "content": text, "refusal": None}
        choice = {
            "index": 0,
            "message": message,
            "logprobs": None,
            "finish_reason": end.finish_reason,
        }
        return {
            **self._head("chat.completion"),
            "choices": [choice],
            "usage": _usage(end.usage),
            "nexus": self._nexus(),
        }

    def opening(self) -> bytes:
        """The first event of a stream, which says who answers."""
        delta = {"role": "assistant", "content": ""}
        return sse({**self._chunk(delta, None), "nexus": self._nexus()})

    def resuming(self) -> bytes:
        """The event that says which model continues the answer."""
        return sse({**self._chunk({"content": ""}, None), "nexus": self._nexus()})

    def text(self, text: str) -> bytes:
        """One event with a piece of the answer."""
        before, after = self._around_text
        return b'%s"content":%s%s' % (before, to_json(text), after)

    def closing(self, end: End) -> bytes:
        """The events that end a complete answer."""
        events = sse(self._chunk({}, end.finish_reason))
        if self.include_usage:
            head = self._head("chat.completion.chunk")
            events += sse({**head, "choices": [], "usage": _usage(end.usage)})
        return events + DONE

    @functools.cached_property
    def _around_text(self) -> tuple[bytes, bytes]:
        """The constant parts of an event with text."""
        before, _, after = sse(self._chunk({"content": ""}, None)).partition(_NO_CONTENT)
        return before, after

    def _chunk(self, delta: dict[str, str], finish_reason: str | None) -> dict[str, Any]:
        choice = {"index": 0, "delta": delta, "logprobs": None, "finish_reason": finish_reason}
        usage = {"usage": None} if self.include_usage else {}
        return {**self._head("chat.completion.chunk"), "choices": [choice], **usage}

    def _head(self, kind: str) -> dict[str, Any]:
        return {
            "id": f"chatcmpl-{self.request_id}",
            "object": kind,
            "created": int(self.created_at.timestamp()),
            "model": self.answering.model,
        }

    def _nexus(self) -> dict[str, Any]:
        return {
            "display_name": self.answering.display_name,
            "fallbacks": self.answering.fallbacks,
            "request_id": self.request_id,
            "hint": self.hint_of(self.answering.key),
            **({"resumed": True} if self.answering.is_resumed else {}),
        }


def sse(data: dict[str, Any]) -> bytes:
    """One server-sent event."""
    return b"data: " + to_json(data) + b"\n\n"


def to_json(data: object) -> bytes:
    """Compact JSON in UTF-8, on one line also for readers that split lines where Unicode does.

    Of what str.splitlines takes for a line's end, JSON escapes all that is ASCII.
    """
    text = _encode(data)
    # A look costs half of what replacing nothing does, and this runs for each event.
    if not text.isascii() and ("\u2028" in text or "\u2029" in text or "\x85" in text):
        for separator, escaped in _SEPARATORS:
            text = text.replace(separator, escaped)
    return text.encode("utf-8")


def model_list() -> dict[str, Any]:
    """The list of models that callers can name: one."""
    return {"object": "list", "data": [model()]}


def model() -> dict[str, Any]:
    """The one model."""
    return {"id": PUBLIC_MODEL, "object": "model", "created": 0, "owned_by": PUBLIC_MODEL}


def _usage(usage: Usage | None) -> dict[str, int] | None:
    if usage is None:
        return None
    return {
        "prompt_tokens": usage.prompt_tokens,
        "completion_tokens": usage.completion_tokens,
        "total_tokens": usage.prompt_tokens + usage.completion_tokens,
    }
