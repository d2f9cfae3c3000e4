"""A visitor who leaves ends the request, wherever it is."""

from __future__ import annotations

import json
import socket
from pathlib import Path

import pytest

from tests.functions.conftest import MODELS, Serve, configuration
from tests.tools.serving.polling import eventually
from tools.emulator.server import Emulator
from tools.testkit.raw_http import connect, head, read_all
from tools.testkit.serving import ServedFunction

PLAIN = b'{"messages": [{"role": "user", "content": "Hello"}]}'
STREAM = PLAIN[:-1] + b', "stream": true}'
PATIENT = {
    "first_text_seconds = 10": "first_text_seconds = 600",
    "idle_seconds = 20": "idle_seconds = 600",
    "deadline_seconds = 55": "deadline_seconds = 600",
}
"""No limit of an attempt ends what nobody waits for any more: only a look at the visitor does."""


@pytest.fixture
def chat(start: Serve, tmp_path: Path) -> ServedFunction:
    """A chat whose models may be silent for ten minutes."""
    return start("chat", NEXUS_CONFIG=str(configuration(tmp_path / "patient.toml", PATIENT)))


def ask(chat: ServedFunction, body: bytes, more: bytes = b"") -> socket.socket:
    connection = connect(chat)
    connection.sendall(head(length=len(body)) + body + more)
    return connection


def wait_until_asked(gemini: Emulator) -> None:
    assert eventually(lambda: bool(gemini.calls()))


def assert_it_is_abandoned_at_no_model_s_cost(gemini: Emulator, chat: ServedFunction) -> None:
    assert eventually(lambda: bool(chat.events("chat.abandoned"))), "it goes on"
    assert [call.model for call in gemini.calls()] == [MODELS[0]]
    assert len(chat.events("chat.abandoned")) == 1
    for event in ("attempt.failed", "window.opened", "internal.error", "request.rejected"):
        assert chat.events(event) == []


@pytest.mark.parametrize("body", [PLAIN, STREAM], ids=["plain", "stream"])
def test_before_the_first_text(gemini: Emulator, chat: ServedFunction, body: bytes) -> None:
    gemini.behave("*", "hang")
    with ask(chat, body):
        wait_until_asked(gemini)

    assert_it_is_abandoned_at_no_model_s_cost(gemini, chat)


def test_while_a_plain_answer_comes_in(gemini: Emulator, chat: ServedFunction) -> None:
    gemini.behave("*", "answer", text="word " * 2000, chunks=1000, chunk_seconds=0.01)
    with ask(chat, PLAIN):
        wait_until_asked(gemini)

    assert_it_is_abandoned_at_no_model_s_cost(gemini, chat)


def test_while_a_stream_stalls(gemini: Emulator, chat: ServedFunction) -> None:
    gemini.behave("*", "stall", after_chunks=3)
    with ask(chat, STREAM) as connection:
        assert b"200 OK" in connection.recv(4096)

    assert_it_is_abandoned_at_no_model_s_cost(gemini, chat)


def test_with_a_reset(gemini: Emulator, chat: ServedFunction) -> None:
    gemini.behave("*", "hang")
    with ask(chat, PLAIN) as connection:
        wait_until_asked(gemini)
        at_once = (1).to_bytes(4, "little") + bytes(4)
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, at_once)

    assert_it_is_abandoned_at_no_model_s_cost(gemini, chat)


def test_who_only_stops_sending_has_left_too_and_is_told_so(
    gemini: Emulator, chat: ServedFunction
) -> None:
    gemini.behave("*", "hang")
    with ask(chat, PLAIN) as connection:
        connection.shutdown(socket.SHUT_WR)
        reply = read_all(connection)

    assert reply.startswith(b"HTTP/1.1 499")
    error = json.loads(reply.partition(b"\r\n\r\n")[2])["error"]
    assert error["code"] == "client_closed_request"
    assert len(chat.events("chat.abandoned")) == 1


def test_who_has_begun_to_send_more_is_still_there(gemini: Emulator, chat: ServedFunction) -> None:
    gemini.behave("*", "answer", text="word " * 20, chunks=20, chunk_seconds=0.1)
    with ask(chat, PLAIN, more=b"POST /") as connection:
        assert connection.recv(4096).startswith(b"HTTP/1.1 200")


def test_who_waits_in_silence_is_still_there(gemini: Emulator, chat: ServedFunction) -> None:
    gemini.behave("*", "answer", text="word " * 20, chunks=20, chunk_seconds=0.1)

    assert chat.chat().status_code == 200
