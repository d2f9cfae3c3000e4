"""Parses a chat request in the OpenAI format into a Chat, or into an error."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from fallback.core.chat import Chat, Message, Role
from nexus.configuration import RequestLimits
from nexus.wire.error import ApiError

PUBLIC_MODEL = "nexus"
"""The one model that callers can name."""

_MAX_STOPS = 5
"""Gemini accepts no more stop sequences."""


@dataclass(frozen=True, slots=True)
class ChatRequest:
    """What a caller asks for.

    Attributes:
        chat: The conversation.
        stream: Whether the answer is wanted piece by piece.
        include_usage: Whether a stream ends with token counts.
    """

    chat: Chat
    stream: bool
    include_usage: bool


class _InvalidFieldError(Exception):
    def __init__(self, param: str | None, message: str, status: int = 400) -> None:
        super().__init__(message)
        self.error = ApiError(
            status=status,
            code="invalid_request" if status == 400 else "request_too_large",
            message=message,
            param=param,
        )


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
        data = json.loads(body.decode("utf-8"), parse_constant=_refuse)
    except (ValueError, RecursionError):
        return ApiError(status=400, code="invalid_json", message="The body must be JSON in UTF-8.")
    try:
        return _request(data, instruction, limits)
    except _InvalidFieldError as error:
        return error.error


def _refuse(constant: str) -> None:
    """Refuses NaN and Infinity, which Python reads and JSON does not have."""
    raise ValueError(constant)


def _request(data: object, instruction: str, limits: RequestLimits) -> ChatRequest:
    if not isinstance(data, dict):
        raise _InvalidFieldError(None, "The body must be a JSON object.")
    if data.get("model") not in (None, PUBLIC_MODEL):
        raise _InvalidFieldError("model", f"The model must be {PUBLIC_MODEL!r}, or left out.")
    systems, messages = _messages(data.get("messages"), limits)
    _optional(data, "user", str, "a string")
    options = _optional(data, "stream_options", dict, "an object") or {}
    older, tokens = _whole(data, "max_tokens"), _whole(data, "max_completion_tokens")
    return ChatRequest(
        chat=Chat(
            messages=messages,
            instructions=tuple(filter(None, (instruction, *systems))),
            temperature=_number(data, "temperature", 2),
            top_p=_number(data, "top_p", 1),
            max_output_tokens=min(
                tokens or older or limits.max_output_tokens, limits.max_output_tokens
            ),
            stop=_stop(data.get("stop")),
        ),
        stream=bool(_optional(data, "stream", bool, "true or false")),
        include_usage=bool(
            _optional(options, "include_usage", bool, "true or false", "stream_options.")
        ),
    )


def _messages(value: object, limits: RequestLimits) -> tuple[tuple[str, ...], tuple[Message, ...]]:
    """The caller's system texts, and the turns; consecutive messages of one role become one."""
    if not isinstance(value, list) or not value:
        raise _InvalidFieldError("messages", "messages must be a list of at least one message.")
    if len(value) > limits.max_messages:
        raise _InvalidFieldError(
            "messages", f"A conversation may have at most {limits.max_messages} messages."
        )
    systems: list[str] = []
    turns: list[Message] = []
    characters = 0
    for position, item in enumerate(value):
        role, text = _message(item, f"messages.{position}", limits, is_first_turn=not turns)
        characters += len(text)
        if not text:
            continue  # An answer that content policy has emptied, sent back as history.
        if role is None:
            systems.append(text)
        elif turns and turns[-1].role is role:
            turns.append(Message(role, f"{turns.pop().text}\n\n{text}"))
        else:
            turns.append(Message(role, text))
    if characters > limits.max_total_characters:
        raise _InvalidFieldError(
            "messages",
            f"A conversation may have at most {limits.max_total_characters} characters.",
            status=413,
        )
    if not turns or turns[-1].role is not Role.USER:
        raise _InvalidFieldError("messages", "The last message must be the user's.")
    return tuple(systems), tuple(turns)


def _message(
    item: object, where: str, limits: RequestLimits, *, is_first_turn: bool
) -> tuple[Role | None, str]:
    """A message's role and text; no role stands for system."""
    if not isinstance(item, dict):
        raise _InvalidFieldError(where, "A message must be an object with role and content.")
    content = item.get("content")
    is_empty_answer = item.get("role") == "assistant" and content in (None, "")
    text = "" if is_empty_answer else _content(content, f"{where}.content")
    if len(text) > limits.max_message_characters:
        raise _InvalidFieldError(
            f"{where}.content",
            f"A message may have at most {limits.max_message_characters} characters.",
            status=413,
        )
    match item.get("role"):
        case "system" if not is_first_turn:
            raise _InvalidFieldError(f"{where}.role", "system messages must come first.")
        case "assistant" if is_first_turn:
            raise _InvalidFieldError(f"{where}.role", "The first turn must be the user's.")
        case "system":
            return None, text
        case "user" | "assistant" as role:
            return Role(role), text
        case _:
            raise _InvalidFieldError(f"{where}.role", "A role must be system, user or assistant.")


def _content(value: object, where: str) -> str:
    """A message's text: a string, or a list of text parts."""
    if isinstance(value, list):
        parts = []
        for position, part in enumerate(value):
            if not isinstance(part, dict) or part.get("type") != "text":
                raise _InvalidFieldError(f"{where}.{position}.type", "Only text parts are allowed.")
            parts.append(_text(part.get("text"), f"{where}.{position}.text"))
        value = "".join(parts)
    text = _text(value, where)
    if not text.strip():
        raise _InvalidFieldError(where, "A message must not be empty.")
    return text


def _text(value: object, where: str) -> str:
    if not isinstance(value, str):
        raise _InvalidFieldError(where, "The content must be a string, or a list of text parts.")
    try:
        value.encode("utf-8")
    except UnicodeEncodeError as error:
        raise _InvalidFieldError(where, "The text contains half a surrogate pair.") from error
    return value


def _stop(value: object) -> tuple[str, ...]:
    if value is None:
        return ()
    stops = [value] if isinstance(value, str) else value
    if not isinstance(stops, list) or len(stops) > _MAX_STOPS:
        raise _InvalidFieldError("stop", f"stop must be a string, or up to {_MAX_STOPS} strings.")
    for position, stop in enumerate(stops):
        where = "stop" if isinstance(value, str) else f"stop.{position}"
        if not _text(stop, where):
            raise _InvalidFieldError(where, "A stop string must not be empty.")
    return tuple(stops)


def _number(data: Mapping[str, Any], key: str, highest: float) -> float | None:
    value = data.get(key)
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value <= highest:
        raise _InvalidFieldError(key, f"{key} must be a number from 0 to {highest:g}.")
    return float(value)


def _whole(data: Mapping[str, Any], key: str) -> int | None:
    value = data.get(key)
    if value is None:
        return None
    if isinstance(value, float) and value.is_integer():
        value = int(value)  # JSON has one kind of number: 1.0 is 1.
    if isinstance(value, bool) or not isinstance(value, int) or value < 1:
        raise _InvalidFieldError(key, f"{key} must be a whole number of 1 or more.")
    return value


def _optional(data: Mapping[str, Any], key: str, kind: type, allowed: str, where: str = "") -> Any:
    value = data.get(key)
    if value is not None and not isinstance(value, kind):
        raise _InvalidFieldError(f"{where}{key}", f"{where}{key} must be {allowed}.")
    return value
