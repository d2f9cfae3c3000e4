"""Tells whether the client of a request is still connected."""

from __future__ import annotations

import socket
import time

import flask

_LOOK_SECONDS = 0.2
"""A look is a system call. A wait for Gemini asks twice a second, a stream for each chunk."""


class ClientConnection:
    """The client of one request. For the request's own thread only."""

    def __init__(self, request: flask.Request) -> None:
        """Takes the connection from the request; does not look at it yet."""
        # gunicorn's. A development server gives none: its clients never seem to leave.
        self._connection: socket.socket | None = request.environ.get("gunicorn.socket")
        self._has_disconnected = False
        self._next_look = 0.0

    def has_disconnected(self) -> bool:
        """Whether the client has closed its side of the connection.

        A client that has only finished sending looks the same, and counts as gone. One that has
        begun to send its next request is still there.
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
