"""Connections that notice a response that begins while the request is still being sent.

A server that refuses a large body responds without reading it, and closes the connection. A client
that sends everything before it reads is cut off while it sends. asyncio's transports drop what has
come in when a write fails, so the response would be lost; a plain socket can still read it.
"""

import asyncio
import socket
from collections.abc import AsyncIterator, Iterable, Mapping
from contextlib import suppress
from typing import Any

import anyio
import httpcore2
from anyio.streams.memory import MemoryObjectReceiveStream


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

    async def readable(self) -> None:
        """Wait until the other side has begun to respond or is gone."""
        loop = asyncio.get_running_loop()
        ready = asyncio.Event()
        loop.add_reader(self._connection, ready.set)
        try:
            await ready.wait()
        finally:
            loop.remove_reader(self._connection)

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


class RequestBody:
    """A body to send that may stop coming: it ends as soon as the response begins."""

    def __init__(self, chunks: MemoryObjectReceiveStream[bytes]) -> None:
        self._chunks = chunks
        self._connection: EarlyResponseStream | None = None

    async def trace(self, event: str, info: Mapping[str, Any]) -> None:
        """Learn the connection; give it to httpcore as the request's extension `trace`."""
        if event == "connection.connect_tcp.complete":
            self._connection = info["return_value"]

    async def chunks(self) -> AsyncIterator[bytes]:
        """Yield what comes; raise `WriteError` if the response has begun, as `write` does."""
        while (chunk := await self._next()) is not None:
            yield chunk

    async def _next(self) -> bytes | None:
        has_response = False

        async def watch(connection: EarlyResponseStream, receiving: anyio.CancelScope) -> None:
            nonlocal has_response
            await connection.readable()
            has_response = True
            receiving.cancel()

        chunk = None
        async with anyio.create_task_group() as group:
            if self._connection is not None:
                group.start_soon(watch, self._connection, group.cancel_scope)
            with suppress(anyio.EndOfStream):
                chunk = await self._chunks.receive()
            group.cancel_scope.cancel()
        if has_response:
            raise httpcore2.WriteError("the response has begun")
        return chunk


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
