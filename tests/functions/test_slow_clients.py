"""A client that is slow, silent or stubborn loses its thread, and holds up nobody else."""

from __future__ import annotations

import contextlib
import itertools
import socket
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.functions.conftest import LONG, SHORT, Serve, configuration
from tools.emulator.server import Emulator
from tools.testkit.raw_http import connect, head, read_all
from tools.testkit.serving import ServedFunction, peak_kilobytes

BODY = b'{"stream": true, "messages": [{"role": "user", "content": "Hello"}]}'
THREADS = 4


@pytest.fixture
def chat(start: Serve, tmp_path: Path) -> ServedFunction:
    """A chat with few threads, which gives clients 2 s to send and 2 s to read."""
    long = {"deadline_seconds = 55": "deadline_seconds = 40"}
    config = configuration(tmp_path / "slow.toml", SHORT | LONG | long)
    return start("chat", NEXUS_CONFIG=str(config), THREADS=str(THREADS))


@pytest.fixture
def connections(chat: ServedFunction) -> Iterator[list[socket.socket]]:
    """One for each thread, with a small buffer, so that a reader who stops is soon noticed."""
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


def measured(function: ServedFunction) -> float:
    """How long a chat takes."""
    started = time.monotonic()
    assert function.chat().status_code == 200
    return time.monotonic() - started


COUNTED = head("Content-Length: 100000")
CHUNKED = head("Transfer-Encoding: chunked") + b"186a0\r\n"


def test_connections_without_a_request_hold_up_nobody(start: Serve) -> None:
    chat = start("chat", THREADS=str(THREADS))
    chat.chat()
    with contextlib.ExitStack() as stack:
        for _ in range(50):
            stack.enter_context(connect(chat))

        # 0.02 s on a quiet machine. gunicorn's own worker gives each of them a thread for 5 s.
        assert min(measured(chat) for _ in range(3)) < 5


def test_connections_that_are_kept_hold_up_nobody(chat: ServedFunction) -> None:
    chat.chat()
    with contextlib.ExitStack() as stack:
        for _ in range(20):
            kept = stack.enter_context(connect(chat))
            kept.sendall(head(target="/nowhere", length=0))
            assert b"404" in kept.recv(4096)

        assert min(measured(chat) for _ in range(3)) < 5


def test_a_body_that_drips_gets_its_error(
    chat: ServedFunction, connections: list[socket.socket]
) -> None:
    for connection, begun in zip(connections, [COUNTED, CHUNKED] * 2, strict=True):
        connection.sendall(begun)
        threading.Thread(target=drip, args=(connection, BODY), daemon=True).start()

    for connection in connections:
        reply = read_all(connection)
        assert reply.startswith(b"HTTP/1.1 400")
        assert b"Connection: close" in reply
        assert b'"code":"invalid_request"' in reply


