"""Names what a model can be told to do: the canned replies, answers and faults, with their options.

How each of them looks on the wire is in `performing` and `faults`.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from tools.emulator.replies import canned_replies
from tools.emulator.service_tiers import TIERS

_DELAY = re.compile(r"\d+(\.\d+)?s")


@dataclass(frozen=True, slots=True)
class Option:
    """One option: what it does, what it takes in words, and whether it takes a value."""

    about: str
    takes: str
    accepts: Callable[[Any], bool]


@dataclass(frozen=True, slots=True)
class Description:
    """What a behaviour does, and the options that it takes."""

    about: str
    options: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Behaviour:
    """A behaviour that a model was told to show, with checked options."""

    name: str
    options: Mapping[str, Any] = field(default_factory=dict)


def _is_count(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and value >= 0


def _is_seconds(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and value >= 0


def _is_error_reply(value: Any) -> bool:
    reply = canned_replies().get(value) if isinstance(value, str) else None
    return reply is not None and isinstance(reply.body, dict) and "error" in reply.body


_SECONDS = "a number of seconds from 0"

OPTIONS: Mapping[str, Option] = {
    "text": Option("the answer's text", "a string", lambda value: isinstance(value, str)),
    "chunks": Option(
        "number of chunks with text", "a whole number from 1", lambda n: _is_count(n) and n > 0
    ),
    "chunk_seconds": Option("pause between two chunks", _SECONDS, _is_seconds),
    "first_text_seconds": Option("pause before the first byte", _SECONDS, _is_seconds),
    "first_event_seconds": Option(
        "pause between the headers and the first event", _SECONDS, _is_seconds
    ),
    "thoughts": Option(
        "send thoughts before the text", "true or false", lambda value: isinstance(value, bool)
    ),
    "model_version": Option(
        "modelVersion, if not the model's name", "a string", lambda value: isinstance(value, str)
    ),
    "service_tier": Option(
        "tier that serves, if not the one asked for",
        " or ".join(TIERS),
        lambda value: value in TIERS,
    ),
    "prefill": Option(
        "false refuses a request that ends with the model's turn",
        "true or false",
        lambda value: isinstance(value, bool),
    ),
    "goes_on": Option(
        "send the rest of the answer after the fault",
        "true or false",
        lambda value: isinstance(value, bool),
    ),
    "after_chunks": Option(
        "chunks with text before the fault; default 0", "a whole number from 0", _is_count
    ),
    "every_seconds": Option("pause between two drops; default 0.2", _SECONDS, _is_seconds),
    "delay_seconds": Option("pause before the reply", _SECONDS, _is_seconds),
    "retry_delay": Option(
        "delay named by the reply, wherever it names one",
        'seconds as in "7s"',
        lambda value: isinstance(value, str) and _DELAY.fullmatch(value) is not None,
    ),
    "limit": Option(
        "limit named by the reply, wherever it names one", "a whole number from 0", _is_count
    ),
    "reply": Option(
        "canned reply whose error is sent; default overloaded",
        "the name of a canned reply with an error",
        _is_error_reply,
    ),
}

_REPLY = ("retry_delay", "limit", "delay_seconds")
_ANSWER = (
    "text",
    "chunks",
    "chunk_seconds",
    "first_text_seconds",
    "first_event_seconds",
    "thoughts",
    "model_version",
    "service_tier",
)
_FAULT = ("after_chunks", *_ANSWER)
_ERROR = ("reply", "retry_delay", *_FAULT)

_BEHAVIOURS: Mapping[str, Description] = {
    "answer": Description(
        "A good answer; what a model does unless told otherwise.", ("prefill", *_ANSWER)
    ),
    "hang": Description("Reads the request and never answers."),
    "hang-after-headers": Description("Sends the headers of a 200 and nothing more."),
    "drip": Description("Sends events without visible text, for ever.", ("every_seconds",)),
    "reset": Description("Resets the connection once the request is read."),
    "cut": Description("Closes the connection in the middle of a chunk.", _FAULT),
    "stall": Description("Sends nothing more, and keeps the connection open.", _FAULT),
    "silent-end": Description("Ends the stream cleanly, without a finishReason.", _FAULT),
    "unclosed": Description("Sends the whole answer, and leaves the stream open.", _ANSWER),
    "malformed-chunk": Description(
        "Sends an event that is half a JSON object.", ("goes_on", *_FAULT)
    ),
    "error-event": Description("Sends an error as an event.", _ERROR),
    "error-raw": Description("Sends an error over several lines, without `data:`.", _ERROR),
    "error-array": Description("Sends an error in a JSON array, without `data:`.", _ERROR),
    "error-without-code": Description("Sends an error that has no code, as an event.", _ERROR),
    "error-not-first-key": Description("Sends an event that has a key before `error`.", _ERROR),
    "empty-stream": Description("Ends the stream before the first event."),
}


@cache
def catalogue() -> Mapping[str, Description]:
    """Return every behaviour by name: the ones made by code, then the canned replies."""
    replies = {
        name: Description(f"{reply.status}: {reply.about}", _REPLY)
        for name, reply in canned_replies().items()
    }
    return {**_BEHAVIOURS, **replies}


def checked(name: str, options: Mapping[str, Any]) -> Behaviour:
    """Return the behaviour `name`, or raise ValueError with the names that are known."""
    description = catalogue().get(name)
    if description is None:
        raise ValueError(f"unknown behaviour {name!r}; known are {', '.join(catalogue())}")
    for option, value in options.items():
        if option not in description.options:
            known = ", ".join(description.options) or "none"
            raise ValueError(f"unknown option {option!r} of {name}; known are {known}")
        if not OPTIONS[option].accepts(value):
            raise ValueError(f"{option} must be {OPTIONS[option].takes}, not {value!r}")
    return Behaviour(name, dict(options))
