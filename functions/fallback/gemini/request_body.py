"""The body of a request to Gemini."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from fallback.core.chat import Chat, Role
from fallback.core.hierarchy import Thinking

_JSON = "application/json"
_ROLES = {Role.USER: "user", Role.ASSISTANT: "model"}

# What a level may cost, https://ai.google.dev/gemini-api/docs/openai#thinking (2026-11-26).
_THOUGHT_TOKENS: Mapping[Thinking, int] = {
    Thinking.MINIMAL: 1_024,
    Thinking.LOW: 1_024,
    Thinking.MEDIUM: 8_192,
    Thinking.HIGH: 24_576,
}
# A limit of so many times that has room enough.
_ROOMY = 8
_MOST_OUTPUT_TOKENS = 65_536
"""What today's models take; a request for more is a 400."""


def request_body(
    chat: Chat, thinking: Thinking | None, fields: Mapping[str, str]
) -> dict[str, Any]:
    """A chat as `generateContent` takes it: contents, system instruction, generation settings.

    Source: https://ai.google.dev/api/generate-content#request-body

    Args:
        chat: The conversation.
        thinking: How much the model is told to think, and to summarize its thoughts; None tells it
            nothing.
        fields: What the endpoint adds, such as a service tier.
    """
    body: dict[str, Any] = {
        **fields,
        "contents": [
            {"role": _ROLES[message.role], "parts": [{"text": message.text}]}
            for message in chat.messages
        ],
    }
    if chat.instructions:
        body["systemInstruction"] = {"parts": [{"text": text} for text in chat.instructions]}
    settings = {
        "temperature": chat.temperature,
        "topP": chat.top_p,
        "maxOutputTokens": _output_tokens(chat, thinking),
        "stopSequences": list(chat.stop) or None,
        "responseMimeType": _JSON if chat.response_format else None,
        "responseJsonSchema": chat.response_format and chat.response_format.json_schema,
        "thinkingConfig": thinking and {"thinkingLevel": thinking.upper(), "includeThoughts": True},
    }
    body["generationConfig"] = {k: value for k, value in settings.items() if value is not None}
    return body


def _output_tokens(chat: Chat, thinking: Thinking | None) -> int | None:
    """The limit that Gemini is told. It counts thoughts too, so they get room beside the text.

    `fallback.gemini.answer_reader` holds the text itself to the chat's own limit.
    """
    text = chat.max_output_tokens
    thoughts = _THOUGHT_TOKENS[thinking] if thinking else 0
    if text is None or text >= _ROOMY * thoughts:
        return text
    return max(text, min(text + thoughts, _MOST_OUTPUT_TOKENS))
