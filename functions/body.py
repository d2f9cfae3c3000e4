"""Reads a request's body within bounds, and gets rid of what is not wanted of it."""

from __future__ import annotations

import io

import flask

from wire.error import ApiError

_CHUNK_BYTES = 65536
_DISCARD_BYTES = 64 * 1024 * 1024
"""Twice what Cloud Run lets in. A client that is still sending may never see a reply."""


def read_body(request: flask.Request, max_bytes: int) -> bytes | ApiError:
    """The whole body, or the error that it deserves."""
    if (request.content_length or 0) > max_bytes:
        return _too_large(max_bytes)
    try:
        body = request.stream.read(max_bytes + 1)
    except Exception:  # noqa: BLE001 - each server has its own exceptions for what clients break
        return _unfinished()
    if len(body) > max_bytes:
        return _too_large(max_bytes)
    return body if len(body) == (request.content_length or len(body)) else _unfinished()


def discard_body(request: flask.Request) -> None:
    """Reads what is left of a body and forgets it.

    functions-framework would read it whole into memory before it sends a reply, however large.
    """
    try:
        for _ in range(_DISCARD_BYTES // _CHUNK_BYTES):
            if not request.stream.read(_CHUNK_BYTES):
                break
    except Exception:  # noqa: BLE001, S110 - as above; nothing depends on what was not wanted
        pass
    request.stream = io.BytesIO()


def _unfinished() -> ApiError:
    return ApiError(
        status=400,
        code="invalid_request",
        message="The body could not be read to its end, or took too long to arrive.",
    )


def _too_large(max_bytes: int) -> ApiError:
    return ApiError(
        status=413,
        code="request_too_large",
        message=f"The body may have at most {max_bytes} bytes. Shorten the conversation.",
    )
