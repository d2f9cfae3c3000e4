"""Writes HTTP responses, whole or chunked, and breaks them in the ways that networks do."""

import contextlib
import json
import os
import socket
import struct
import threading
from collections.abc import Mapping
from http.server import BaseHTTPRequestHandler
from typing import Any

JSON_TYPE = "application/json; charset=UTF-8"
SSE_TYPE = "text/event-stream"
_RESET_ON_CLOSE = struct.pack("ii", 1, 0)  # SO_LINGER: on, for 0 seconds.


class ClientGoneError(Exception):
    """The client has closed the connection, or the emulator stops."""


class Wire:
    """The connection on which one request is answered."""

    def __init__(self, handler: BaseHTTPRequestHandler, stopping: threading.Event) -> None:
        """Write through `handler`, and give up waiting once `stopping` is set."""
        self._handler = handler
        self._stopping = stopping
        self._is_array = False
        self._before_item = b"["

    def send(
        self,
        body: bytes,
        *,
        status: int = 200,
        content_type: str = JSON_TYPE,
        headers: Mapping[str, str] | None = None,
        length: int | None = None,
    ) -> None:
        """Send a response at once; a `length` above that of the body leaves it incomplete."""
        fields = {"Content-Length": str(len(body) if length is None else length)}
        self._send_head(status, {"Content-Type": content_type, **(headers or {}), **fields})
        self._handler.wfile.write(body)

    def send_json(
        self, value: Any, *, status: int = 200, headers: Mapping[str, str] | None = None
    ) -> None:
        """Send a JSON value as Gemini does, indented by two."""
        self.send(pretty(value), status=status, headers=headers)

    def open(self, content_type: str = SSE_TYPE, headers: Mapping[str, str] | None = None) -> None:
        """Send the headers of a 200 whose body comes in chunks.

        Its events are server-sent events or, in JSON, the items of one array.
        """
        self._is_array = content_type == JSON_TYPE
        fields = {"Content-Type": content_type, "Transfer-Encoding": "chunked"}
        self._send_head(200, {**fields, **(headers or {})})

    def write(self, data: bytes) -> None:
        """Send one chunk."""
        self._handler.wfile.write(b"%x\r\n%s\r\n" % (len(data), data))

    def write_event(self, value: Any) -> None:
        """Send one event in a chunk of its own."""
        self.write(self._event(value))

    def write_half(self, value: Any) -> None:
        """Announce an event and send only the first half of it."""
        data = self._event(value)
        self._handler.wfile.write(b"%x\r\n%s" % (len(data), data[: len(data) // 2]))

    def end(self) -> None:
        """End the chunked body."""
        if self._is_array:
            self.write(b"[]" if self._before_item == b"[" else b"]")
        self._handler.wfile.write(b"0\r\n\r\n")

    def close(self) -> None:
        """Have the connection closed after this response, complete or not."""
        self._handler.close_connection = True

    def reset(self) -> None:
        """Send RST now."""
        self.close()
        connection = self._handler.connection
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _RESET_ON_CLOSE)
        # detach, because close() waits for the files made of the socket, and shutdown() sends FIN.
        with contextlib.suppress(OSError):
            os.close(connection.detach())

    def wait(self, seconds: float | None = None) -> None:
        """Let time pass, without an argument for ever; raise once the client has gone."""
        if seconds == 0:
            return
        connection = self._handler.connection
        connection.settimeout(seconds)
        try:
            # The stop of the emulator shuts the connection down, which ends this as well.
            gone = not connection.recv(1, socket.MSG_PEEK)
        except TimeoutError:
            return
        finally:
            connection.settimeout(None)
        # Bytes of a next request hide whether the client is there: the event alone is left.
        if gone or self._stopping.wait(seconds):
            raise ClientGoneError

    def _event(self, value: Any) -> bytes:
        if not self._is_array:
            return sse(value)
        before, self._before_item = self._before_item, b",\r\n"
        return before + pretty(value)

    def _send_head(self, status: int, headers: Mapping[str, str]) -> None:
        self._handler.send_response(status)
        for name, value in headers.items():
            self._handler.send_header(name, value)
        self._handler.end_headers()


def pretty(value: Any) -> bytes:
    """Return JSON over several lines."""
    return (json.dumps(value, indent=2, ensure_ascii=False) + "\n").encode()


def sse(value: Any) -> bytes:
    """Return a server-sent event, ended as Gemini ends it."""
    return f"data: {json.dumps(value, ensure_ascii=False)}\r\n\r\n".encode()