NEEDS_NO_BODY = {
    "a wrong address": (head("Content-Length: 9", target="/nowhere"), b"404"),
    "a wrong method": (b"PUT / HTTP/1.1\r\nHost: x\r\nContent-Length: 9\r\n\r\n", b"405"),
    "a list with a body": (b"GET /v1/models HTTP/1.1\r\nContent-Length: 9\r\n\r\n", b"200"),
    "too large": (head("Content-Length: 1048577"), b"413"),
    "not JSON": (b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 9\r\n\r\n", b"415"),
    "compressed": (head("Content-Length: 9", "Content-Encoding: gzip"), b"415"),
}


@pytest.mark.parametrize(("request_head", "status"), NEEDS_NO_BODY.values(), ids=NEEDS_NO_BODY)
def test_a_reply_that_needs_no_body_does_not_wait_for_one(
    start: Serve, request_head: bytes, status: bytes
) -> None:
    chat = start("chat")  # With 20 s for a body.
    with connect(chat) as connection:
        connection.settimeout(15)
        connection.sendall(request_head)

        assert connection.recv(4096).startswith(b"HTTP/1.1 " + status)


BIG = 10_000_000
REFUSED_WHILE_SENDING = {
    "with a length": head(length=BIG) + b"x" * BIG,
    "in chunks": head("Transfer-Encoding: chunked")
    + b"%x\r\n" % BIG
    + b"x" * BIG
    + b"\r\n0\r\n\r\n",
    "of another type": b"POST / HTTP/1.1\r\nContent-Length: %d\r\n\r\n" % BIG + b"x" * BIG,
}


@pytest.mark.parametrize("sent", REFUSED_WHILE_SENDING.values(), ids=REFUSED_WHILE_SENDING)
def test_a_client_that_is_refused_while_it_sends_can_read_why(
    chat: ServedFunction, sent: bytes
) -> None:
    with connect(chat) as connection:
        connection.sendall(sent)  # All of it: what is not wanted is read, and dropped.
        reply = connection.recv(4096)

    assert reply.startswith((b"HTTP/1.1 413", b"HTTP/1.1 415"))


def test_a_refused_client_cannot_send_for_ever(start: Serve) -> None:
    chat = start("chat")
    with connect(chat) as connection, pytest.raises(ConnectionError):
        # 32 MiB are read, and some more are on their way.
        connection.sendall(head(length=200_000_000) + b"x" * 200_000_000)


def test_a_reader_who_stops_and_a_head_that_drips_are_left(
    gemini: Emulator, chat: ServedFunction, connections: list[socket.socket]
) -> None:
    gemini.behave("*", "answer", text="word " * 1_600_000, chunks=400)
    readers, drippers = connections[:2], connections[2:]
    for reader in readers:
        reader.sendall(head(length=len(BODY)) + BODY)
        assert b"200 OK" in reader.recv(1024)
    for dripper in drippers:
        first = b"POST / HTTP/1.1\r\nX: "
        threading.Thread(target=drip, args=(dripper, first), daemon=True).start()

    for dripper in drippers:
        assert read_all(dripper) == b""
    give_up_at = time.monotonic() + 60
    while len(chat.events("chat.abandoned")) < 2:
        assert time.monotonic() < give_up_at, "a thread still waits for a reader"
        threading.Event().wait(0.05)
    for reader in readers:
        assert b"[DONE]" not in read_all(reader)


def test_requests_one_behind_the_other_are_answered_in_turn(chat: ServedFunction) -> None:
    get = b"GET /v1/models HTTP/1.1\r\nHost: x\r\n\r\n"
    chunks = b"%x\r\n%b\r\n0\r\n\r\n" % (len(BODY), BODY)
    posts = head(length=len(BODY)) + BODY, head("Transfer-Encoding: chunked") + chunks
    nowhere = head(target="/nowhere", length=len(BODY)) + BODY
    with connect(chat) as connection:
        connection.sendall(get + posts[0] + get + posts[1] + nowhere + get)
        received = b""
        while received.count(b"HTTP/1.1 ") < 6:
            received += connection.recv(65536)

    statuses = [reply[:3] for reply in received.split(b"HTTP/1.1 ")[1:]]
    assert statuses == [b"200", b"200", b"200", b"200", b"404", b"200"]
    assert received.count(b"[DONE]") == 2


def test_a_client_that_asks_whether_to_send_is_told_once(chat: ServedFunction) -> None:
    with connect(chat) as connection:
        connection.sendall(head("Expect: 100-continue", "Connection: close", length=len(BODY)))
        assert connection.recv(1000) == b"HTTP/1.1 100 Continue\r\n\r\n"

        connection.sendall(BODY)
        reply = read_all(connection)

    assert reply.startswith(b"HTTP/1.1 200")
    assert b"[DONE]" in reply


def test_a_client_who_does_not_hang_up_holds_up_nobody(chat: ServedFunction) -> None:
    chat.chat()
    with contextlib.ExitStack() as stack:
        for _ in range(10):
            stack.enter_context(connect(chat)).sendall(head("Connection: close", length=0))

        started = time.monotonic()
        assert chat.chat().status_code == 200
        assert time.monotonic() - started < 10  # 0.02 s on a quiet machine; gunicorn waits 20.


def test_a_request_line_without_end_is_not_kept(chat: ServedFunction) -> None:
    chat.chat()
    before = peak_kilobytes(chat)
    with connect(chat) as connection:
        connection.sendall(b"x" * 5_000_000)  # All of it: it is read, and forgotten.
        reply = read_all(connection)

    assert reply.startswith(b"HTTP/1.1 414")
    assert peak_kilobytes(chat) - before < 2_000
