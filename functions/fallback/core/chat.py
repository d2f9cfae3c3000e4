"""What a visitor asks, independent of any wire format."""

from __future__ import annotations

import enum
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any


def repaired(text: str) -> str:
    """The text with U+FFFD in place of half a surrogate pair.

    JSON can carry half an emoji, where a client has cut a text in its middle; UTF-8 cannot.
    """
    if text.isascii():
        return text
    return text.encode("utf-16", errors="surrogatepass").decode("utf-16", errors="replace")


class Role(enum.StrEnum):
    """Who speaks in a conversation."""

    USER = "user"
    ASSISTANT = "assistant"


@dataclass(frozen=True, slots=True)
class Message:
    """One turn of the conversation."""

    role: Role
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ResponseFormat:
    """JSON in place of prose.

    Attributes:
        json_schema: The JSON Schema that the answer keeps to; None for JSON of any form.
    """

    json_schema: Mapping[str, Any] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Chat:
    """A conversation that needs an answer.

    Attributes:
        messages: From the oldest to the newest, at least one. If the last is the assistant's, the
            answer goes on with it.
        instructions: System instructions, the service's own first.
        temperature: From 0 to 2; None leaves it to the model.
        top_p: From 0 to 1; None leaves it to the model.
        max_output_tokens: The longest answer; None leaves it to the model.
        has_callers_limit: Whether `max_output_tokens` is the caller's choice.
        stop: Texts that end the answer; always the caller's choice.
        response_format: The form of the answer; None for prose.
    """

    messages: tuple[Message, ...]
    instructions: tuple[str, ...] = ()
    temperature: float | None = None
    top_p: float | None = None
    max_output_tokens: int | None = None
    has_callers_limit: bool = False
    stop: tuple[str, ...] = ()
    response_format: ResponseFormat | None = None
