"""An HTTP transport that keeps a wall-clock deadline, down to each read from the socket.

The timeouts of httpx2 count from one byte to the next, so a server that drips holds a call for
ever. Here every connect, write and read gets what is left until an instant. httpcore2 has network
backends for this; httpx2 has no argument to pass one, which is why the transport is spelt out.
"""

from __future__ import annotations

import contextlib
import socket
import ssl
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from typing import Any

import httpcore2
import httpx2

from fallback.adapters.event_lines import plain_events

_LOOK_SECONDS = 0.5
"""How often a read that waits looks whether the process has been told to end."""
_CONNECT_SECONDS = 5.0
"""For one address of a host: a dead one must leave time for the next."""


class DeadlineTransport(httpx2.BaseTransport):
    """Carries requests of many threads, each under the deadline that its thread has set."""

    def __init__(self, seconds_left: Callable[[], float | None] = lambda: None) -> None:
        """Opens no connection before the first request.

        Args:
            seconds_left: A limit over all requests that may come at any moment; None before it.
        """
        self._deadline = _Deadline(seconds_left)
        self._pool = httpcore2.ConnectionPool(
            ssl_context=httpx2.create_ssl_context(),
            # The number of threads bounds the connections; waiting for one would hide it.
            max_connections=None,
            max_keepalive_connections=100,
            keepalive_expiry=60.0,
            network_backend=_DeadlineBackend(self._deadline),
        )

    @contextlib.contextmanager
    def until(self, instant: float) -> Iterator[None]:
        """Within this block, what this thread sends and receives ends at `instant`.

        Args:
            instant: As `time.monotonic` tells it.
        """
        self._deadline.instant = instant
        try:
            yield
        finally:
            self._deadline.instant = None

    def handle_request(self, request: httpx2.Request) -> httpx2.Response:
        """Sends one request.

        Raises:
            httpcore2.TimeoutException: The deadline has come.
            httpcore2.NetworkError: Not connected, or not any more.
            httpcore2.ProtocolError: What came was not HTTP.
        """
        url = request.url
        response = self._pool.handle_request(
            httpcore2.Request(
                method=request.method,
                url=httpcore2.URL(
                    scheme=url.raw_scheme, host=url.raw_host, port=url.port, target=url.raw_path
                ),
                headers=request.headers.raw,
                content=request.stream,
                extensions=request.extensions,
            )
        )
        reply = httpx2.Response(
            status_code=response.status,
            headers=response.headers,
            stream=_ResponseStream(response.stream),
            extensions=response.extensions,
        )
        if reply.headers.get("Content-Type", "").startswith("text/event-stream"):
            reply.stream = _ResponseStream(response.stream, plain_events)
        return reply

    def close(self) -> None:
        """Closes all connections."""
        self._pool.close()


class _ResponseStream(httpx2.SyncByteStream):
    def __init__(
        self, parts: Any, read: Callable[[Iterable[bytes]], Iterable[bytes]] = iter
    ) -> None:
        self._parts = parts
        self._read = read

    def __iter__(self) -> Iterator[bytes]:
        yield from self._read(self._parts)

    def close(self) -> None:
        self._parts.close()


class _Deadline(threading.local):
    instant: float | None = None

    def __init__(self, seconds_left: Callable[[], float | None]) -> None:
        self._seconds_left = seconds_left

    def shorten(self, timeout: float | None, expired: type[Exception]) -> float | None:
        left = None if self.instant is None else self.instant - time.monotonic()
        limits = [limit for limit in (timeout, left, self._seconds_left()) if limit is not None]
        if limits and min(limits) <= 0:
            raise expired("the deadline has come")
        return min(limits) if limits else None


class _DeadlineBackend(httpcore2.NetworkBackend):
    def __init__(self, deadline: _Deadline) -> None:
        self._deadline = deadline
        self._backend = httpcore2.SyncBackend()

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore2.NetworkStream:
        try:
            addresses = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
        except OSError as error:
            raise httpcore2.ConnectError("the host has no address") from error
        failure: Exception = httpcore2.ConnectError("the host has no address")
        for *_, address in addresses:
            left = self._deadline.shorten(timeout, httpcore2.ConnectTimeout)
            seconds = _CONNECT_SECONDS if left is None else min(left, _CONNECT_SECONDS)
            try:
                stream = self._backend.connect_tcp(
                    str(address[0]), port, seconds, local_address, socket_options
                )
            except (httpcore2.ConnectError, httpcore2.ConnectTimeout) as error:
                failure = error
            else:
                return _DeadlineStream(stream, self._deadline)
        raise failure


class _DeadlineStream(httpcore2.NetworkStream):
    def __init__(self, stream: httpcore2.NetworkStream, deadline: _Deadline) -> None:
        self._stream = stream
        self._deadline = deadline

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        ends_at = None if timeout is None else time.monotonic() + timeout
        while True:
            left = None if ends_at is None else ends_at - time.monotonic()
            seconds = self._deadline.shorten(left, httpcore2.ReadTimeout)
            try:
                return self._stream.read(max_bytes, min(_LOOK_SECONDS, seconds or _LOOK_SECONDS))
            except httpcore2.ReadTimeout:
                continue  # Nothing yet: `shorten` says whether there is time for more.

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        self._stream.write(buffer, self._deadline.shorten(timeout, httpcore2.WriteTimeout))

    def start_tls(
        self,
        ssl_context: ssl.SSLContext,
        server_hostname: str | None = None,
        timeout: float | None = None,
    ) -> httpcore2.NetworkStream:
        left = self._deadline.shorten(timeout, httpcore2.ConnectTimeout)
        stream = self._stream.start_tls(ssl_context, server_hostname, left)
        return _DeadlineStream(stream, self._deadline)

    def close(self) -> None:
        self._stream.close()

    def get_extra_info(self, info: str) -> Any:
        return self._stream.get_extra_info(info)
