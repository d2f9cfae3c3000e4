"""Parses what a visitor says of an answer: one of two words, and perhaps one of a few reasons."""

from __future__ import annotations

import enum
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeVar

from nexus.wire.error import ApiError
from nexus.wire.fields import FieldError, json_object


class Thumb(enum.StrEnum):
    """Whether the answer was good."""

    UP = "up"
    DOWN = "down"


class Reason(enum.StrEnum):
    """What was wrong with it. There is no free text, so that none can be stored."""

    WRONG = "wrong"
    INCOMPLETE = "incomplete"
    OFF_TOPIC = "off_topic"
    TOO_LONG = "too_long"
    UNSAFE = "unsafe"
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class Rating:
    """A rating.

    Attributes:
        hint: What the answer carried; see `nexus.http.hints`. It is not verified yet.
        thumb: Up or down.
        reason: Of a thumb down, if one was given.
    """

    hint: str
    thumb: Thumb
    reason: Reason | None = None


_Word = TypeVar("_Word", bound=enum.StrEnum)


def parse_rating(body: bytes) -> Rating | ApiError:
    """Reads a request's body, as received. Unknown fields are ignored."""
    try:
        data = json_object(body)
        hint, thumb = data.get("hint"), _word(data, "rating", Thumb)
        reason = None if data.get("reason") is None else _word(data, "reason", Reason)
    except FieldError as error:
        return error.error
    if not isinstance(hint, str):
        return unknown_hint()
    if reason is not None and thumb is Thumb.UP:
        return FieldError("reason", "A reason goes with the rating down. Leave it out.").error
    return Rating(hint, thumb, reason)


def unknown_hint() -> ApiError:
    """The hint is not one of ours, or is too old."""
    return FieldError("hint", "hint must be nexus.hint of an answer of the last 24 hours.").error


def not_counted(retry_at: datetime) -> ApiError:
    """Nobody can tell now whether the rating is the answer's first."""
    return ApiError(
        status=503,
        code="unavailable",
        message="The rating could not be counted. Please try again.",
        retry_at=retry_at,
    )


def _word(data: Mapping[str, Any], key: str, words: type[_Word]) -> _Word:
    for word in words:
        if data.get(key) == word.value:
            return word
    raise FieldError(key, f"{key} must be one of {', '.join(words)}.")
