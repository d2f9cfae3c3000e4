"""Parses a chat request in the OpenAI format into a Chat, or into an error."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from fallback.core.chat import Chat, repaired
from nexus.configuration import RequestLimits
from nexus.wire.error import ApiError, model_not_found
from nexus.wire.fields import (
    FieldError,
    json_object,
    number,
    optional,
    unsupported,
    whole,
)
from nexus.wire.messages import read_messages
from nexus.wire.response_format import read_response_format

PUBLIC_MODEL = "nexus"
"""The one model that callers can name."""

_MAX_STOPS = 5
"""Gemini accepts no more stop sequences."""

_UNSUPPORTED: Mapping[str, tuple[object, ...]] = {
    "tools": (),
    "tool_choice": ("none", "auto"),
    "functions": (),
    "function_call": ("none", "auto"),
    "n": (1,),
    "logprobs": (),
    "top_logprobs": (),
    "modalities": (["text"],),
    "audio": (),
}
"""Fields that would change the answer's form, and the values that ask for nothing special."""


@dataclass(frozen=True, slots=True)
class ChatRequest:
    """What a caller asks for.

    Attributes:
        chat: The conversation.
        stream: Whether the answer is wanted piece by piece.
        include_usage: Whether a stream ends with token counts.
        hint: What an earlier reply gave the caller to send back, if that is so.
    """

    chat: Chat
    stream: bool
    include_usage: bool
    hint: str | None = None


def parse_chat_request(
    body: bytes, instruction: str, limits: RequestLimits
) -> ChatRequest | ApiError:
    """Reads a request's body. Unknown fields are ignored.

    Args:
        body: As received, within the size limit.
        instruction: The service's own system instruction, which comes before the caller's.
        limits: What one request may ask for.
    """
    try:
        return _request(json_object(body), instruction, limits)
    except FieldError as error:
        return error.error


def _request(
    data: Mapping[str, Any], instruction: str, limits: RequestLimits
) -> ChatRequest | ApiError:
    if optional(data, "model", str, "a string") not in (None, PUBLIC_MODEL):
        return model_not_found(PUBLIC_MODEL)
    _refuse_unsupported(data)
    systems, messages = read_messages(data.get("messages"), limits)
    optional(data, "user", str, "a string")
    options = optional(data, "stream_options", dict, "an object") or {}
    older, newer = whole(data, "max_tokens"), whole(data, "max_completion_tokens")
    longest, wanted = limits.max_output_tokens, newer or older
    return ChatRequest(
        chat=Chat(
            messages=messages,
            instructions=tuple(filter(None, (instruction, *systems))),
            temperature=number(data, "temperature", 2),
            top_p=number(data, "top_p", 1),
            max_output_tokens=min(wanted or longest, longest),
            has_callers_limit=wanted is not None and wanted <= longest,
            stop=_stop(data.get("stop")),
            response_format=read_response_format(data.get("response_format")),
        ),
        stream=bool(optional(data, "stream", bool, "true or false")),
        include_usage=bool(
            optional(options, "include_usage", bool, "true or false", "stream_options.")
        ),
        hint=_hint(data.get("nexus")),
    )


def _hint(nexus: object) -> str | None:
    """The hint in the field `nexus`; one that cannot be read is none."""
    hint = nexus.get("hint") if isinstance(nexus, dict) else None
    return hint if isinstance(hint, str) else None


def _refuse_unsupported(data: Mapping[str, Any]) -> None:
    for field, harmless in _UNSUPPORTED.items():
        value = data.get(field)
        if value is True or (value and value not in harmless):
            raise unsupported(
                field, f"{field} is not supported: Nexus gives one answer, in text. Leave it out."
            )


def _stop(value: object) -> tuple[str, ...]:
    if value is None:
        return ()
    stops = [value] if isinstance(value, str) else value
    if not isinstance(stops, list) or not all(isinstance(stop, str) for stop in stops):
        raise FieldError("stop", "stop must be a string, or a list of strings.")
    if len(stops) > _MAX_STOPS:
        raise FieldError("stop", f"There may be at most {_MAX_STOPS} stop strings.")
    return tuple(repaired(stop) for stop in stops if stop)
