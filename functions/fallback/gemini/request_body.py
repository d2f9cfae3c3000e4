"""The body of a request to Gemini."""

from __future__ import annotations

from fallback.core.chat import Chat, Role

JSON = "application/json"
ROLES = {Role.USER: "user", Role.ASSISTANT: "model"}


def request_body(chat: Chat) -> dict[str, object]:
    """A chat as `generateContent` takes it: contents, system instruction, generation settings.

    Source: https://ai.google.dev/api/generate-content#request-body
    """
    body: dict[str, object] = {
        "contents": [
            {"role": ROLES[message.role], "parts": [{"text": message.text}]}
            for message in chat.messages
        ]
    }
    if chat.instructions:
        body["systemInstruction"] = {"parts": [{"text": text} for text in chat.instructions]}
    settings = {
        "temperature": chat.temperature,
        "topP": chat.top_p,
        "maxOutputTokens": chat.max_output_tokens,
        "stopSequences": list(chat.stop) or None,
        "responseMimeType": JSON if chat.response_format else None,
        "responseJsonSchema": chat.response_format and chat.response_format.json_schema,
    }
    body["generationConfig"] = {k: value for k, value in settings.items() if value is not None}
    return body
