"""HTTP/1.1 connections that are kept, on sockets that keep a deadline."""

from __future__ import annotations

import contextlib
import functools
import select
import ssl
import time
from collections import defaultdict, deque
from collections.abc import Iterator, Mapping
from http.client import HTTPException, IncompleteRead, RemoteDisconnected
from io import BufferedReader
from urllib.parse import SplitResult, urlsplit

from fallback.gemini.chunked_body import ChunkedBody
from fallback.gemini.content_coding import decoded
from fallback.gemini.deadline import (
    Deadline,
    DeadlineSocket,
    DeadlineTlsSocket,
    connect,
    start_tls,
)
from fallback.gemini.response_head import ResponseHead, read_head
from fallback.proxy import Proxy

_READ_BYTES = 65_536
_MOST_ERROR_BYTES = 1_048_576
_KEPT_SECONDS = 60.0

_Origin = tuple[str, str]
_Kept = deque[tuple[DeadlineSocket, float]]


class Connections:
    """Sends requests of many threads."""

    def __init__(self, proxy: Proxy | None = None) -> None:
        """Opens nothing before the first request."""
        self._proxy = proxy
        # Threads bound their number. A deque's ends are safe for many threads.
        self._kept: dict[_Origin, _Kept] = defaultdict(deque)

    def prepare(self, url: str) -> None:
        """Reads the trusted certificates if an address needs them.

        That takes tens of milliseconds, and survives a fork.
        """
        if urlsplit(url).scheme == "https":
            _ = self._tls

    def post(self, url: str, headers: Mapping[str, str], body: bytes, deadline: Deadline) -> Reply:
        """Sends one request, and reads the head of its reply.

        A server may close a kept connection at any time, also in this moment. If no byte of a reply
        has come, the request goes out once more, on a new connection.

        Args:
            url: With http or https.
            headers: All but Host and Content-Length.
            body: All of it.
            deadline: Also for the reply's body.

        Raises:
            TimeoutError: The deadline has come.
            OSError: Not connected, or not any more.
            HTTPException: What came was not HTTP.
        """
        parts = urlsplit(url)
        request = self._request(parts, headers, body)
        kept = self._kept[parts.scheme, parts.netloc]
        if (connection := _take(kept)) is not None:
            deadline.guard(connection)
            with contextlib.suppress(RemoteDisconnected):
                return _ask(connection, request, kept)
        return _ask(self._open(parts, deadline), request, kept)

    def close(self) -> None:
        """Closes all connections that wait."""
        for kept in self._kept.values():
            while kept:
                kept.pop()[0].close()

    def _open(self, parts: SplitResult, deadline: Deadline) -> DeadlineSocket:
        is_tls = parts.scheme == "https"
        host, port = parts.hostname or "", parts.port or (443 if is_tls else 80)
        if self._proxy is None:
            connection = connect(host, port, deadline)
        else:
            connection = connect(self._proxy.host, self._proxy.port, deadline)
            if is_tls:
                _ask_for_tunnel(connection, self._proxy, f"{parts.hostname}:{port}")
        return start_tls(connection, self._tls, host) if is_tls else connection

    def _request(self, parts: SplitResult, headers: Mapping[str, str], body: bytes) -> bytes:
        """A request as it is sent: in one piece, so that it goes out as one."""
        target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
        if self._proxy is not None and parts.scheme == "http":
            target = f"http://{parts.netloc}{target}"
            headers = {**headers, **self._proxy.headers()}
        return _head("POST", target, parts.netloc, {**headers, "Content-Length": len(body)}) + body

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

    def __init__(
        self,
        head: ResponseHead,
        connection: DeadlineSocket,
        stream: BufferedReader,
        kept: _Kept,
    ) -> None:
        """Takes over the connection, until it is closed."""
        self.status = head.status
        self._head = head
        self._connection = connection
        self._stream = stream
        self._kept = kept
        self._is_reusable = False

    @property
    def headers(self) -> dict[str, str]:
        """Names in any case."""
        return dict(self._head.headers)

    def header(self, name: str) -> str | None:
        """One header, named in any case; None if there is none."""
        return self._head.headers.get(name)

    def parts(self) -> Iterator[bytes]:
        """The body, as much at a time as has come.

        Raises:
            TimeoutError: The deadline has come.
            OSError, HTTPException: The body was cut, or is not what HTTP allows.
        """
        parts = self._chunked() if self._head.is_chunked else self._plain()
        coding = self._head.headers.get("Content-Encoding", "identity").strip().lower()
        return parts if coding == "identity" else decoded(parts, coding)

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
        self._connection.deadline.release()
        self._stream.close()
        if not self._is_reusable:
            self._connection.close()
            return
        self._is_reusable = False
        self._kept.append((self._connection, time.monotonic()))

    def _plain(self) -> Iterator[bytes]:
        left = self._head.length
        while left != 0:
            part = self._stream.read1(_READ_BYTES if left is None else min(left, _READ_BYTES))
            if not part:
                if left is None:
                    return
                raise IncompleteRead(b"", left)
            if left is not None:
                left -= len(part)
            yield part
        self._is_reusable = not self._head.is_last

    def _chunked(self) -> Iterator[bytes]:
        read = self._stream.read1
        body = ChunkedBody()
        while not body.is_over:
            received = read(_READ_BYTES)
            if not received:
                raise IncompleteRead(b"")
            if data := body.take(received):
                yield data
        # Fields after the last chunk are not read: such a connection is not kept.
        self._is_reusable = body.rest == b"\r\n" and not self._head.is_last


