"""Clients that take their time, on purpose or not, hold a thread for as long as they may."""

from __future__ import annotations

import contextlib
import itertools
import socket
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from emulator.server import Emulator
from tests.functions.conftest import LONG, SHORT, Serve, configuration
from tests.support.raw_http import connect, head, read_all
from tests.support.serving import ServedFunction

BODY = b'{"stream": true, "messages": [{"role": "user", "content": "Hello"}]}'
THREADS = 4


@pytest.fixture
def chat(start: Serve, tmp_path: Path) -> ServedFunction:
    """A chat with few threads: 2 s for a body, 2 s for an answer, 5 s more for reading it."""
    quick = {"deadline_seconds = 55": "deadline_seconds = 2"}
    config = configuration(tmp_path / "slow.toml", SHORT | LONG | quick)
    return start("chat", NEXUS_CONFIG=str(config), THREADS=str(THREADS))


@pytest.fixture
def connections(chat: ServedFunction) -> Iterator[list[socket.socket]]:
    """One for each thread, with a small buffer: that a reader stops is soon noticed."""
    with contextlib.ExitStack() as stack:
        yield [stack.enter_context(connect(chat, receive_bytes=4096)) for _ in range(THREADS)]


def drip(connection: socket.socket, data: bytes) -> None:
    """One byte at a time, until the other side has had enough."""
    for byte in itertools.chain(data, itertools.repeat(0x20)):
        try:
            connection.sendall(bytes([byte]))
        except OSError:
            return
        threading.Event().wait(0.2)


def test_a_body_that_drips_is_not_waited_for(
    chat: ServedFunction, connections: list[socket.socket]
) -> None:
    known, unknown = head("Content-Length: 100000"), head("Transfer-Encoding: chunked")
    started = time.monotonic()
    for connection, begun in zip(connections, [known, unknown + b"186a0\r\n"] * 2, strict=True):
        connection.sendall(begun)
        threading.Thread(target=drip, args=(connection, BODY), daemon=True).start()

    assert chat.chat().status_code == 200  # All threads are held: it waits for one.
    assert time.monotonic() - started < 6  # 2.3 s on a quiet machine.
    for connection in connections:
        reply = read_all(connection)
        assert reply.startswith(b"HTTP/1.1 400")
        assert b'"code":"invalid_request"' in reply


def test_a_reader_who_stops_and_a_head_that_drips_are_left(
    gemini: Emulator, chat: ServedFunction, connections: list[socket.socket]
) -> None:
    gemini.behave("*", "answer", text="word " * 1_600_000, chunks=400)
    readers, drippers = connections[:2], connections[2:]
    started = time.monotonic()
    for reader in readers:
        reader.sendall(head(length=len(BODY)) + BODY)
        assert b"200 OK" in reader.recv(1024)
    for dripper in drippers:
        first = b"POST / HTTP/1.1\r\nX: "
        threading.Thread(target=drip, args=(dripper, first), daemon=True).start()
    gemini.reset()

    with connect(chat) as last:
        last.sendall(head(length=len(BODY)) + BODY)
        assert b"200 OK" in last.recv(1024)  # Again, it waits for a thread.
    for reader in readers:
        assert b"[DONE]" not in read_all(reader)
    for dripper in drippers:
        assert read_all(dripper) == b""
    assert time.monotonic() - started < 16  # 10.3 s: 10 for a head; 2 for an answer, and 5 more.


def test_a_client_who_does_not_hang_up_holds_up_nobody(chat: ServedFunction) -> None:
    chat.chat()
    with contextlib.ExitStack() as stack:
        for _ in range(10):
            stack.enter_context(connect(chat)).sendall(head("Connection: close", length=0))

        started = time.monotonic()
        assert chat.chat().status_code == 200
        assert time.monotonic() - started < 5  # 0.6 s on a quiet machine, where gunicorn has 20.


HEADS = {
    "a long target": (head(target="/" + "x" * 20_000), b"414"),
    "a long header": (head("X-Long: " + "x" * 20_000), b"431"),
    "many headers": (head(*(f"X-{number}: x" for number in range(200))), b"431"),
    "a bare CR": (head("X-Forged: a\rX-Request-Id: b"), b"400"),
    "a NUL": (head("X-Forged: a\0b"), b"400"),
    "two framings": (head("Content-Length: 5", "Transfer-Encoding: chunked"), b"400"),
    "two lengths": (head("Content-Length: 5", "Content-Length: 6"), b"400"),
    "a length below 0": (head("Content-Length: -1"), b"400"),
    "an unknown framing": (head("Transfer-Encoding: gzip"), b"400"),
}


@pytest.mark.parametrize(("request_head", "status"), HEADS.values(), ids=HEADS)
def test_a_head_out_of_bounds_is_refused(
    chat: ServedFunction, request_head: bytes, status: bytes
) -> None:
    started = time.monotonic()
    with connect(chat) as connection:
        connection.sendall(request_head)
        reply = read_all(connection)

    assert reply.startswith(b"HTTP/1.1 " + status), reply
    assert time.monotonic() - started < 1


def test_a_request_line_without_end_is_not_kept(chat: ServedFunction) -> None:
    sent = 0
    with connect(chat) as connection, contextlib.suppress(OSError):
        while sent < 50_000_000:
            sent += connection.send(b"x" * 65536)
    assert sent < 10_000_000  # It was cut off.
