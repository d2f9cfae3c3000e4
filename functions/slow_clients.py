"""Hangs up on clients that take too long, so that none of them can hold a thread for ever.

gunicorn's threads read requests and write replies on blocking sockets, without a limit. One thread
here looks after all connections instead. It shuts a connection down, and whoever is blocked on it
goes on at once: a reader as at the end of what was sent, a writer as with a reader that has left.
"""

from __future__ import annotations

import contextlib
import enum
import socket
import threading
import time

import flask

from fallback.shutdown import Shutdown

_HEAD_SECONDS = 10.0
"""From a connection's beginning, or from the last reply on it, to the end of a request's head."""
_REPLY_MARGIN_SECONDS = 5.0
"""For the last words of an answer that took its whole time."""
_LAST_WORDS_SECONDS = 1.0
_LOOK_SECONDS = 0.25


class _Phase(enum.Enum):
    HEAD = enum.auto()
    BODY = enum.auto()
    REPLY = enum.auto()


class SlowClients:
    """The connections of one process, each with an instant to be done by."""

    def __init__(self, shutdown: Shutdown, *, body_seconds: float, answer_seconds: float) -> None:
        """Starts no thread before the first connection: gunicorn forks after this.

        Args:
            shutdown: When it begins, nobody gets more time than it leaves.
            body_seconds: For a request's body to arrive.
            answer_seconds: For an answer to be found; what is left of it is for reading.
        """
        self._shutdown = shutdown
        self._body_seconds = body_seconds
        self._reply_seconds = answer_seconds + _REPLY_MARGIN_SECONDS
        self._limits: dict[socket.socket, tuple[float, _Phase]] = {}
        self._changed = threading.Condition()
        self._thread: threading.Thread | None = None

    def expect_head(self, connection: socket.socket) -> None:
        """A request may come; its head has to be there soon after it has begun."""
        self._limit(connection, _HEAD_SECONDS, _Phase.HEAD)

    def expect_body(self, request: flask.Request) -> None:
        """A request is there, and its body has to be soon; whoever is late still gets a reply."""
        self._limit(_connection(request), self._body_seconds, _Phase.BODY)

    def expect_reader(self, request: flask.Request) -> None:
        """The body is there; now the reply has to be found and read."""
        self._limit(_connection(request), self._reply_seconds, _Phase.REPLY)

    def expect_next(self, request: flask.Request) -> None:
        """The reply is written; another request may follow on the same connection."""
        connection = _connection(request)
        if connection is not None:
            self.expect_head(connection)

    def _limit(self, connection: socket.socket | None, seconds: float, phase: _Phase) -> None:
        if connection is None:
            return  # Not under gunicorn: a development server.
        with self._changed:
            self._limits[connection] = (time.monotonic() + seconds, phase)
            if self._thread is None:
                self._thread = threading.Thread(
                    target=self._watch, name="slow-clients", daemon=True
                )
                self._thread.start()
            self._changed.notify()

    def _watch(self) -> None:
        while True:
            with self._changed:
                while not self._limits:
                    self._changed.wait()
                self._hang_up(time.monotonic())
            time.sleep(_LOOK_SECONDS)

    def _hang_up(self, now: float) -> None:
        left = self._shutdown.seconds_left()
        latest = float("inf") if left is None else now + left + _LAST_WORDS_SECONDS
        for connection, (instant, phase) in list(self._limits.items()):
            if now < min(instant, latest):
                continue
            if phase is _Phase.HEAD and now < latest and _is_unread(connection):
                continue  # All threads are busy, and none of them with this one.
            del self._limits[connection]
            is_late_body = phase is _Phase.BODY and now < latest
            with contextlib.suppress(OSError):  # It is closed already.
                connection.shutdown(socket.SHUT_RD if is_late_body else socket.SHUT_RDWR)


def _connection(request: flask.Request) -> socket.socket | None:
    connection: socket.socket | None = request.environ.get("gunicorn.socket")
    return connection


def _is_unread(connection: socket.socket) -> bool:
    try:
        return bool(connection.recv(1, socket.MSG_PEEK | socket.MSG_DONTWAIT))
    except OSError:
        return False  # There is nothing, or it is closed.
