"""What every request meets on its way in and out, whichever function it is for."""

from __future__ import annotations

import re
import traceback
import uuid
from collections.abc import Callable

import flask

from body import discard_body
from bootstrap import Nexus
from event_log import request_trace
from fallback.events import Event
from wire.chat_reply import to_json
from wire.cors import cors_headers, preflight_headers
from wire.error import ApiError, internal_error

_GUARDS = {
    "X-Content-Type-Options": "nosniff",
    "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Referrer-Policy": "no-referrer",
}
"""Replies are data: no browser should run one, frame one, or tell anybody where one came from."""

_TRACE_ID = re.compile(r"[0-9a-f]{32}", re.IGNORECASE)

Handler = Callable[[flask.Request, str], flask.Response | ApiError]
"""Answers one request, given its id."""


def serve(nexus: Nexus, request: flask.Request, methods: str, handler: Handler) -> flask.Response:
    """Runs a handler: pre-flight requests, a request id, CORS, and errors as they should look.

    Args:
        nexus: The function's parts.
        request: What came.
        methods: The methods that a browser may use, for pre-flight requests.
        handler: Answers what is left.
    """
    request_id = uuid.uuid4().hex
    request_trace.set(_trace(nexus, request))
    nexus.slow_clients.expect_body(request)
    if request.method == "OPTIONS":
        wanted = request.headers.get("Access-Control-Request-Headers")
        response = flask.Response(status=204, headers=preflight_headers(methods, wanted))
    else:
        response = _handled(nexus, request, handler, request_id)
    discard_body(request)
    nexus.slow_clients.expect_reader(request)
    response.call_on_close(lambda: nexus.slow_clients.expect_next(request))
    for name, value in cors_headers(
        request.headers.get("Origin"), nexus.settings.allowed_origins
    ).items():
        response.headers[name] = value
    response.headers["X-Request-Id"] = request_id
    response.headers.update(_GUARDS)
    response.headers.setdefault("Cache-Control", "no-store")
    return response


def _handled(
    nexus: Nexus, request: flask.Request, handler: Handler, request_id: str
) -> flask.Response:
    try:
        answer = handler(request, request_id)
    except Exception as bug:  # noqa: BLE001 - the last line of defence; it is logged
        log_bug(nexus, bug, request_id)
        answer = internal_error()
    return error_response(nexus, answer, request_id) if isinstance(answer, ApiError) else answer


def json_response(data: object) -> flask.Response:
    """A reply of 200 with a JSON body."""
    return flask.Response(to_json(data), content_type="application/json; charset=utf-8")


def error_response(nexus: Nexus, error: ApiError, request_id: str) -> flask.Response:
    """An error as a reply of its own."""
    if error.status < 500:
        nexus.log(
            Event.REQUEST_REJECTED,
            request_id=request_id,
            status=error.status,
            code=error.code,
            param=error.param,
        )
    now = nexus.clock.now()
    response = json_response(error.body(now, request_id))
    response.status_code = error.status
    response.headers.update(error.headers(now))
    return response


def log_bug(nexus: Nexus, bug: Exception, request_id: str) -> None:
    """Logs where an unexpected exception came from; its text stays out, it may quote a visitor."""
    frames = traceback.extract_tb(bug.__traceback__)[-8:]
    nexus.log(
        Event.INTERNAL_ERROR,
        request_id=request_id,
        error=type(bug).__name__,
        where=[f"{frame.name}:{frame.lineno}" for frame in frames],
    )


def _trace(nexus: Nexus, request: flask.Request) -> str | None:
    """The trace in Cloud Logging's words, so that it shows a request's events together."""
    trace_id = request.headers.get("X-Cloud-Trace-Context", "").partition("/")[0]
    if not nexus.settings.project or not _TRACE_ID.fullmatch(trace_id):
        return None
    return f"projects/{nexus.settings.project}/traces/{trace_id}"
