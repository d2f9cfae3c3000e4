"""Sockets that keep a wall-clock deadline, down to each read.

A time-out of a socket counts from one byte to the next, so a server that drips holds a call for
ever. Here every connect, write and read gets what is left until an instant, which belongs to the
thread: each call is made and read by one thread, on whatever connection it finds free.
"""

from __future__ import annotations

import contextlib
import socket
import ssl
import threading
import time
from collections.abc import Callable, Iterator
from typing import Any

CONNECT_SECONDS = 5.0
"""For one address of a host: a dead one must leave time for the next."""


_LOOK_SECONDS = 0.5
"""How often a read that waits looks whether there is a limit by now."""


class _Deadline(threading.local):
    instant: float | None = None
    limit: Callable[[], float | None] | None = None


_deadline = _Deadline()


@contextlib.contextmanager
def until(instant: float, limit: Callable[[], float | None] | None = None) -> Iterator[None]:
    """Within this block, what this thread sends and receives ends at `instant`.

    Args:
        instant: As `time.monotonic` tells it.
        limit: Seconds left for all calls, where such a limit has come up; None before it.
    """
    _deadline.instant, _deadline.limit = instant, limit
    try:
        yield
    finally:
        _deadline.instant = _deadline.limit = None


def seconds_left() -> float | None:
    """What is left of this thread's deadline; None where it has none.

    Raises:
        TimeoutError: Nothing is left.
    """
    left = None if _deadline.instant is None else _deadline.instant - time.monotonic()
    limit = None if _deadline.limit is None else _deadline.limit()
    if limit is not None:
        left = limit if left is None else min(left, limit)
    if left is not None and left <= 0:
        raise TimeoutError("the deadline has come")
    return left


def _read(connection: socket.socket, read: Callable[[], int]) -> int:
    """Reads once, as soon as there is something; whether there still is time is looked at anew."""
    while True:
        left = seconds_left()
        wait = _LOOK_SECONDS if left is None else min(left, _LOOK_SECONDS)
        if connection.gettimeout() != wait:  # Each change is a call of the system.
            connection.settimeout(wait)
        try:
            return read()
        except TimeoutError:
            continue


class DeadlineSocket(socket.socket):
    """A TCP socket."""

    def recv_into(self, *args: Any, **options: Any) -> int:
        """Reads once, before the deadline."""
        receive = super().recv_into
        return _read(self, lambda: receive(*args, **options))

    def sendall(self, *args: Any, **options: Any) -> None:
        """Writes all, before the deadline."""
        self.settimeout(seconds_left())
        super().sendall(*args, **options)


class DeadlineTlsSocket(ssl.SSLSocket):
    """A TLS socket; `ssl.SSLContext.sslsocket_class` makes a context use it."""

    def recv_into(self, *args: Any, **options: Any) -> int:
        """Reads once, before the deadline."""
        receive = super().recv_into
        return _read(self, lambda: receive(*args, **options))

    def sendall(self, *args: Any, **options: Any) -> None:
        """Writes all, before the deadline."""
        self.settimeout(seconds_left())
        super().sendall(*args, **options)


def connected(host: str, port: int) -> DeadlineSocket:
    """A connection to the first address of a host that takes one in time.

    Raises:
        OSError: None did; TimeoutError where the deadline was the reason.
    """
    failure: OSError = OSError("the host has no address")
    for family, kind, protocol, _, address in socket.getaddrinfo(
        host, port, type=socket.SOCK_STREAM
    ):
        left = seconds_left()
        connection = DeadlineSocket(family, kind, protocol)
        try:
            connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            connection.settimeout(CONNECT_SECONDS if left is None else min(left, CONNECT_SECONDS))
            connection.connect(address)
        except OSError as error:
            connection.close()
            failure = error
        else:
            return connection
    raise failure
