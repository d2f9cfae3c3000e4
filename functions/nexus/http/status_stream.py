"""The state of the service as server-sent events: at once, and then whenever it changes.

The format is that of https://html.spec.whatwg.org/multipage/server-sent-events.html.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Generator

import flask

from nexus.bootstrap import Nexus
from nexus.http.client_connection import ClientConnection
from nexus.status.ports import Status
from nexus.status.watcher import StatusWatcher

_LIFE_SECONDS = 300.0
"""A stream ends after so long at most, and its reader comes back, perhaps to another instance."""
_LIFE_SPREAD = 0.2
"""Readers that came together do not come back together."""
_HEARTBEAT_SECONDS = 10.0
_RETRY = b"retry: 2000\n\n"
_HEARTBEAT = b": nothing new\n\n"


def status_stream(nexus: Nexus, watcher: StatusWatcher, request: flask.Request) -> flask.Response:
    """Returns the stream; 204 if too many are open, after which an EventSource does not return."""
    if not watcher.join():
        return flask.Response(status=204)
    life_seconds = _LIFE_SECONDS * (1 - _LIFE_SPREAD * random.random())  # noqa: S311 - a spread
    events = status_events(
        watcher,
        seen=request.headers.get("Last-Event-ID"),
        ends_at=nexus.clock.monotonic() + life_seconds,
        monotonic=nexus.clock.monotonic,
        is_over=lambda: nexus.shutdown.seconds_left() is not None,
        has_disconnected=ClientConnection(request).has_disconnected,
    )
    response = flask.Response(
        events,
        content_type="text/event-stream; charset=utf-8",
        headers={"Cache-Control": "no-store, no-transform", "X-Accel-Buffering": "no"},
    )
    response.call_on_close(watcher.leave)  # Also if nothing of it was read.
    return response


def status_events(
    watcher: StatusWatcher,
    *,
    seen: str | None,
    ends_at: float,
    monotonic: Callable[[], float],
    is_over: Callable[[], bool],
    has_disconnected: Callable[[], bool],
) -> Generator[bytes, None, None]:
    """Yields one event for each state, and a heartbeat while there is none.

    Args:
        watcher: Which the caller has joined.
        seen: The version that the reader knows already.
        ends_at: The monotonic instant at which the stream ends.
        monotonic: That clock, in seconds.
        is_over: Whether the process ends.
        has_disconnected: Whether the reader has left.
    """
    yield _RETRY
    while (left := ends_at - monotonic()) > 0:
        status = watcher.wait(seen, min(left, _HEARTBEAT_SECONDS))
        if is_over() or has_disconnected():
            return
        if status is None:
            yield _HEARTBEAT
        else:
            seen = status.version
            yield _event(status)


def _event(status: Status) -> bytes:
    return b"id: %s\ndata: %s\n\n" % (status.version.encode(), status.body)
