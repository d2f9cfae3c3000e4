"""Reads single fields of a request: each gives its value, or says what is wrong with it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from nexus.wire.error import ApiError


class FieldError(Exception):
    """A field cannot be taken.

    Attributes:
        error: What the caller is told.
    """

    def __init__(
        self, param: str | None, message: str, *, status: int = 400, code: str = "invalid_request"
    ) -> None:
        """Names the field, None for the body as a whole."""
        super().__init__(message)
        self.error = ApiError(status=status, code=code, message=message, param=param)


def json_object(body: bytes) -> dict[str, Any]:
    """The object that a request's body is.

    Args:
        body: As received, within the size limit.

    Raises:
        FieldError: It is no JSON in UTF-8, or no object.
    """
    try:
        data = json.loads(body.decode("utf-8"), parse_constant=_refuse)
    except (ValueError, RecursionError):
        message = "The body must be JSON in UTF-8, of reasonable depth and numbers."
        raise FieldError(None, message, code="invalid_json") from None
    if not isinstance(data, dict):
        raise FieldError(None, "The body must be a JSON object.")
    return data


def unsupported(param: str, message: str) -> FieldError:
    """The field is of the format, but would change the answer in a way that Nexus cannot."""
    return FieldError(param, message, code="unsupported_parameter")


def too_long(param: str, message: str) -> FieldError:
    """The field is over a configured size."""
    return FieldError(param, message, status=413, code="request_too_large")


def number(data: Mapping[str, Any], key: str, highest: float) -> float | None:
    """A number from 0 to `highest`; None if it is left out."""
    value = data.get(key)
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value <= highest:
        raise FieldError(key, f"{key} must be a number from 0 to {highest:g}.")
    return float(value)


def whole(data: Mapping[str, Any], key: str) -> int | None:
    """A whole number of 1 or more; None if it is left out."""
    value = data.get(key)
    if value is None:
        return None
    if isinstance(value, float) and value.is_integer():
        value = int(value)  # JSON has one kind of number: 1.0 is 1.
    if isinstance(value, bool) or not isinstance(value, int) or value < 1:
        raise FieldError(key, f"{key} must be a whole number of 1 or more.")
    return value


def optional(data: Mapping[str, Any], key: str, kind: type, allowed: str, where: str = "") -> Any:
    """A value of one type; None if it is left out."""
    value = data.get(key)
    if value is not None and not isinstance(value, kind):
        raise FieldError(f"{where}{key}", f"{where}{key} must be {allowed}.")
    return value


def _refuse(constant: str) -> None:
    """Refuses NaN and Infinity, which Python reads and JSON does not have."""
    raise ValueError(constant)
