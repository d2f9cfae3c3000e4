"""An instance has no CPU between requests: it must wake as it fell asleep."""

from __future__ import annotations

import contextlib
import os
import signal
import socket
import threading

import pytest

from tests.functions.conftest import Serve
from tools.testkit.raw_http import connect, head
from tools.testkit.serving import ServedFunction, worker_of

CHAT = b'{"messages": [{"role": "user", "content": "Hello"}]}'
ASKED = {
    "chat": head(target="/v1/chat/completions", length=len(CHAT)) + CHAT,
    "check_availability": b"GET / HTTP/1.1\r\nHost: x\r\n\r\n",
}
HEARTBEAT_SECONDS = 1
"""gunicorn would kill a worker that has been silent for so long."""
PAUSE_SECONDS = 3


def ask(connection: socket.socket, request: bytes) -> None:
    connection.sendall(request)
    reply = b""
    while not reply.endswith(b"}"):
        more = connection.recv(65536)
        assert more, "the connection has ended"
        reply += more
    assert reply.startswith(b"HTTP/1.1 200")


@pytest.mark.slow
@pytest.mark.parametrize("target", ASKED)
def test_a_paused_instance_keeps_its_worker_and_its_connections(start: Serve, target: str) -> None:
    function = start(target, CLOUD_RUN_TIMEOUT_SECONDS=str(HEARTBEAT_SECONDS))
    with contextlib.ExitStack() as stack:
        kept = [stack.enter_context(connect(function)) for _ in range(8)]
        for connection in kept:
            ask(connection, ASKED[target])
        worker = worker_of(function)

        pause(function)

        for connection in kept:
            ask(connection, ASKED[target])
    assert worker_of(function) == worker
    assert function.events("library.message") == []


def pause(function: ServedFunction) -> None:
    os.killpg(function.process.pid, signal.SIGSTOP)
    threading.Event().wait(PAUSE_SECONDS)
    # The first process wakes first, and would find that the worker has been silent.
    os.kill(function.process.pid, signal.SIGCONT)
    threading.Event().wait(2 * HEARTBEAT_SECONDS)
    os.killpg(function.process.pid, signal.SIGCONT)
