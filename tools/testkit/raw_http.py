"""HTTP by hand, for clients that no library would be."""

from __future__ import annotations

import socket

from tools.testkit.serving import ServedFunction


def connect(function: ServedFunction, receive_bytes: int | None = None) -> socket.socket:
    """A connection to a function; with a small buffer, a reader that stops is soon noticed."""
    connection = socket.socket()
    if receive_bytes is not None:
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, receive_bytes)
    connection.settimeout(30)
    try:
        connection.connect(("127.0.0.1", function.port))
    except OSError:
        connection.close()
        raise
    return connection


def head(*lines: str, length: int | None = None, target: str = "/") -> bytes:
    """A request's head: POST of JSON, and whatever else is said."""
    first = [f"POST {target} HTTP/1.1", "Host: x", "Content-Type: application/json"]
    last = [] if length is None else [f"Content-Length: {length}"]
    return "\r\n".join([*first, *lines, *last, "", ""]).encode()


def read_all(connection: socket.socket) -> bytes:
    """Everything until the other side ends or breaks the connection."""
    received = b""
    try:
        while more := connection.recv(65536):
            received += more
    except ConnectionError:
        pass
    return received