def _take(kept: _Kept) -> DeadlineSocket | None:
    """The connection that was used last, if its server has not closed it."""
    while True:
        try:
            connection, since = kept.pop()
        except IndexError:
            return None
        if time.monotonic() - since < _KEPT_SECONDS and _is_quiet(connection):
            return connection
        connection.close()


def _is_quiet(connection: DeadlineSocket) -> bool:
    """Whether nothing has come since the last reply; the end of the connection would have."""
    poll = select.poll()
    poll.register(connection, select.POLLIN)
    return not poll.poll(0)


def _ask(connection: DeadlineSocket, request: bytes, kept: _Kept) -> Reply:
    """Sends a request and reads the head of its reply; closes the connection if that fails.

    Raises:
        RemoteDisconnected: The connection ended before the first byte of a reply.
    """
    stream = connection.makefile("rb")
    try:
        _send(connection, stream, request)
        return Reply(read_head(stream), connection, stream, kept)
    except BaseException:
        connection.deadline.release()
        stream.close()
        connection.close()
        raise


def _send(connection: DeadlineSocket, stream: BufferedReader, request: bytes) -> None:
    """Sends a request, and waits for the first byte of its reply."""
    try:
        connection.sendall(request)
        has_begun = bool(stream.peek(1))
    except TimeoutError:
        raise
    except OSError as error:
        raise RemoteDisconnected("the connection ended before a reply") from error
    if not has_begun:
        raise RemoteDisconnected("the connection ended before a reply")


def _ask_for_tunnel(connection: DeadlineSocket, proxy: Proxy, authority: str) -> None:
    """Has a proxy pass on what follows (RFC 9110, section 9.3.6); closes a refused connection."""
    stream = connection.makefile("rb")
    try:
        _send(connection, stream, _head("CONNECT", authority, authority, proxy.headers()))
        status = read_head(stream).status
        if status != 200:
            raise ConnectionRefusedError(f"the proxy said {status}")
    except BaseException:
        stream.close()
        connection.close()
        raise
    stream.close()


def _head(method: str, target: str, host: str, headers: Mapping[str, object]) -> bytes:
    lines = [f"{method} {target} HTTP/1.1", f"Host: {host}"]
    lines += [f"{name}: {value}" for name, value in headers.items()]
    return "\r\n".join([*lines, "", ""]).encode("latin-1")
