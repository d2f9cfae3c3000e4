"""Connections that notice a response that begins while the request is still being sent.

A server that refuses a large body responds without reading it, and closes the connection. A client
that sends everything before it reads is cut off while it sends. asyncio's transports drop what has
come in when a write fails, so the response would be lost; a plain socket can still read it.
"""

import asyncio
import socket
from collections.abc import Iterable
from typing import Any

import httpcore2


class EarlyResponseStream(httpcore2.AsyncNetworkStream):
    """Stops sending as soon as there is something to read.

    It raises `WriteError`, on which httpcore goes on to read the response.
    """

    def __init__(self, connection: socket.socket) -> None:
        self._connection = connection

    async def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        """Return the next bytes, none at the end."""
        try:
            return await asyncio.get_running_loop().sock_recv(self._connection, max_bytes)
        except OSError as error:
            raise httpcore2.ReadError(error) from error

    async def write(self, buffer: bytes, timeout: float | None = None) -> None:
        """Send all of it, unless the other side has begun to respond or is gone."""
        left = memoryview(buffer)
        while left:
            try:
                if self._has_input():
                    raise httpcore2.WriteError("the response has begun")
                left = left[self._connection.send(left) :]
            except BlockingIOError:
                await self._readable_or_writable()
            except OSError as error:
                raise httpcore2.WriteError(error) from error

    def _has_input(self) -> bool:
        try:
            self._connection.recv(1, socket.MSG_PEEK)
        except BlockingIOError:
            return False
        return True  # Also at the end of the input.

    async def _readable_or_writable(self) -> None:
        loop = asyncio.get_running_loop()
        ready = asyncio.Event()
        loop.add_reader(self._connection, ready.set)
        loop.add_writer(self._connection, ready.set)
        try:
            await ready.wait()
        finally:
            loop.remove_reader(self._connection)
            loop.remove_writer(self._connection)

    async def aclose(self) -> None:
        """Close the connection."""
        self._connection.close()


class EarlyResponseBackend(httpcore2.AsyncNetworkBackend):
    """Opens TCP connections as `EarlyResponseStream`."""

    async def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore2.AsyncNetworkStream:
        """Connect to a function, which is on this machine."""
        connection = socket.socket()
        connection.setblocking(False)
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        try:
            await asyncio.get_running_loop().sock_connect(connection, (host, port))
        except OSError as error:
            connection.close()
            raise httpcore2.ConnectError(error) from error
        except asyncio.CancelledError:
            connection.close()
            raise
        return EarlyResponseStream(connection)
