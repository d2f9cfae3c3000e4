"""Reads a request's body within bounds, and keeps functions-framework from reading the rest."""

from __future__ import annotations

import io
from datetime import timedelta

import flask

from nexus.bootstrap import Nexus
from nexus.wire.error import ApiError, too_large, unavailable

_RETRY_SECONDS = 1
"""When to try again after an instance has ended: another one is there by then."""


def read_body(nexus: Nexus, request: flask.Request) -> bytes | ApiError:
    """Reads the whole body, or says what is wrong with it."""
    max_bytes = nexus.settings.request.max_body_bytes
    try:
        body = request.stream.read(max_bytes + 1)
    except Exception:  # noqa: BLE001 - each server has its own exceptions for what clients break
        return _unfinished(nexus)
    if len(body) > max_bytes:
        return too_large(max_bytes)
    return body if len(body) == (request.content_length or len(body)) else _unfinished(nexus)


def ignore_body(request: flask.Request) -> None:
    """Hides the rest of a body.

    functions-framework would read it whole into memory before it sends a reply, however large.
    """
    request.stream = io.BytesIO()


def shutting_down(nexus: Nexus) -> ApiError | None:
    """The error for what this process has no time left for, if it is ending."""
    if nexus.shutdown.seconds_left() is None:
        return None
    return unavailable(nexus.clock.now() + timedelta(seconds=_RETRY_SECONDS))


def _unfinished(nexus: Nexus) -> ApiError:
    return shutting_down(nexus) or ApiError(
        status=400,
        code="invalid_request",
        message="The body could not be read to its end, or took too long to arrive.",
    )
