"""Reads the messages of a chat: the caller's system texts, and turns that alternate.

Clients send conversations as they have kept them: with empty answers, with system messages
anywhere, with a greeting first. Whatever has a meaning is taken.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from fallback.core.chat import Message, Role, repaired
from nexus.configuration import RequestLimits
from nexus.wire.fields import FieldError, too_long, unsupported

_ROLES = {"system": None, "developer": None, "user": Role.USER, "assistant": Role.ASSISTANT}
_TOOL_ROLES = ("tool", "function")
_TOOL_FIELDS = ("tool_calls", "function_call")
_TEXT_PARTS = ("text", "input_text", "output_text")


def read_messages(
    value: object, limits: RequestLimits
) -> tuple[tuple[str, ...], tuple[Message, ...]]:
    """The system texts, and the turns; neighbours of one role become one turn.

    System texts that nothing but an answer comes before are what the user says.

    Raises:
        FieldError: A message cannot be taken, or there is none with text.
    """
    if not isinstance(value, list) or not value:
        raise FieldError("messages", "messages must be a list of at least one message.")
    if len(value) > limits.max_messages:
        raise FieldError(
            "messages", f"A conversation may have at most {limits.max_messages} messages."
        )
    systems: list[str] = []
    since_last_turn: list[str] = []
    turns: list[Message] = []
    characters = 0
    for position, item in enumerate(value):
        role, text = _message(item, f"messages.{position}", limits)
        characters += len(text)
        if not text:
            if role is Role.USER and position == len(value) - 1:
                raise FieldError(f"messages.{position}.content", "The question must not be empty.")
            continue
        if role is None:
            since_last_turn.append(text)
            continue
        systems += since_last_turn
        since_last_turn.clear()
        if turns and turns[-1].role is role:
            text = f"{turns.pop().text}\n\n{text}"
        turns.append(Message(role, text))
    if characters > limits.max_total_characters:
        raise too_long(
            "messages",
            f"A conversation may have at most {limits.max_total_characters} characters.",
        )
    if turns and turns[-1].role is Role.USER:
        systems += since_last_turn
    elif since_last_turn:
        turns.append(Message(Role.USER, "\n\n".join(since_last_turn)))
    if not turns:
        raise FieldError("messages", "At least one message must have text.")
    return tuple(systems), tuple(turns)


def _message(item: object, where: str, limits: RequestLimits) -> tuple[Role | None, str]:
    """A message's role, None for system, and its text, "" if the message is passed over."""
    if not isinstance(item, dict):
        raise FieldError(where, "A message must be an object with role and content.")
    role = _role(item, where)
    text = repaired(_content(item.get("content"), f"{where}.content", role))
    if len(text) > limits.max_message_characters:
        raise too_long(
            f"{where}.content",
            f"A message may have at most {limits.max_message_characters} characters.",
        )
    return role, text if text.strip() else ""


def _role(item: Mapping[str, Any], where: str) -> Role | None:
    name = item.get("role")
    if name in _TOOL_ROLES:
        raise unsupported(f"{where}.role", "Nexus calls no tools: leave their messages out.")
    if not isinstance(name, str) or name not in _ROLES:
        raise FieldError(f"{where}.role", "A role must be system, developer, user or assistant.")
    for field in _TOOL_FIELDS:
        if item.get(field):
            raise unsupported(f"{where}.{field}", "Nexus calls no tools: leave their calls out.")
    return _ROLES[name]


def _content(value: object, where: str, role: Role | None) -> str:
    """A message's text: a string, or a list of parts."""
    match value:
        case None:
            return ""
        case str():
            return value
        case list():
            parts = enumerate(value)
            return "".join([_part(part, f"{where}.{position}", role) for position, part in parts])
        case _:
            raise FieldError(where, "The content must be a string, or a list of text parts.")


def _part(part: object, where: str, role: Role | None) -> str:
    if not isinstance(part, dict) or not isinstance(part.get("type"), str):
        raise FieldError(where, "A part must be an object with a type.")
    if role is Role.ASSISTANT and part["type"] == "refusal":
        return ""
    if part["type"] not in _TEXT_PARTS:
        raise unsupported(where, "Only text parts are supported.")
    text = part.get("text")
    if text is None and role is not Role.USER:
        return ""
    if not isinstance(text, str):
        raise FieldError(f"{where}.text", "The text of a part must be a string.")
    return text
