"""Reads a request's body within bounds, and forgets what is not wanted of it."""

from __future__ import annotations

import io

import flask

from nexus.wire.error import ApiError, too_large


def read_body(request: flask.Request, max_bytes: int) -> bytes | ApiError:
    """The whole body, or the error that it deserves."""
    try:
        body = request.stream.read(max_bytes + 1)
    except Exception:  # noqa: BLE001 - each server has its own exceptions for what clients break
        return _unfinished()
    if len(body) > max_bytes:
        return too_large(max_bytes)
    return body if len(body) == (request.content_length or len(body)) else _unfinished()


def forget_body(request: flask.Request) -> None:
    """Leaves nothing of a body to be read.

    functions-framework would read it whole into memory before it sends a reply, however large.
    """
    request.stream = io.BytesIO()


def _unfinished() -> ApiError:
    return ApiError(
        status=400,
        code="invalid_request",
        message="The body could not be read to its end, or took too long to arrive.",
    )
