"""What a caller asks, checked before anything is sent."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from types import UnionType
from typing import TYPE_CHECKING, Any

from fallback.core.chat import Chat, Message, Role, repaired

if TYPE_CHECKING:
    from google.genai import Client

History = Iterable[Mapping[str, str]]
"""Earlier turns, oldest first: `{"role": "user" or "assistant", "content": "…"}`."""

_MAX_TIMEOUT_SECONDS = 31_536_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """One request of a Python program.

    Attributes:
        chat: The conversation.
        timeout: The deadline in seconds; None for the configured one.
        client: A google-genai `Client`; None to use `GEMINI_API_KEY`.
    """

    chat: Chat
    timeout: float | None
    client: Client | None


def question(
    prompt: str,
    *,
    instruction: str | None,
    history: History,
    temperature: float | None,
    max_output_tokens: int | None,
    timeout: float | None,
    client: Client | None,
) -> Question:
    """Checks the arguments of a call.

    Raises:
        TypeError: An argument has the wrong type.
        ValueError: An argument has a value that cannot work.
    """
    if instruction is not None:
        _require(instruction, str, "instruction", "a str or None")
    if temperature is not None:
        _require(temperature, int | float, "temperature", "a number")
        if not 0 <= temperature <= 2:
            raise ValueError(f"temperature must be from 0 to 2, not {temperature}")
    if max_output_tokens is not None:
        _require(max_output_tokens, int, "max_output_tokens", "an int")
        if max_output_tokens < 1:
            raise ValueError(f"max_output_tokens must be 1 or more, not {max_output_tokens}")
    if timeout is not None:
        _require(timeout, int | float, "timeout", "a number of seconds")
        if not 0 < timeout <= _MAX_TIMEOUT_SECONDS:
            raise ValueError(f"timeout must be seconds above 0, and at most a year, not {timeout}")
    if client is not None and not (hasattr(client, "models") and hasattr(client, "aio")):
        raise TypeError(f"client must be a google.genai.Client, not {_kind(client)}")
    return Question(
        chat=Chat(
            messages=(*_turns(history), Message(Role.USER, _text(prompt, "prompt"))),
            instructions=(repaired(instruction),) if instruction and instruction.strip() else (),
            temperature=temperature,
            max_output_tokens=max_output_tokens,
            has_callers_limit=max_output_tokens is not None,
        ),
        timeout=timeout,
        client=client,
    )


def _turns(history: History) -> list[Message]:
    if isinstance(history, str | bytes | Mapping) or not isinstance(history, Iterable):
        raise TypeError(
            'history must be a list of turns such as {"role": "user", "content": "Hello"}, '
            f"not {_kind(history)}"
        )
    turns = []
    for number, turn in enumerate(history):
        where = f"history[{number}]"
        _require(turn, Mapping, where, 'a dict with "role" and "content"')
        role = turn.get("role")
        if role == "system":
            raise ValueError(f'{where}: pass system text as instruction=, not as role "system"')
        if role not in tuple(Role):
            raise ValueError(f'{where}["role"] must be "user" or "assistant", not {role!r}')
        turns.append(Message(Role(role), _text(turn.get("content"), f'{where}["content"]')))
    return turns


def _text(value: Any, name: str) -> str:
    _require(value, str, name, "a str")
    if not value.strip():
        raise ValueError(f"{name} is empty")
    return repaired(str(value))


def _require(value: object, wanted: type | UnionType, name: str, words: str) -> None:
    # To Python, True is a number.
    if not isinstance(value, wanted) or isinstance(value, bool):
        raise TypeError(f"{name} must be {words}, not {_kind(value)}")


def _kind(value: object) -> str:
    return type(value).__name__
