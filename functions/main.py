"""The two HTTP entry points of Nexus: parse, ask, render. No decisions."""

from __future__ import annotations

import gc
import os
import sys
from collections.abc import Generator
from dataclasses import replace
from typing import TYPE_CHECKING

import flask

from fallback.availability_report import availability_report
from fallback.bootstrap import build_runner
from fallback.core.answer import End, Text
from fallback.core.availability import availability
from fallback.core.refusal import Refusal, RefusalReason
from fallback.pieces import Abandoned, AnswerStarted, Interrupted, Piece
from fallback.settings import InvalidSettingError
from fallback.wait_budget import WaitBudget
from nexus.bootstrap import (
    bootstrap,
    build_fair_use,
    build_watcher,
    signing_secrets,
    visitor_store,
)
from nexus.event_log import log_libraries
from nexus.gunicorn_setup import set_up_gunicorn
from nexus.http.admission import Admission, admit_chat, introduce
from nexus.http.body import read_body, shutting_down
from nexus.http.client_connection import ClientConnection
from nexus.http.door import gone, refused
from nexus.http.handling import answer_all_routes, json_response, log_bug, respond
from nexus.http.hints import Hints
from nexus.wire.availability_reply import availability_etag, for_newcomers
from nexus.wire.chat_head import is_about_models, is_feedback, refuse_by_head
from nexus.wire.chat_reply import Writer, model, model_list, sse
from nexus.wire.chat_request import ChatRequest, parse_chat_request
from nexus.wire.error import (
    ApiError,
    answer_interrupted,
    client_closed_request,
    deadline_exceeded,
    internal_error,
    method_not_allowed,
)

if TYPE_CHECKING:
    from nexus.http.feedback import Feedback

AVAILABILITY_WAIT_SECONDS = 0.08
"""How long a poll waits for the store before it takes the last known state."""

_AVAILABILITY_MAX_AGE_SECONDS = 2

# What is made from here on stays. To search it for garbage would only cost time, and memory that
# workers would have to copy.
gc.disable()
# functions-framework names the target before it loads this file; only the chat needs Gemini.
_is_chat = os.environ.get("FUNCTION_TARGET") == "chat"
try:
    _nexus = bootstrap(os.environ, is_chat=_is_chat)
    log_libraries(_nexus.log)
    _runner = (
        build_runner(
            _nexus.settings.fallback,
            _nexus.windows,
            _nexus.limits,
            _nexus.clock,
            _nexus.log,
            _nexus.shutdown,
            forecast=_nexus.forecast,
        )
        if _is_chat
        else None
    )
except InvalidSettingError as error:
    sys.exit(f"Nexus cannot start: {error}")
set_up_gunicorn(_nexus)
answer_all_routes(lambda request: chat(request) if _is_chat else check_availability(request))
_hints = Hints(signing_secrets(_nexus.settings), _nexus.clock) if _is_chat else None
_fair_use = build_fair_use(_nexus) if _is_chat else None
_feedback: Feedback | None = None
if _hints is not None and _nexus.settings.feedback:
    from nexus.http.feedback import Feedback

    _feedback = Feedback(_nexus, _hints, visitor_store(_nexus.settings))
_watcher = None if _is_chat else build_watcher(_nexus)
gc.freeze()
gc.enable()


def chat(request: flask.Request) -> flask.Response:
    """Answers chats in the OpenAI format, and lists the one model."""
    return respond(_nexus, request, "GET, POST, OPTIONS", _chat)


def check_availability(request: flask.Request) -> flask.Response:
    """Says whether a chat would be answered now."""
    return respond(_nexus, request, "GET, HEAD, OPTIONS", _check_availability)


def _chat(request: flask.Request, request_id: str) -> flask.Response | ApiError:
    path = request.path.rstrip("/")
    if _feedback is not None and is_feedback(path):
        return _feedback.take(request)
    introduce(_fair_use, request)
    if is_about_models(path):
        if request.method not in ("GET", "HEAD"):
            return method_not_allowed("GET, HEAD, OPTIONS")
        return json_response(model_list() if path.endswith("/models") else model())
    limits = _nexus.settings.request
    refused = refuse_by_head(path, request.method, request.headers.get, limits.max_body_bytes)
    body = refused or read_body(_nexus, request)
    if isinstance(body, ApiError):
        return body
    wanted = parse_chat_request(body, _nexus.settings.fallback.configuration.instruction, limits)
    if isinstance(wanted, ApiError):
        return wanted
    assert _hints is not None, "the chat's process reads hints"  # noqa: S101 - for mypy
    budget = WaitBudget(_nexus.clock)
    entry = admit_chat(
        _nexus,
        _fair_use,
        request,
        wanted.chat,
        _hints.follow(wanted.hint, wanted.chat, _nexus.settings.fallback.hierarchy),
        request_id=request_id,
        budget=budget,
    )
    if isinstance(entry, ApiError):
        return entry
    if _nexus.forecast is not None:
        _nexus.forecast.chat()
    reply = _answer(wanted, entry, request_id, budget, ClientConnection(request))
    if _nexus.status is not None and (isinstance(reply, ApiError) or not reply.is_streamed):
        _nexus.status.settle()
    return reply


