"""What a visitor asks, independent of any wire format."""

from __future__ import annotations

import enum
from dataclasses import dataclass


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
class Chat:
    """A conversation that needs an answer.

    Attributes:
        messages: From the oldest to the newest; the first and the last are the user's.
        instructions: System instructions, the service's own first.
        temperature: From 0 to 2; None leaves it to the model.
        top_p: From 0 to 1; None leaves it to the model.
        max_output_tokens: The longest answer; None leaves it to the model.
        stop: Texts that end the answer.
    """

    messages: tuple[Message, ...]
    instructions: tuple[str, ...] = ()
    temperature: float | None = None
    top_p: float | None = None
    max_output_tokens: int | None = None
    stop: tuple[str, ...] = ()
