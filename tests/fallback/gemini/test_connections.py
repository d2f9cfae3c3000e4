"""Connections are kept where they can be, and replaced where they cannot."""

from __future__ import annotations

import contextlib
import gzip
import itertools
import socket
import struct
import threading
import time
import zlib
from collections.abc import Callable, Iterator
from http.client import HTTPException

import pytest

from fallback.core.answer import End, FinishReason, Text
from fallback.gemini.connections import Connections, Reply
from fallback.gemini.deadline import Deadline
from fallback.proxy import Proxy
from tests.fallback.gemini.wire import END, event, limits, rest_provider
from tests.fallback.gemini.wire import ask as ask_provider

OK = b"HTTP/1.1 200 OK\r\n"
CHUNKED = OK + b"Transfer-Encoding: chunked\r\n\r\n2\r\nok\r\n0\r\n\r\n"
STREAM = OK + b"Transfer-Encoding: chunked\r\n\r\n"
for part in (event("Hello"), END, b""):
    STREAM += b"%x\r\n%s\r\n" % (len(part), part)
Answer = Callable[[socket.socket], None]


class Server:
    """Answers each request; counts connections, and keeps what was asked."""

    def __init__(self, answer: Answer) -> None:
        self._listening = socket.create_server(("127.0.0.1", 0))
        self._answer = answer
        self.url = f"http://127.0.0.1:{self._listening.getsockname()[1]}"
        self.connections = 0
        self.requests: list[bytes] = []
        self.closed = threading.Semaphore(0)
        threading.Thread(target=self._accept, daemon=True).start()

    def _accept(self) -> None:
        while True:
            try:
                connection, _ = self._listening.accept()
            except OSError:
                return
            self.connections += 1
            threading.Thread(target=self._serve, args=(connection,), daemon=True).start()

    def _serve(self, connection: socket.socket) -> None:
        with connection, contextlib.suppress(OSError):  # The client may leave at any time.
            while request := connection.recv(65536):
                self.requests.append(request)
                self._answer(connection)
        self.closed.release()

    def close(self) -> None:
        self._listening.close()


@contextlib.contextmanager
def serving(answer: Answer) -> Iterator[tuple[Server, Connections]]:
    server, connections = Server(answer), Connections()
    try:
        yield server, connections
    finally:
        connections.close()
        server.close()


def soon() -> Deadline:
    return Deadline(time.monotonic() + 60)


def post(
    server: Server, connections: Connections, path: str = "", headers: dict[str, str] | None = None
) -> Reply:
    return connections.post(server.url + path, headers or {}, b"body", soon())


def ask(server: Server, connections: Connections) -> tuple[int, bytes]:
    reply = post(server, connections, "/a?b=c", {"X-Key": "k"})
    try:
        return reply.status, reply.read()
    finally:
        reply.close()


def test_a_request_is_sent_as_it_is_meant() -> None:
    with serving(lambda connection: connection.sendall(CHUNKED)) as (server, connections):
        assert ask(server, connections) == (200, b"ok")

        host = server.url.removeprefix("http://")
        assert server.requests == [
            f"POST /a?b=c HTTP/1.1\r\nHost: {host}\r\nX-Key: k\r\n".encode()
            + b"Content-Length: 4\r\n\r\nbody"
        ]


@pytest.mark.parametrize("reply", [CHUNKED, OK + b"Content-Length: 2\r\n\r\nok"])
def test_a_connection_whose_reply_was_read_is_kept(reply: bytes) -> None:
    with serving(lambda connection: connection.sendall(reply)) as (server, connections):
        answers = [ask(server, connections) for _ in range(3)]

        assert answers == [(200, b"ok")] * 3
        assert server.connections == 1


@pytest.mark.parametrize(
    "reply",
    [
        OK + b"Connection: close\r\nContent-Length: 2\r\n\r\nok",
        CHUNKED.removesuffix(b"\r\n") + b"Trailer: x\r\n\r\n",
    ],
)
def test_a_connection_that_is_not_clean_is_not_kept(reply: bytes) -> None:
    with serving(lambda connection: connection.sendall(reply)) as (server, connections):
        answers = [ask(server, connections) for _ in range(3)]

        assert answers == [(200, b"ok")] * 3
        assert server.connections == 3


def test_a_connection_that_the_server_has_closed_is_replaced() -> None:
    def answer(connection: socket.socket) -> None:
        connection.sendall(CHUNKED)
        connection.shutdown(socket.SHUT_WR)

    with serving(answer) as (server, connections):
        first = ask(server, connections)
        second = ask(server, connections)

        assert first == second == (200, b"ok")
        assert server.connections == 2


def test_a_reply_that_is_left_ends_its_connection() -> None:
    def answer(connection: socket.socket) -> None:
        connection.sendall(OK + b"Transfer-Encoding: chunked\r\n\r\n2\r\nok\r\n")

    with serving(answer) as (server, connections):
        reply = post(server, connections)
        assert next(iter(reply.parts())) == b"ok"

        reply.close()

        assert server.closed.acquire(timeout=60)


