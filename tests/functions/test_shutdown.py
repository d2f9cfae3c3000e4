"""SIGTERM: every answer under way ends honestly, within the ten seconds that the platform gives."""

from __future__ import annotations

import contextlib
import os
import signal
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

from tests.functions.conftest import MODELS, Serve
from tests.tools.serving.polling import eventually
from tools.emulator.server import Emulator
from tools.testkit import plain_http
from tools.testkit.raw_http import connect, head, read_all
from tools.testkit.serving import ServedFunction, parse_sse, text_of, worker_of

STREAMS = 10
HELD_UP_SECONDS = 18
"""It ends after seven of the platform's ten seconds. Whatever could hold it up takes twenty."""

BODY = b'{"stream": true, "messages": [{"role": "user", "content": "Hello"}]}'


def terminate(function: ServedFunction) -> None:
    """SIGTERM to the first process, as the platform sends it."""
    os.kill(function.process.pid, signal.SIGTERM)


def wait_until_gone(function: ServedFunction, seconds: float = 60) -> None:
    assert eventually(lambda: not function.process.is_running, seconds), "it does not end"


def stream(function: ServedFunction, started: threading.Barrier) -> list[dict[str, Any] | str]:
    """All events of one stream; says once that its first one is there."""
    body = {"messages": [{"role": "user", "content": "Hello"}], "stream": True}
    text = ""
    with plain_http.stream("POST", function.url, json=body, timeout=60) as reply:
        for part in reply.iter_text():
            if not text:
                started.wait(60)
            text += part
    assert text.endswith("\n\n")  # No event is half-written.
    return parse_sse(text)


def test_streams_that_can_end_by_themselves_do(gemini: Emulator, start: Serve) -> None:
    gemini.behave("*", "answer", text="word " * 40, chunks=8, chunk_seconds=0.2)
    chat = start("chat")
    started = threading.Barrier(STREAMS + 1)

    with ThreadPoolExecutor(STREAMS) as readers:
        streams = [readers.submit(stream, chat, started) for _ in range(STREAMS)]
        started.wait(60)
        terminate(chat)
    wait_until_gone(chat)

    for ended in streams:
        assert ended.result()[-1] == "[DONE]"
        assert text_of(ended.result()) == "word " * 40
    assert len(chat.events("chat.answered")) == STREAMS


def test_what_cannot_end_by_itself_is_told_so_and_nobody_holds_up_the_end(
    gemini: Emulator, start: Serve, long_config: Path
) -> None:
    half = STREAMS // 2
    primary = MODELS[0]
    gemini.behave(primary, "answer", times=half, text="word " * 800, chunks=100, chunk_seconds=0.4)
    gemini.behave(primary, "answer", times=half, text="some words", chunks=2, chunk_seconds=60)
    chat = start("chat", NEXUS_CONFIG=str(long_config))
    started = threading.Barrier(STREAMS + 1)

    with ThreadPoolExecutor(STREAMS + 1) as readers, connect(chat, receive_bytes=4096) as stopped:
        streams = [readers.submit(stream, chat, started) for _ in range(STREAMS)]
        started.wait(60)
        gemini.behave(primary, "answer", times=1, text="word " * 1_600_000, chunks=400)
        gemini.behave(primary, "hang")
        stopped.sendall(head(length=len(BODY)) + BODY)
        assert b"200 OK" in stopped.recv(1024)  # And it reads nothing more.
        not_begun = readers.submit(chat.chat)
        wait_until_asked(gemini, STREAMS + 2)
        told_at = time.monotonic()
        terminate(chat)
        refused = not_begun.result()
        wait_until_gone(chat, told_at + HELD_UP_SECONDS - time.monotonic())

    for ended in streams:
        last = ended.result()[-1]
        assert isinstance(last, dict)
        assert last["error"]["code"] == "answer_interrupted"
        assert text_of(ended.result())
    assert (refused.status_code, refused.json()["error"]["code"]) == (503, "unavailable")
    assert len(chat.events("chat.interrupted")) == STREAMS
    assert len(chat.events("chat.abandoned")) == 1
    assert chat.events("window.opened") == []  # Our own end says nothing about a model.
    assert chat.events("internal.error") == []


def wait_until_refused(function: ServedFunction) -> None:
    give_up_at = time.monotonic() + 60
    while True:
        assert time.monotonic() < give_up_at, "it still listens"
        try:
            connect(function).close()
        except ConnectionRefusedError:
            return
        except ConnectionResetError:
            continue  # The listener ended in this moment.


def test_what_is_on_its_way_is_answered_or_told_to_come_again(
    gemini: Emulator, start: Serve
) -> None:
    gemini.behave("*", "answer", text="word " * 40, chunks=20, chunk_seconds=0.1)
    chat = start("chat")
    with contextlib.ExitStack() as stack:
        streaming, silent, begun, finished = (stack.enter_context(connect(chat)) for _ in range(4))
        streaming.sendall(head(length=len(BODY)) + BODY)
        assert b"200 OK" in streaming.recv(4096)
        begun.sendall(head(length=len(BODY)) + BODY[:-1])
        finished.sendall(head("Connection: keep-alive", length=len(BODY)) + BODY[:-1])

        terminate(chat)
        wait_until_refused(chat)
        finished.sendall(BODY[-1:])

        assert read_all(streaming).count(b"[DONE]") == 1
        answered = read_all(finished)
        assert answered.count(b"[DONE]") == 1
        refused = read_all(begun)
        assert refused.startswith(b"HTTP/1.1 503")
        assert b"Connection: close" in refused
        assert b"Retry-After: 1" in refused
        assert b'"code":"unavailable"' in refused
        assert silent.recv(1) == b""  # No reset.
    (event,) = chat.events("request.rejected")
    assert (event["status"], event["code"]) == (503, "unavailable")


def test_no_connection_that_was_taken_is_reset(start: Serve) -> None:
    function = start("check_availability")
    function.availability()
    worker = worker_of(function)
    os.kill(worker, signal.SIGSTOP)
    assert eventually(lambda: status_of(worker, "State").startswith("T"))
    with contextlib.ExitStack() as stack:
        taken = [stack.enter_context(connect(function)) for _ in range(50)]  # By the kernel.
        for connection in taken:
            connection.sendall(b"GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
        terminate(function)
        assert eventually(lambda: is_pending(worker, signal.SIGTERM))
        os.kill(worker, signal.SIGCONT)

        assert {read_all(connection)[:12] for connection in taken} == {b"HTTP/1.1 200"}


def status_of(process: int, field: str) -> str:
    """A field of proc(5)'s status."""
    status = Path(f"/proc/{process}/status").read_text()
    return status.split(f"{field}:\t")[1].splitlines()[0]


def is_pending(process: int, number: signal.Signals) -> bool:
    """Whether a process that is stopped will get a signal when it goes on."""
    return bool(int(status_of(process, "ShdPnd"), 16) >> number - 1 & 1)


def wait_until_asked(gemini: Emulator, times: int) -> None:
    assert eventually(lambda: gemini.count(MODELS[0]) >= times)
