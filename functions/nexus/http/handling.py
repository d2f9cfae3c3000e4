"""What every request passes on its way in and out, in both functions."""

from __future__ import annotations

import re
from collections.abc import Callable
from secrets import token_hex

import flask
from werkzeug.http import http_date

from fallback.crash_report import describe
from fallback.events import Event
from nexus.bootstrap import Nexus
from nexus.event_log import request_fields
from nexus.http.body import ignore_body
from nexus.wire.chat_reply import to_json
from nexus.wire.cors import cors_headers, preflight_headers
from nexus.wire.error import ApiError, internal_error

_SECURITY_HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Referrer-Policy": "no-referrer",
}
"""Replies are data: no browser should run or frame one, or pass its address on."""

_TRACE_ID = re.compile(r"[0-9a-f]{32}", re.IGNORECASE)

Handler = Callable[[flask.Request, str], flask.Response | ApiError]
"""Answers one request, given its id."""


def answer_all_routes(function: Callable[[flask.Request], flask.Response]) -> None:
    """Has a function answer what functions-framework and Flask would answer themselves.

    Those are favicon.ico, robots.txt, and redirects to addresses that Flask would have written
    differently. A bug outside of the function is left to the server, whose reply has the same form.
    No-op if no application is being made, as when a Python program imports this.

    Args:
        function: Answers any request.
    """
    if not flask.has_app_context():
        return
    flask.current_app.config["PROPAGATE_EXCEPTIONS"] = True

    @flask.current_app.before_request
    def answer() -> flask.Response | None:
        return None if flask.request.endpoint == "run" else function(flask.request)


def respond(nexus: Nexus, request: flask.Request, methods: str, handler: Handler) -> flask.Response:
    """Runs a handler, with all that both functions have in common.

    That is: pre-flight requests, a request id, CORS, and errors in the contract's form.

    Args:
        nexus: The function's parts.
        request: The request.
        methods: The methods that a browser may use, for pre-flight requests.
        handler: Answers all but pre-flight requests.
    """
    request_id = token_hex(16)
    request_fields.set({"request_id": request_id, **_trace(nexus, request)})
    if request.method == "OPTIONS":
        wanted = request.headers.get("Access-Control-Request-Headers")
        response = flask.Response(status=204, headers=preflight_headers(methods, wanted))
    else:
        response = _handled(nexus, request, handler, request_id)
    ignore_body(request)
    return _with_headers(nexus, response, request_id, request.headers.get("Origin"))


def raw_error_response(nexus: Nexus, error: ApiError, bug: Exception | None = None) -> bytes:
    """Returns an error as a whole reply in bytes, for what never becomes a Flask request.

    The reply says that the connection ends.

    Args:
        nexus: The function's parts.
        error: What to say.
        bug: The unexpected exception behind it, which is logged.
    """
    request_id = token_hex(16)
    request_fields.set({"request_id": request_id})
    if bug is not None:
        log_bug(nexus, bug)
    response = _with_headers(nexus, error_response(nexus, error, request_id), request_id, None)
    response.headers["Connection"] = "close"
    response.headers["Date"] = http_date(nexus.clock.now())
    head = f"HTTP/1.1 {response.status}\r\n{response.headers}"
    return head.encode("latin-1") + response.get_data()


def _with_headers(
    nexus: Nexus, response: flask.Response, request_id: str, origin: str | None
) -> flask.Response:
    """Adds the headers that every reply has."""
    response.headers.setdefault("Cache-Control", "no-store")
    cors = cors_headers(origin, nexus.settings.allowed_origins)
    response.headers.extend({**cors, "X-Request-Id": request_id, **_SECURITY_HEADERS})
    return response


def _handled(
    nexus: Nexus, request: flask.Request, handler: Handler, request_id: str
) -> flask.Response:
    try:
        answer = handler(request, request_id)
    except Exception as bug:  # noqa: BLE001 - the last line of defence; it is logged
        log_bug(nexus, bug)
        answer = internal_error()
    return error_response(nexus, answer, request_id) if isinstance(answer, ApiError) else answer


def json_response(data: object) -> flask.Response:
    """Returns a reply of 200 with a JSON body."""
    return flask.Response(to_json(data), content_type="application/json; charset=utf-8")


def error_response(nexus: Nexus, error: ApiError, request_id: str) -> flask.Response:
    """Returns an error as a reply, and logs it unless it has an event of its own."""
    if _is_rejection(error):
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


def _is_rejection(error: ApiError) -> bool:
    """Whether nothing else logs it: the outcome of a chat, and a bug, have their own events."""
    return error.status < 499 or error.code == "unavailable"


def log_bug(nexus: Nexus, bug: Exception) -> None:
    """Logs where a bug is, without the exception's text, which may quote a visitor."""
    nexus.log(Event.INTERNAL_ERROR, **describe(bug))


def _trace(nexus: Nexus, request: flask.Request) -> dict[str, str]:
    """Returns the trace as Cloud Logging names it, which then shows a request's events together."""
    trace_id = request.headers.get("X-Cloud-Trace-Context", "").partition("/")[0]
    project = nexus.settings.fallback.project
    if not project or not _TRACE_ID.fullmatch(trace_id):
        return {}
    return {"logging.googleapis.com/trace": f"projects/{project}/traces/{trace_id}"}
