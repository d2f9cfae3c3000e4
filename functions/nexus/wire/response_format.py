"""Reads the form that an answer is to have: prose, JSON, or JSON of a schema."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from fallback.core.chat import ResponseFormat
from nexus.wire.fields import FieldError, optional

_MAX_DEPTH = 64
"""Deeper schemas serve nobody, and could not be written down again by a recursive encoder."""

_FIELD = "response_format"
_SCHEMA = f"{_FIELD}.json_schema"


def read_response_format(value: object) -> ResponseFormat | None:
    """The form; None for prose.

    `strict` changes nothing: Gemini keeps to a schema in any case.

    Raises:
        FieldError: It is not of OpenAI's form.
    """
    if value is None:
        return None
    if not isinstance(value, dict):
        raise FieldError(_FIELD, f"{_FIELD} must be an object.")
    match value.get("type"):
        case "text":
            return None
        case "json_object":
            return ResponseFormat()
        case "json_schema":
            return ResponseFormat(json_schema=_schema(value.get("json_schema")))
        case _:
            raise FieldError(
                f"{_FIELD}.type", f"{_FIELD}.type must be text, json_object or json_schema."
            )


def _schema(value: object) -> Mapping[str, Any]:
    if not isinstance(value, dict):
        raise FieldError(_SCHEMA, f"{_SCHEMA} must be an object.")
    if not isinstance(name := value.get("name"), str) or not name:
        raise FieldError(f"{_SCHEMA}.name", f"{_SCHEMA}.name must be a string.")
    optional(value, "description", str, "a string", f"{_SCHEMA}.")
    optional(value, "strict", bool, "true or false", f"{_SCHEMA}.")
    schema = value.get("schema")
    if not isinstance(schema, dict):
        raise FieldError(f"{_SCHEMA}.schema", f"{_SCHEMA}.schema must be an object.")
    if not _is_within(schema, _MAX_DEPTH):
        raise FieldError(f"{_SCHEMA}.schema", f"A schema may have at most {_MAX_DEPTH} levels.")
    return schema


def _is_within(value: object, levels: int) -> bool:
    if not isinstance(value, dict | list):
        return True
    inner = value.values() if isinstance(value, dict) else value
    return levels > 0 and all(_is_within(one, levels - 1) for one in inner)
