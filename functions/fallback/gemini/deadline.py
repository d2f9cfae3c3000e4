"""Sockets that keep a wall-clock deadline, down to each read.

The time-out of a plain socket counts from one byte to the next, so a server that drips holds a
call for ever. Here each connect, write and read gets what is left of the call's deadline.
"""

from __future__ import annotations

import contextlib
import math
import socket
import ssl
import time
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from fallback.cancellation import Cancellation

if TYPE_CHECKING:
    from _typeshed import ReadableBuffer

CONNECT_SECONDS = 5.0
"""For each address of a host, so that a dead one leaves time for the next."""

_LOOK_SECONDS = 0.5
"""How often a wait looks at the limit of the call."""


class Deadline:
    """When one call must be over.

    Attributes:
        instant: As `time.monotonic` tells it; the call's own thread moves it.
        late_at: When the present wait is late; the call's own thread moves it, too.
    """

    def __init__(
        self,
        instant: float,
        limit: Callable[[], float | None] = lambda: None,
        cancellation: Cancellation | None = None,
        on_late: Callable[[], float] = lambda: math.inf,
    ) -> None:
        """Sets the limits.

        Args:
            instant: See the attribute.
            limit: Seconds left for another reason, or None; asked again during each wait.
            cancellation: Ends the call from another thread.
            on_late: Told when a wait is late; says after how many seconds to tell it again.
        """
        self.instant = instant
        self.late_at = math.inf
        self._limit = limit
        self._cancellation = cancellation or Cancellation()
        self._on_late = on_late

    def seconds_left(self) -> float:
        """What is left, above 0.

        Raises:
            TimeoutError: Nothing is left, or the call is cancelled.
        """
        left = self.instant - time.monotonic()
        limit = self._limit()
        if limit is not None and limit < left:
            left = limit
        if left <= 0 or self._cancellation.is_cancelled:
            raise TimeoutError("the deadline has come")
        return left

    def wait_seconds(self) -> float:
        """How long to wait before this has to be asked again, above 0.

        Raises:
            TimeoutError: Nothing is left, or the call is cancelled.
        """
        now = time.monotonic()
        if now >= self.late_at:
            self.late_at = now + self._on_late()
        return min(self.seconds_left(), _LOOK_SECONDS, self.late_at - now)

    def guard(self, connection: DeadlineSocket) -> None:
        """Makes a connection keep this deadline, and a cancellation end it."""
        connection.deadline = self
        self._cancellation.on_cancel(lambda: _shut_down(connection))

    def release(self) -> None:
        """Leaves the connection to the next call."""
        self._cancellation.on_cancel(None)


class DeadlineSocket(socket.socket):
    """A TCP socket that keeps the deadline of the call that uses it."""

    deadline: Deadline

    def recv_into(self, *args: Any, **options: Any) -> int:
        """Reads once, before the deadline."""
        return self._before_deadline(super().recv_into, *args, **options)

    def sendall(self, data: ReadableBuffer, flags: int = 0, /) -> None:
        """Writes all, before the deadline."""
        rest = memoryview(data)
        while rest:
            rest = rest[self._before_deadline(super().send, rest, flags) :]

    def _before_deadline(self, call: Callable[..., int], *args: Any, **options: Any) -> int:
        while True:
            wait = self.deadline.wait_seconds()
            if self.gettimeout() != wait:  # Each change is a system call.
                self.settimeout(wait)
            try:
                return call(*args, **options)
            except TimeoutError:
                continue


class DeadlineTlsSocket(DeadlineSocket, ssl.SSLSocket):
    """The same over TLS; `ssl.SSLContext.sslsocket_class` makes a context use it."""


def connect(host: str, port: int, deadline: Deadline) -> DeadlineSocket:
    """A connection to the first address of a host that takes one in time.

    Raises:
        OSError: None did; TimeoutError if the deadline was the reason.
    """
    failure: OSError = OSError("the host has no address")
    for family, kind, protocol, _, address in socket.getaddrinfo(
        host, port, type=socket.SOCK_STREAM
    ):
        wait = min(deadline.seconds_left(), CONNECT_SECONDS)
        connection = DeadlineSocket(family, kind, protocol)
        try:
            connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            connection.settimeout(wait)
            deadline.guard(connection)
            connection.connect(address)
        except OSError as error:
            connection.close()
            failure = error
        else:
            return connection
    raise failure


def start_tls(connection: DeadlineSocket, context: ssl.SSLContext, host: str) -> DeadlineSocket:
    """Takes a connection over, and does the handshake.

    Raises:
        OSError: No handshake, or a certificate that is not trusted; the connection is closed.
    """
    deadline = connection.deadline
    try:
        tls = context.wrap_socket(connection, server_hostname=host, do_handshake_on_connect=False)
    except BaseException:
        connection.close()
        raise
    assert isinstance(tls, DeadlineTlsSocket), "the context makes them"  # noqa: S101 - for mypy
    try:
        deadline.guard(tls)
        tls.settimeout(min(deadline.seconds_left(), CONNECT_SECONDS))
        tls.do_handshake()
    except BaseException:
        tls.close()
        raise
    return tls


def _shut_down(connection: DeadlineSocket) -> None:
    """Ends both directions, which wakes whatever thread waits for one."""
    with contextlib.suppress(OSError):  # It may not be connected, or be closed already.
        socket.socket.shutdown(connection, socket.SHUT_RDWR)  # Not TLS's, which would write.
