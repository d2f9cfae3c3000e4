"""HTTP/1.1 connections that are kept, on sockets that keep a deadline.

http.client reads the heads of replies, and chunked_body.py their bodies.
"""

from __future__ import annotations

import contextlib
import functools
import select
import socket
import ssl
import time
from collections import defaultdict, deque
from collections.abc import Iterator, Mapping
from http.client import HTTPException, IncompleteRead
from urllib.parse import SplitResult, urlsplit

from fallback.gemini.chunked_body import ChunkedBody
from fallback.gemini.deadline_socket import DeadlineTlsSocket, connected
from fallback.gemini.final_response import FinalResponse

_READ_BYTES = 65536
_MOST_ERROR_BYTES = 1_048_576
_KEPT_SECONDS = 60.0

_Place = tuple[str, str]
_Kept = deque[tuple[socket.socket, float]]


class Connections:
    """Sends requests of many threads, each under the deadline that its thread has set."""

    def __init__(self) -> None:
        """Opens nothing before the first request."""
        # Threads bound their number. A deque's ends are safe for many threads.
        self._kept: dict[_Place, _Kept] = defaultdict(deque)

    def prepare(self, url: str) -> None:
        """Does what can be done before the first request: reads the certificates that are trusted.

        That takes tens of milliseconds, and survives a fork.
        """
        if urlsplit(url).scheme == "https":
            _ = self._tls

    def send(self, method: str, url: str, headers: Mapping[str, str], body: bytes) -> Reply:
        """Sends one request, and reads the head of its reply.

        Args:
            method: Of HTTP.
            url: With http or https.
            headers: Beside Host and Content-Length.
            body: All of it.

        Raises:
            TimeoutError: The deadline has come.
            OSError: Not connected, or not any more.
            HTTPException: What came was not HTTP.
        """
        parts = urlsplit(url)
        place = (parts.scheme, parts.netloc)
        connection = self._take(place) or self._open(parts)
        try:
            connection.sendall(_request(method, parts, headers, body))
            response = FinalResponse(connection, method=method)
            response.begin()
        except BaseException:
            connection.close()
            raise
        return Reply(response, connection, self._kept[place])

    def close(self) -> None:
        """Closes all connections that wait."""
        for kept in self._kept.values():
            while kept:
                kept.pop()[0].close()

    def _take(self, place: _Place) -> socket.socket | None:
        """The connection that was used last, as long as its server has not closed it."""
        kept = self._kept[place]
        while True:
            try:
                connection, since = kept.pop()
            except IndexError:
                return None
            if time.monotonic() - since < _KEPT_SECONDS and _is_quiet(connection):
                return connection
            connection.close()

    def _open(self, parts: SplitResult) -> socket.socket:
        host = parts.hostname or ""
        if parts.scheme != "https":
            return connected(host, parts.port or 80)
        connection = connected(host, parts.port or 443)
        try:
            return self._tls.wrap_socket(connection, server_hostname=host)
        except BaseException:
            connection.close()
            raise

    @functools.cached_property
    def _tls(self) -> ssl.SSLContext:
        context = ssl.create_default_context()
        context.set_alpn_protocols(["http/1.1"])
        context.sslsocket_class = DeadlineTlsSocket
        return context


class Reply:
    """A reply whose body is still to come.

    Attributes:
        status: Of HTTP.
    """

    def __init__(self, response: FinalResponse, connection: socket.socket, kept: _Kept) -> None:
        """Takes over the connection, until it is closed."""
        self.status = response.status
        self._response = response
        self._connection = connection
        self._kept = kept
        self._is_reusable = False

    @property
    def headers(self) -> dict[str, str]:
        """Names in any case."""
        return dict(self._response.headers)

    def parts(self) -> Iterator[bytes]:
        """The body, as much at a time as has come.

        Raises:
            TimeoutError: The deadline has come.
            OSError, HTTPException: The body was cut, or is not what HTTP allows.
        """
        return self._chunked() if self._response.chunked else self._plain()

    def read(self) -> bytes:
        """The body of an error: whole, the beginning of a long one, or what came before a cut."""
        body = b""
        with contextlib.suppress(OSError, HTTPException):  # The status says enough.
            for part in self.parts():
                body += part
                if len(body) >= _MOST_ERROR_BYTES:
                    break
        return body

    def close(self) -> None:
        """Keeps the connection if the body was read to its end, and ends it if not."""
        self._response.close()
        if not self._is_reusable:
            self._connection.close()
            return
        self._is_reusable = False
        self._kept.append((self._connection, time.monotonic()))

    def _plain(self) -> Iterator[bytes]:
        while part := self._response.read1(_READ_BYTES):
            yield part
        if self._response.length:
            raise IncompleteRead(b"", self._response.length)
        self._is_reusable = not self._response.will_close

    def _chunked(self) -> Iterator[bytes]:
        read = self._response.fp.read1
        body = ChunkedBody()
        while not body.is_over:
            received = read(_READ_BYTES)
            if not received:
                raise IncompleteRead(b"")
            if data := body.take(received):
                yield data
        # Fields after the last chunk are not read: such a connection is not kept.
        self._is_reusable = body.rest == b"\r\n" and not self._response.will_close


def _request(method: str, parts: SplitResult, headers: Mapping[str, str], body: bytes) -> bytes:
    """A request as it is sent: in one piece, so that it goes out as one."""
    target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    lines = [f"{method} {target} HTTP/1.1", f"Host: {parts.netloc}"]
    lines += [f"{name}: {value}" for name, value in headers.items()]
    lines += [f"Content-Length: {len(body)}", "", ""]
    return "\r\n".join(lines).encode("latin-1") + body


def _is_quiet(connection: socket.socket) -> bool:
    """Whether nothing has come since the last reply; the end of the connection would have."""
    poll = select.poll()
    poll.register(connection, select.POLLIN)
    return not poll.poll(0)
