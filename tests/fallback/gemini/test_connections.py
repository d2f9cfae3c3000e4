"""Connections are kept where they can be, and replaced where they cannot."""

from __future__ import annotations

import contextlib
import socket
import threading
from collections.abc import Callable, Iterator

import pytest

from fallback.gemini.connections import Connections

OK = b"HTTP/1.1 200 OK\r\n"
CHUNKED = OK + b"Transfer-Encoding: chunked\r\n\r\n2\r\nok\r\n0\r\n\r\n"
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


def ask(server: Server, connections: Connections) -> tuple[int, bytes]:
    reply = connections.send("POST", server.url + "/a?b=c", {"X-Key": "k"}, b"body")
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
        reply = connections.send("POST", server.url, {}, b"body")
        assert next(iter(reply.parts())) == b"ok"

        reply.close()

        assert server.closed.acquire(timeout=10)


def test_of_a_long_error_the_beginning_is_read() -> None:
    def answer(connection: socket.socket) -> None:
        connection.sendall(OK.replace(b"200 OK", b"500 No") + b"\r\n" + b"x" * 3_000_000)

    with serving(answer) as (server, connections):
        status, body = ask(server, connections)

        assert status == 500
        assert 1_000_000 < len(body) < 2_000_000
