"""How large a request is, before anybody has counted its tokens."""

from __future__ import annotations

from collections.abc import Iterable

from fallback.core.chat import Chat, Message

_BYTES_PER_TOKEN = 4

LARGE_TOKENS = 8192
"""From here on the size of a request may be why a quota that is not named refuses it."""


def tokens_of(chat: Chat) -> int:
    """The input tokens of a chat, estimated as its UTF-8 bytes / 4."""
    return _tokens_of(chat, chat.messages)


def prefix_tokens_of(chat: Chat) -> int:
    """The estimated tokens of all that comes before the last message."""
    return _tokens_of(chat, chat.messages[:-1])


def tokens_in(utf8_bytes: int) -> int:
    """The tokens of a text of so many bytes, estimated."""
    return utf8_bytes // _BYTES_PER_TOKEN


def _tokens_of(chat: Chat, messages: Iterable[Message]) -> int:
    text = "".join([*chat.instructions, *[message.text for message in messages]])
    return tokens_in(len(text.encode("utf-8", errors="replace")))