@pytest.mark.parametrize("headers", [b"A: b\r\n" * 101, b"A: " + b"b" * 65_536 + b"\r\n"])
def test_headers_without_end_are_no_reply(headers: bytes) -> None:
    with (
        serving(lambda connection: connection.sendall(OK + headers + b"\r\n")) as (server, sender),
        pytest.raises(HTTPException, match="more than"),
    ):
        ask(server, sender)


def test_of_a_long_error_the_beginning_is_read() -> None:
    def answer(connection: socket.socket) -> None:
        connection.sendall(OK.replace(b"200 OK", b"500 No") + b"\r\n" + b"x" * 3_000_000)

    with serving(answer) as (server, connections):
        status, body = ask(server, connections)

        assert status == 500
        assert 1_000_000 < len(body) < 2_000_000


def closing_after(replies: int) -> Answer:
    """Ends a connection at the moment at which one request more than so many has come."""
    count = itertools.count(1)

    def answer(connection: socket.socket) -> None:
        if next(count) == replies + 1:
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            connection.close()  # Without a word, as a reset.
        else:
            connection.sendall(CHUNKED)

    return answer


def test_a_connection_that_ends_as_it_is_asked_is_replaced_at_once() -> None:
    with serving(closing_after(1)) as (server, connections):
        first = ask(server, connections)
        second = ask(server, connections)

        assert first == second == (200, b"ok")
        assert server.connections == 2
        assert len(server.requests) == 3


def test_a_new_connection_that_ends_without_a_reply_is_not_asked_again() -> None:
    with serving(closing_after(0)) as (server, connections):
        with pytest.raises(OSError, match="before a reply"):
            ask(server, connections)

        assert len(server.requests) == 1


def test_what_has_begun_to_be_answered_is_not_asked_again() -> None:
    replies = iter([CHUNKED, b"HTTP/1.1 2"])

    def answer(connection: socket.socket) -> None:
        connection.sendall(reply := next(replies))
        if reply != CHUNKED:
            connection.shutdown(socket.SHUT_RDWR)

    with serving(answer) as (server, connections):
        ask(server, connections)
        with pytest.raises(HTTPException):
            ask(server, connections)

        assert len(server.requests) == 2


def test_a_kept_connection_that_fails_costs_an_attempt_nothing() -> None:
    def answer(connection: socket.socket) -> None:
        connection.sendall(STREAM)
        connection.recv(65_536)  # The next request, which nobody answers.
        connection.shutdown(socket.SHUT_RDWR)

    with serving(answer) as (server, _):
        provider = rest_provider(server.url)
        pieces = [ask_provider(provider, limits()) for _ in range(3)]
        provider.close()

    assert pieces == [[Text("Hello"), End(FinishReason.STOP)]] * 3


PROXY_CREDENTIALS = "Basic dTpw"


def test_a_proxy_is_asked_for_the_whole_address() -> None:
    with serving(lambda connection: connection.sendall(CHUNKED)) as (server, _):
        port = int(server.url.rpartition(":")[2])
        connections = Connections(
            Proxy(host="127.0.0.1", port=port, authorization=PROXY_CREDENTIALS)
        )
        reply = connections.post("http://gemini.example/a?b=c", {}, b"body", soon())

        assert reply.read() == b"ok"
        reply.close()
        connections.close()
        request = server.requests[0].decode()
        assert request.startswith("POST http://gemini.example/a?b=c HTTP/1.1\r\n")
        assert f"\r\nProxy-Authorization: {PROXY_CREDENTIALS}\r\n" in request


@pytest.mark.parametrize("status", [403, 407, 502])
def test_a_proxy_that_refuses_a_tunnel_is_a_failed_connection(status: int) -> None:
    refusal = f"HTTP/1.1 {status} No\r\nContent-Length: 0\r\n\r\n".encode()
    with serving(lambda connection: connection.sendall(refusal)) as (server, _):
        port = int(server.url.rpartition(":")[2])
        connections = Connections(Proxy(host="127.0.0.1", port=port))

        with pytest.raises(ConnectionError, match=str(status)):
            connections.post("https://gemini.example/a", {}, b"body", soon())

        assert server.requests[0].startswith(b"CONNECT gemini.example:443 HTTP/1.1\r\n")


@pytest.mark.parametrize("coding", ["gzip", "x-gzip", "deflate"])
def test_a_compressed_body_is_undone(coding: str) -> None:
    packed = zlib.compress(b"ok") if coding == "deflate" else gzip.compress(b"ok")
    head = OK + f"Content-Encoding: {coding}\r\nContent-Length: {len(packed)}\r\n\r\n".encode()
    with serving(lambda connection: connection.sendall(head + packed)) as (server, connections):
        assert [ask(server, connections) for _ in range(2)] == [(200, b"ok")] * 2

        assert server.connections == 1


def test_of_a_compressed_error_that_unpacks_to_much_the_beginning_is_read() -> None:
    packed = gzip.compress(bytes(200_000_000), 1)
    head = OK + f"Content-Encoding: gzip\r\nContent-Length: {len(packed)}\r\n\r\n".encode()
    with serving(lambda connection: connection.sendall(head + packed)) as (server, connections):
        _, body = ask(server, connections)

        assert 1_000_000 < len(body) < 2_000_000