def _answer(
    wanted: ChatRequest,
    entry: Admission,
    request_id: str,
    budget: WaitBudget,
    client: ClientConnection,
) -> flask.Response | ApiError:
    assert _runner is not None, "the chat's process builds a runner"  # noqa: S101 - for mypy
    assert _hints is not None, "and makes hints"  # noqa: S101 - for mypy
    pieces = _runner.answer(
        wanted.chat,
        whole=not wanted.stream,
        request_id=request_id,
        hierarchy=entry.hierarchy,
        budget=budget,
        has_disconnected=client.has_disconnected,
        settle=entry.settle,
    )
    first = next(pieces)
    if isinstance(first, Refusal):
        pieces.close()
        is_late = first.reason is RefusalReason.DEADLINE_EXCEEDED
        error = refused(_nexus, entry.caller, first, is_paid=entry.is_counted)
        return (shutting_down(_nexus) if is_late else None) or error
    if isinstance(first, Abandoned):
        pieces.close()
        gone(_nexus, entry.caller)
        return client_closed_request()
    assert isinstance(first, AnswerStarted), "an answer begins by saying whose it is"  # noqa: S101
    writer = Writer(request_id, _nexus.clock.now(), first, _hints.of, wanted.include_usage)
    if wanted.stream:
        return flask.Response(
            _events(pieces, writer),
            content_type="text/event-stream; charset=utf-8",
            # A proxy that gathers or rewrites a stream would take its point away.
            headers={"Cache-Control": "no-store, no-transform", "X-Accel-Buffering": "no"},
        )
    texts: list[str] = []
    for piece in pieces:
        match piece:
            case Text(text=text):
                texts.append(text)
            case End():
                return json_response(writer.completion("".join(texts), piece))
            case _:
                break
    raise AssertionError("an answer that is wanted whole is committed to by its end")


def _events(pieces: Generator[Piece, None, None], writer: Writer) -> Generator[bytes, None, None]:
    """Yields the stream's events. To close it early, as when the reader has gone, ends the call.

    The stream stays open after its last event until the status object has been written.
    """
    try:
        yield from _pieces(pieces, writer)
    finally:
        if _nexus.status is not None:
            _nexus.status.settle()


def _pieces(pieces: Generator[Piece, None, None], writer: Writer) -> Generator[bytes, None, None]:
    error = internal_error()
    try:
        yield writer.opening()
        for piece in pieces:
            match piece:
                case Text(text=text):
                    yield writer.text(text)
                case AnswerStarted():
                    writer = replace(writer, answering=piece)
                    yield writer.resuming()
                case End():
                    yield writer.closing(piece)
                    return
                case Abandoned():
                    return
                case Interrupted(is_overdue=is_overdue):
                    error = deadline_exceeded() if is_overdue else answer_interrupted()
    except Exception as bug:  # noqa: BLE001 - the reader must hear that it is not the whole answer
        log_bug(_nexus, bug)
    finally:
        pieces.close()
    yield sse(error.body(_nexus.clock.now(), writer.request_id))


def _check_availability(request: flask.Request, _request_id: str) -> flask.Response | ApiError:
    if request.method not in ("GET", "HEAD"):
        return method_not_allowed("GET, HEAD, OPTIONS")
    accepted = request.accept_mimetypes
    wants_stream = accepted["text/event-stream"] > accepted["application/json"]
    if wants_stream and request.method == "GET" and _watcher is not None:
        from nexus.http.status_stream import status_stream  # noqa: PLC0415 - not for the chat

        return status_stream(_nexus, _watcher, request)
    budget = WaitBudget(_nexus.clock, AVAILABILITY_WAIT_SECONDS)
    windows = _nexus.limits.refreshed(_nexus.windows.snapshot(budget), budget)
    now = _nexus.clock.now()
    line = None if _nexus.line is None else _nexus.line.known(windows, budget)
    state = availability(_nexus.settings.fallback.hierarchy, windows, now)
    state = for_newcomers(state, line, now)
    response = json_response(availability_report(state, now))
    response.headers["ETag"] = availability_etag(state)
    response.vary.add("Accept")
    response.headers["Cache-Control"] = f"public, max-age={_AVAILABILITY_MAX_AGE_SECONDS}"
    if "If-None-Match" in request.headers:
        response.make_conditional(request)
    return response
