"""Passes a request to one function and its response back, byte for byte as they come."""

import json
import sys
from collections.abc import Iterable
from typing import Any

import anyio
import anyio.abc
import httpcore2
from anyio.streams.memory import MemoryObjectReceiveStream, MemoryObjectSendStream
from starlette.types import Receive, Scope, Send

from tools.serving.early_response import EarlyResponseBackend, RequestBody

Header = tuple[bytes, bytes]

# RFC 9110, 7.6.1: they concern one connection. Expect is answered by the gateway's own server.
HOP_BY_HOP = {
    *(b"connection", b"keep-alive", b"proxy-connection", b"proxy-authenticate"),
    *(b"proxy-authorization", b"te", b"trailer", b"transfer-encoding", b"upgrade", b"expect"),
}
FORWARDED = {b"x-forwarded-for", b"x-forwarded-proto"}

# How long to read the rest of a refused body: a client that is cut off while it sends may never
# see the refusal.
DRAIN_SECONDS = 20.0

FAILURES = (httpcore2.NetworkError, httpcore2.ProtocolError, httpcore2.TimeoutException)


def connections() -> httpcore2.AsyncConnectionPool:
    """Make connections to functions: as many as needed, each for one request.

    The function may close a kept connection just as the next request goes out, and a POST must not
    be sent twice. There is no timeout: the functions have their own deadlines.
    """
    return httpcore2.AsyncConnectionPool(
        max_connections=None,
        max_keepalive_connections=0,
        network_backend=EarlyResponseBackend(),
    )


class Proxy:
    """An ASGI application in front of one function.

    Attributes:
        prefix: the path at which the function is seen from outside; it is not passed on.
    """

    def __init__(self, prefix: str, port: int, pool: httpcore2.AsyncConnectionPool) -> None:
        self.prefix = prefix
        self._prefix = prefix.encode()
        self._port = port
        self._pool = pool

    def serves(self, raw_path: bytes) -> bool:
        """Whether a request for this path is the function's."""
        return raw_path == self._prefix or raw_path.startswith(self._prefix + b"/")

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Relay one request; if the client disconnects, the request to the function ends too."""
        sender, body = anyio.create_memory_object_stream[bytes](0)
        received = anyio.Event()
        async with sender, body, anyio.create_task_group() as group:
            group.start_soon(_read_client, receive, sender, received, group.cancel_scope)
            await self._relay(scope, body, received, send)
            group.cancel_scope.cancel()

    async def _relay(
        self,
        scope: Scope,
        body: MemoryObjectReceiveStream[bytes],
        received: anyio.Event,
        send: Send,
    ) -> None:
        started = False
        content = RequestBody(body)
        try:
            async with self._pool.stream(
                scope["method"],
                httpcore2.URL(
                    scheme=b"http", host=b"127.0.0.1", port=self._port, target=self._target(scope)
                ),
                headers=request_headers(scope),
                content=content.chunks() if _has_body(scope["headers"]) else None,
                extensions={"trace": content.trace},
            ) as reply:
                body.close()
                started = True
                headers = _end_to_end(reply.headers, without={b"date"})  # The server adds its own.
                await send(
                    {"type": "http.response.start", "status": reply.status, "headers": headers}
                )
                async for chunk in reply.aiter_stream():
                    await send({"type": "http.response.body", "body": chunk, "more_body": True})
            with anyio.move_on_after(DRAIN_SECONDS):
                await received.wait()
            await send({"type": "http.response.body"})
        except FAILURES as failure:
            print(f"gateway: {self.prefix}: {failure!r}", file=sys.stderr)
            if not started:
                await _bad_gateway(self.prefix, send)
            # Else the response stays unfinished: the server cuts it, so it does not look complete.

    def _target(self, scope: Scope) -> bytes:
        path = scope["raw_path"][len(self._prefix) :] or b"/"
        query = scope["query_string"]
        return path + b"?" + query if query else bytes(path)


def request_headers(scope: Scope) -> list[Header]:
    """Return the client's end-to-end headers, and those that say where the request came from."""
    came_from = [value for name, value in scope["headers"] if name == b"x-forwarded-for"]
    client = scope["client"][0].encode() if scope["client"] else b"unknown"
    return [
        *_end_to_end(scope["headers"], without=FORWARDED),
        (b"x-forwarded-for", b", ".join([*came_from, client])),
        (b"x-forwarded-proto", scope["scheme"].encode()),
        (b"connection", b"close"),
    ]


def _end_to_end(headers: Iterable[Header], *, without: set[bytes]) -> list[Header]:
    lowered = [(name.lower(), value) for name, value in headers]
    listed = {
        option.strip().lower()
        for name, value in lowered
        if name == b"connection"
        for option in value.split(b",")
    }
    dropped = HOP_BY_HOP | listed | without
    return [(name, value) for name, value in lowered if name not in dropped]


def _has_body(headers: Iterable[Header]) -> bool:
    return any(name in {b"content-length", b"transfer-encoding"} for name, _ in headers)


async def _read_client(
    receive: Receive,
    body: MemoryObjectSendStream[bytes],
    received: anyio.Event,
    relaying: anyio.CancelScope,
) -> None:
    """Pass the body on as it comes, then wait until the client disconnects."""
    while True:
        message: dict[str, Any] = dict(await receive())
        if message["type"] == "http.disconnect":
            relaying.cancel()
            return
        try:
            if chunk := message.get("body"):
                await body.send(chunk)
        except anyio.BrokenResourceError:
            pass  # The function has responded early: the rest is read and dropped.
        if not message.get("more_body"):
            body.close()
            received.set()


async def _bad_gateway(prefix: str, send: Send) -> None:
    error = {
        "message": f"The function behind {prefix} does not answer.",
        "type": "server_error",
        "code": "bad_gateway",
        "param": None,
    }
    body = json.dumps({"error": error}).encode()
    headers = [
        (b"content-type", b"application/json"),
        (b"content-length", str(len(body)).encode()),
        (b"cache-control", b"no-store"),
    ]
    await send({"type": "http.response.start", "status": 502, "headers": headers})
    await send({"type": "http.response.body", "body": body})
