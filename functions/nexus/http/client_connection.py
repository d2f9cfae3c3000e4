"""Whoever waits for a reply: whether anybody still does."""

from __future__ import annotations

import socket
import time

import flask

_LOOK_SECONDS = 0.2
"""A look costs a call of the system; a wait for Gemini asks twice a second, a stream often."""


class ClientConnection:
    """The client of one request, as far as its connection tells. For the request's own thread."""

    def __init__(self, request: flask.Request) -> None:
        """Looks at nothing yet."""
        # Of gunicorn; a development server has none, and its clients never leave.
        self._connection: socket.socket | None = request.environ.get("gunicorn.socket")
        self._has_disconnected = False
        self._next_look = 0.0

    def has_disconnected(self) -> bool:
        """Whether the client has closed its side of the connection.

        A client that only says so that it will send no more looks the same, and is treated so.
        One that has sent the beginning of another request is still there.
        """
        if self._has_disconnected or self._connection is None or time.monotonic() < self._next_look:
            return self._has_disconnected
        self._next_look = time.monotonic() + _LOOK_SECONDS
        try:
            seen = self._connection.recv(1, socket.MSG_PEEK | socket.MSG_DONTWAIT)
        except BlockingIOError:
            return False
        except OSError:
            seen = b""
        self._has_disconnected = not seen
        return self._has_disconnected
