"""Reads a generateContent request body as Gemini does, and refuses what Gemini refuses."""

import json
import re
from dataclasses import dataclass
from typing import Any

_GO_ON = re.compile(r"\bcut off\b", re.IGNORECASE)
_ROLES = ("user", "model", "function", "")


class InvalidRequestError(Exception):
    """The body is not a valid request; `reply` names the canned reply that says so."""

    def __init__(self, reply: str, reason: str) -> None:
        """Keep the reply's name and the words that it has to contain."""
        super().__init__(reason)
        self.reply = reply
        self.reason = reason


@dataclass(frozen=True, slots=True, kw_only=True)
class Prompt:
    """What the emulator needs to know of a request.

    Attributes:
        question: Text of the last content whose role is user.
        begun: The answer so far, where that is a request to go on with it; else empty.
        ends_with_model: The last turn is the model's.
        characters: Length of all text sent, the system instruction included.
        max_tokens: `maxOutputTokens`, or None for no limit.
        stop_sequences: `stopSequences`.
        text: All text sent, in the order in which the model reads it.
    """

    question: str
    characters: int
    text: str = ""
    begun: str = ""
    ends_with_model: bool = False
    max_tokens: int | None = None
    stop_sequences: tuple[str, ...] = ()


def parse_json(raw: bytes) -> dict[str, Any]:
    """Return the JSON object in `raw`, or raise `InvalidRequestError`."""
    try:
        body = json.loads(raw)
        # Half a surrogate pair, which Python reads and protobuf's JSON refuses.
        json.dumps(body, ensure_ascii=False).encode()
    except ValueError as error:
        raise InvalidRequestError("invalid-json", f"Parser error: {error}") from error
    if not isinstance(body, dict):
        raise InvalidRequestError("invalid-json", "Root element must be a message.")
    return body


def read_prompt(body: dict[str, Any]) -> Prompt:
    """Return the prompt in a request body, or raise `InvalidRequestError`."""
    contents = body.get("contents")
    if not contents:
        raise InvalidRequestError(
            "invalid-request", "* GenerateContentRequest.contents: contents is not specified\n"
        )
    if not isinstance(contents, list):
        raise _unexpected("contents", contents)
    turns = [_read_content(content, number) for number, content in enumerate(contents)]
    system = _field(body, "systemInstruction", "system_instruction") or {}
    config = _field(body, "generationConfig", "generation_config") or {}
    if not isinstance(config, dict):
        raise _unexpected("generation_config", config)
    question, begun = _asked(turns)
    return Prompt(
        question=question,
        begun=begun,
        ends_with_model=turns[-1][0] == "model",
        characters=len(_text_of(system)) + sum(len(text) for _, text in turns),
        text="\n".join((_text_of(system), *(f"{role}: {text}" for role, text in turns))),
        max_tokens=_read_max_tokens(config),
        stop_sequences=_read_stop_sequences(config),
    )


def _asked(turns: list[tuple[str, str]]) -> tuple[str, str]:
    """Return the question, and what there is of its answer if the last turn asks to go on."""
    asked = [text for role, text in turns if role in ("user", "")]
    match turns:
        case [*_, (_, question), ("model", begun), (_, last)] if _GO_ON.search(last):
            return question, begun
        case [*_, ("user" | "", question), ("model", begun)]:
            return question, begun
    return asked[-1] if asked else "", ""


def _read_content(content: Any, number: int) -> tuple[str, str]:
    if not isinstance(content, dict):
        raise _unexpected(f"contents[{number}]", content)
    role = content.get("role") or ""
    if role not in _ROLES:
        raise InvalidRequestError("invalid-request", "Please use a valid role: user, model.")
    if not content.get("parts"):
        where = f"GenerateContentRequest.contents[{number}].parts"
        raise InvalidRequestError(
            "invalid-request", f"* {where}: contents.parts must not be empty.\n"
        )
    if not isinstance(content["parts"], list):
        raise _unexpected(f"contents[{number}].parts", content["parts"])
    return role, _text_of(content)


def _read_max_tokens(config: dict[str, Any]) -> int | None:
    tokens = _field(config, "maxOutputTokens", "max_output_tokens")
    if tokens is None:
        return None
    if not isinstance(tokens, int) or isinstance(tokens, bool):
        raise _unexpected("generation_config.max_output_tokens", tokens)
    if tokens < 1:
        raise InvalidRequestError(
            "invalid-request", f"max_output_tokens must be positive but got {tokens}."
        )
    return tokens


def _read_stop_sequences(config: dict[str, Any]) -> tuple[str, ...]:
    sequences = _field(config, "stopSequences", "stop_sequences") or []
    if not isinstance(sequences, list) or not all(isinstance(one, str) for one in sequences):
        raise _unexpected("generation_config.stop_sequences", sequences)
    return tuple(one for one in sequences if one)


def _text_of(content: Any) -> str:
    parts = content.get("parts") if isinstance(content, dict) else None
    if not isinstance(parts, list):
        return ""
    texts = (part.get("text") for part in parts if isinstance(part, dict))
    return "".join(text for text in texts if isinstance(text, str))


def _field(body: dict[str, Any], *names: str) -> Any:
    """Return the first of `names` that is there: Gemini takes camelCase and snake_case."""
    return next((body[name] for name in names if name in body), None)


def _unexpected(where: str, value: Any) -> InvalidRequestError:
    return InvalidRequestError(
        "invalid-json", f"Invalid value at '{where}', {json.dumps(value)[:80]}"
    )
