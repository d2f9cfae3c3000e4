"""What becomes of connections while no thread has them, on real sockets."""

from __future__ import annotations

import contextlib
import selectors
import socket
import time
from collections.abc import Iterator

import pytest
from gunicorn.config import Config

from nexus.http import waiting_room
from nexus.http.waiting_room import Connection, Terms, WaitingRoom

GET = b"GET / HTTP/1.1\r\n\r\n"
SLOW = b"GET / HTTP/1.1\r\nX: "
REFUSAL = b"HTTP/1.1 503 Service Unavailable\r\n\r\n"
TERMS = Terms(
    max_body_bytes=100, body_seconds=20, wants_body=lambda head: True, refusal=lambda: REFUSAL
)


class Room:
    """A waiting room for two, its poller, and what it has handed over."""

    def __init__(self, stack: contextlib.ExitStack) -> None:
        self._stack = stack
        self._poller = stack.enter_context(selectors.DefaultSelector())
        self.served: list[Connection] = []
        self.room = WaitingRoom(TERMS, self._poller, serve=self.served.append, max_connections=2)

    def client(self, *sent: bytes) -> socket.socket:
        """A new client that has sent something; its side of the connection."""
        ours, theirs = socket.socketpair()
        self._stack.callback(ours.close)
        theirs.settimeout(5)
        self._stack.callback(theirs.close)
        for data in sent:
            theirs.sendall(data)
        self.room.greet(Connection(Config(), ours, "", "", TERMS))
        return theirs

    def turn(self) -> None:
        """Does what the poller has."""
        for key, _ in self._poller.select(0):
            key.data(key.fileobj)


@pytest.fixture
def waiting() -> Iterator[Room]:
    with contextlib.ExitStack() as stack:
        yield Room(stack)


def has_ended(client: socket.socket) -> bool:
    try:
        return client.recv(1) == b""
    except ConnectionResetError:
        return True


def test_a_request_that_is_there_is_handed_over_at_once(waiting: Room) -> None:
    waiting.client(GET)

    assert len(waiting.served) == 1
    assert len(waiting.room) == 0


def test_the_one_that_has_waited_longest_gives_way_and_is_told_so(waiting: Room) -> None:
    first, second, third = (waiting.client(SLOW) for _ in range(3))

    assert first.recv(1000) == REFUSAL
    assert has_ended(first)
    assert len(waiting.room) == 2
    for client in (second, third):
        client.sendall(b"y\r\n\r\n")
    waiting.turn()
    assert len(waiting.served) == 2


def test_one_that_has_sent_nothing_gives_way_in_silence(waiting: Room) -> None:
    first, *_ = (waiting.client() for _ in range(3))

    assert has_ended(first)


def test_bodies_together_have_a_limit(waiting: Room, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(waiting_room, "_MAX_HELD_BYTES", 100)
    first = waiting.client(SLOW + b"x" * 40)
    second = waiting.client(SLOW + b"x" * 60)

    assert first.recv(1000) == REFUSAL
    second.sendall(b"\r\n\r\n")
    waiting.turn()
    assert len(waiting.served) == 1


def test_what_is_handed_over_is_not_held_any_more(
    waiting: Room, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(waiting_room, "_MAX_HELD_BYTES", 100)
    for _ in range(20):
        waiting.client(GET)
        waiting.client(SLOW + b"x" * 60).close()
        waiting.turn()

    assert len(waiting.served) == 20
    assert len(waiting.room) == 0


def test_who_is_late_with_a_head_is_hung_up_on_and_with_a_body_is_answered(waiting: Room) -> None:
    head = waiting.client(SLOW)
    waiting.client(b"POST / HTTP/1.1\r\nContent-Length: 5\r\n\r\nhe")

    waiting.room.look(time.monotonic() + 11)
    assert has_ended(head)
    assert waiting.served == []

    waiting.room.look(time.monotonic() + 21)
    (late,) = waiting.served
    assert late.request is not None
    assert (late.request.body, late.request.is_whole) == (b"he", False)


def test_at_the_end_what_has_not_come_in_two_seconds_is_told_so(waiting: Room) -> None:
    silent, slow = waiting.client(), waiting.client(SLOW)
    waiting.room.close_soon()

    waiting.room.look(time.monotonic() + 1)
    assert len(waiting.room) == 2

    waiting.room.look(time.monotonic() + 3)
    assert has_ended(silent)
    assert slow.recv(1000) == REFUSAL


def test_a_client_that_is_seen_off_may_still_send_and_read(waiting: Room) -> None:
    client = waiting.client(GET)
    waiting.room.see_off(waiting.served[0], b"last words")
    client.sendall(b"x" * 1000)
    waiting.turn()

    assert client.recv(1000) == b"last words"
    assert has_ended(client)
    assert len(waiting.room) == 1
    client.close()
    waiting.turn()
    assert len(waiting.room) == 0


def test_a_second_request_waits_for_the_first_and_not_for_more_bytes(waiting: Room) -> None:
    waiting.client(GET + GET)
    (connection,) = waiting.served

    waiting.room.take_back(connection, idle_seconds=2)
    assert len(waiting.served) == 2

    waiting.room.take_back(connection, idle_seconds=2)
    assert len(waiting.served) == 2
    assert len(waiting.room) == 1
