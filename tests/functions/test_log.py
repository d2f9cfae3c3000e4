"""The log as Cloud Logging gets it: one whole line for each event, under its request's id."""

from __future__ import annotations

import socket
from concurrent.futures import ThreadPoolExecutor

import httpx2

from tests.functions.conftest import MODELS, Serve
from tests.tools.serving.polling import eventually
from tools.emulator.server import Emulator
from tools.testkit import plain_http
from tools.testkit.raw_http import connect, head
from tools.testkit.serving import ServedFunction

CLIENTS = 20
EACH = 50
"""Requests of each client, each of which is one event; of such events one in eight was torn."""

TRACE = "0123456789abcdef0123456789abcdef"


def test_every_event_of_a_burst_is_a_whole_line_with_execution_ids_on(start: Serve) -> None:
    chat = start("chat", LOG_EXECUTION_ID="true")

    with ThreadPoolExecutor(CLIENTS) as clients:
        statuses = [status for found in clients.map(ask, [chat] * CLIENTS) for status in found]

    assert statuses == ["404"] * CLIENTS * EACH
    events = chat.events("request.rejected")  # A line that is torn is no JSON.
    assert len({event["request_id"] for event in events}) == CLIENTS * EACH


def ask(function: ServedFunction) -> list[str]:
    with connect(function) as connection:
        return [ask_once(connection) for _ in range(EACH)]


def ask_once(connection: socket.socket) -> str:
    connection.sendall(head(length=0, target="/v1/nothing"))
    reply = b""
    while not reply.endswith(b"}}"):
        more = connection.recv(65536)
        assert more, "the connection has ended"
        reply += more
    return reply.split(None, 2)[1].decode()


def test_every_line_of_a_request_carries_its_id_and_its_trace(
    gemini: Emulator, start: Serve
) -> None:
    chat = start("chat", GOOGLE_CLOUD_PROJECT="p", LOG_EXECUTION_ID="true")
    gemini.behave(MODELS[0], "per-minute", times=1, retry_delay="1s")

    fallen_back = traced_chat(chat)
    assert eventually(lambda: traced_chat(chat).json()["model"] == MODELS[0])
    assert eventually(lambda: bool(chat.events("window.closed")))

    first = [e for e in chat.events() if e.get("request_id") == fallen_back.headers["X-Request-Id"]]
    assert [e["event"] for e in first] == [
        "limit.learned",
        "attempt.failed",
        "window.opened",
        "chat.answered",
    ]
    (closed,), probe = chat.events("window.closed"), chat.events("chat.answered")[-1]
    assert closed["request_id"] == probe["request_id"]
    for event in (*first, closed):
        assert event["logging.googleapis.com/trace"] == f"projects/p/traces/{TRACE}"


def traced_chat(function: ServedFunction) -> httpx2.Response:
    return plain_http.post(
        f"{function.url}/v1/chat/completions",
        json={"messages": [{"role": "user", "content": "Hello"}]},
        headers={"X-Cloud-Trace-Context": f"{TRACE}/1;o=1"},
        timeout=60,
    )
