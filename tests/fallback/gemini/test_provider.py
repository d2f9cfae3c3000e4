"""The adapter against raw HTTP: what the wire can do beyond what the emulator scripts."""

from __future__ import annotations

import json
import socketserver
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime

import pytest

from fallback.core.answer import End, FinishReason, Text, Usage
from fallback.core.chat import Chat, Message, Role
from fallback.core.failure import Failure, FailureKind
from fallback.gemini import requests as gemini_requests
from fallback.gemini.provider import GeminiProvider
from fallback.ports import AttemptLimits
from tools.emulator.server import Emulator
from tools.testkit.time_travel import FakeClock

CHAT = Chat(messages=(Message(Role.USER, "Hello"),))
Send = Callable[[bytes], None]
Script = Callable[[Send], None]
Piece = Text | End | Failure


@contextmanager
def upstream(script: Script) -> Iterator[str]:
    """A server that reads one request a connection and then does what the script says."""

    class Handler(socketserver.BaseRequestHandler):
        def handle(self) -> None:
            while b"\r\n\r\n" not in self.request.recv(65536):
                pass
            try:
                script(self.request.sendall)
            except OSError:
                return  # The client has left, as it should.

    class Server(socketserver.ThreadingTCPServer):
        allow_reuse_address = True
        daemon_threads = True

    with Server(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_address[1]}"
        finally:
            server.shutdown()
            thread.join()


def ask(
    monkeypatch: pytest.MonkeyPatch, script: Script, *, first_text: float = 5, total: float = 10
) -> list[Piece]:
    with upstream(script) as url:
        monkeypatch.setenv("GOOGLE_GEMINI_BASE_URL", url)
        provider = GeminiProvider("made-up-key", FakeClock(datetime(2026, 11, 22, tzinfo=UTC)))
        pieces = list(
            provider.attempt(
                "gemini-3.8-flash",
                CHAT,
                AttemptLimits(
                    first_text_seconds=first_text,
                    idle_seconds=1,
                    total_seconds=total,
                ),
            )
        )
        provider.close()
        return pieces


HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nConnection: close\r\n\r\n"


def event(text: str | None = None, **candidate: object) -> bytes:
    parts = [] if text is None else [{"text": text}]
    body = {"candidates": [{"content": {"parts": parts}, **candidate}]}
    return b"data: " + json.dumps(body).encode() + b"\r\n\r\n"


END = event(finishReason="STOP")


def sending(*parts: bytes) -> Script:
    def script(send: Send) -> None:
        for part in (HEAD, *parts):
            send(part)

    return script


def text_of(pieces: list[Piece]) -> str:
    return "".join(piece.text for piece in pieces if isinstance(piece, Text))


@pytest.mark.parametrize(
    "noise",
    [
        b": keep alive\n\n",
        b"event: message\n",
        b"id: 1\n",
        b"retry: 9\n\n",
        b"\n\n\n",
        b"data:\n\n",
    ],
)
def test_what_proxies_add_to_a_stream_does_no_harm(
    monkeypatch: pytest.MonkeyPatch, noise: bytes
) -> None:
    pieces = ask(
        monkeypatch, sending(noise, event("Hel"), noise, event("lo"), noise, END, b"data: [DONE]")
    )

    assert text_of(pieces) == "Hello"
    assert pieces[-1] == End(FinishReason.STOP)


@pytest.mark.parametrize("status", [b"100 Continue", b"102 Processing", b"103 Early Hints"])
def test_replies_that_only_inform_are_passed_over(
    monkeypatch: pytest.MonkeyPatch, status: bytes
) -> None:
    informing = b"HTTP/1.1 " + status + b"\r\nLink: </x>; rel=preload\r\n\r\n"

    pieces = ask(monkeypatch, lambda send: send(informing * 2 + HEAD + event("Hello") + END))

    assert pieces == [Text("Hello"), End(FinishReason.STOP)]


def test_halves_of_surrogate_pairs_do_not_reach_a_reader(monkeypatch: pytest.MonkeyPatch) -> None:
    pieces = ask(monkeypatch, sending(event("a\ud83db — 你好 😀"), END))

    assert text_of(pieces) == "a?b — 你好 😀"


@pytest.mark.parametrize("word", [7, True, ["STOP"], {"reason": "STOP"}])
def test_a_finish_reason_that_is_no_word_ends_no_answer(
    monkeypatch: pytest.MonkeyPatch, word: object
) -> None:
    *_, last = ask(monkeypatch, sending(event("Hello", finishReason=word)))

    assert last == Failure(kind=FailureKind.INCOMPLETE_ANSWER, reason="TypeError")


@pytest.mark.parametrize("version", [7, True, ["m-1"], {"name": "m-1"}, ""])
def test_a_version_that_is_no_text_is_none(
    monkeypatch: pytest.MonkeyPatch, version: object
) -> None:
    named = json.dumps({"modelVersion": version}).encode()

    pieces = ask(monkeypatch, sending(b"data: " + named + b"\n\n", event("Hello"), END))

    assert pieces == [Text("Hello"), End(FinishReason.STOP)]


def test_a_version_can_be_written_in_utf_8(monkeypatch: pytest.MonkeyPatch) -> None:
    pieces = ask(
        monkeypatch, sending(b'data: {"modelVersion": "m\\ud800"}\n\n', event("Hello"), END)
    )

    assert pieces[0] == Text("Hello", "m?")


@pytest.mark.parametrize(
    "counts",
    [
        '"many"',
        "[5]",
        '{"promptTokenCount": "5"}',
        '{"promptTokenCount": NaN, "candidatesTokenCount": Infinity}',
        '{"promptTokenCount": 5.5, "candidatesTokenCount": true}',
        '{"promptTokenCount": -5, "thoughtsTokenCount": [5]}',
    ],
)
def test_no_answer_is_lost_for_token_counts_that_are_none(
    monkeypatch: pytest.MonkeyPatch, counts: str
) -> None:
    usage = b'data: {"usageMetadata": ' + counts.encode() + b"}\r\n\r\n"

    pieces = ask(monkeypatch, sending(event("Hello"), usage, END))

    assert text_of(pieces) == "Hello"
    assert isinstance(pieces[-1], End)
    assert pieces[-1].usage in (None, Usage(0, 0))


def test_white_space_is_shown_once_something_follows_it(monkeypatch: pytest.MonkeyPatch) -> None:
    first, *_ = ask(monkeypatch, sending(event("\n"), event("  "), event("x"), END))

    assert first == Text("\n  x")


def test_what_trickles_after_the_finish_reason_is_not_waited_for(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    left = threading.Event()

    def script(send: Send) -> None:
        send(HEAD + event("Hello") + END)
        while not left.wait(0.2):
            send(b'data: {"usageMetadata": {"promptTokenCount": 3}}\r\n\r\n')

    started = time.monotonic()
    pieces = ask(monkeypatch, script)
    left.set()

    assert isinstance(pieces[-1], End)
    assert time.monotonic() - started < 4


@pytest.mark.parametrize("drop", [b"H", b"HTTP/1.1 200 OK\r\nX-A: b\r\n", HEAD, HEAD + b": x\n\n"])
def test_a_server_that_drips_is_left_in_time(monkeypatch: pytest.MonkeyPatch, drop: bytes) -> None:
    left = threading.Event()

    def script(send: Send) -> None:
        send(drop)
        while not left.wait(0.1):
            send(b": x\n" if drop.startswith(HEAD) else b"X")

    started = time.monotonic()
    pieces = ask(monkeypatch, script, first_text=0.7)
    took_seconds = time.monotonic() - started
    left.set()

    assert pieces == [Failure(kind=FailureKind.TIMED_OUT)]
    assert took_seconds < 3


@pytest.mark.parametrize(
    "reply",
    [
        b"",
        b"garbage\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nshort",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nConnection: close\r\n\r\n<html></html>",
        b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nConnection: close\r\n\r\nnot gzip",
        HEAD,
        HEAD + b'data: {"candidates": 7}\r\n\r\n',
        HEAD + b"data: []\r\n\r\n",
        HEAD + b"data: null\r\n\r\n",
        HEAD + b'data: "text"\r\n\r\n',
        HEAD + b"data: " + b"[" * 100_000 + b"\r\n\r\n",
        HEAD + b"data: \xff\xfe\r\n\r\n",
    ],
)
def test_whatever_comes_is_a_failure_and_no_exception(
    monkeypatch: pytest.MonkeyPatch, reply: bytes
) -> None:
    (failure,) = ask(monkeypatch, lambda send: send(reply))

    assert isinstance(failure, Failure)
    assert failure.kind in (FailureKind.CONNECTION_FAILED, FailureKind.INCOMPLETE_ANSWER)


def test_nobody_there_is_a_failed_connection(monkeypatch: pytest.MonkeyPatch) -> None:
    with upstream(lambda send: None) as url:
        pass
    monkeypatch.setenv("GOOGLE_GEMINI_BASE_URL", url)
    provider = GeminiProvider("made-up-key", FakeClock())

    (failure,) = provider.attempt(
        "m-1",
        CHAT,
        AttemptLimits(first_text_seconds=2, idle_seconds=1, total_seconds=5),
    )

    assert isinstance(failure, Failure)
    assert failure.kind is FailureKind.CONNECTION_FAILED


def test_ambient_variables_do_not_turn_it_to_another_backend(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    for name, value in {
        "GOOGLE_GENAI_USE_VERTEXAI": "true",
        "GOOGLE_GENAI_USE_ENTERPRISE": "true",
        "GOOGLE_CLOUD_PROJECT": "p",
        "GOOGLE_CLOUD_LOCATION": "us-central1",
        "GOOGLE_API_KEY": "another-key",
        "GOOGLE_GENAI_API_VERSION": "v1alpha",
    }.items():
        monkeypatch.setenv(name, value)
    seen: list[bytes] = []

    class Recorder(socketserver.BaseRequestHandler):
        def handle(self) -> None:
            seen.append(self.request.recv(65536))
            self.request.sendall(HEAD + event("Hello") + END)

    with socketserver.TCPServer(("127.0.0.1", 0), Recorder) as server:
        thread = threading.Thread(target=server.handle_request)
        thread.start()
        monkeypatch.setenv("GOOGLE_GEMINI_BASE_URL", f"http://127.0.0.1:{server.server_address[1]}")
        provider = GeminiProvider("made-up-key", FakeClock())
        list(
            provider.attempt(
                "m-1",
                CHAT,
                AttemptLimits(first_text_seconds=5, idle_seconds=5, total_seconds=5),
            )
        )
        provider.close()
        thread.join()

    request = seen[0].decode()
    assert request.startswith("POST /v1beta/models/m-1:streamGenerateContent?alt=sse ")
    assert "x-goog-api-key: made-up-key" in request.lower()


FULL = Chat(
    messages=(
        Message(Role.USER, "Hello"),
        Message(Role.ASSISTANT, "Hi"),
        Message(Role.USER, "And now? 你好"),
    ),
    instructions=("Be brief.", "Be kind."),
    temperature=0.0,
    top_p=0.9,
    max_output_tokens=77,
    stop=("END",),
)


@pytest.mark.parametrize("chat", [CHAT, FULL], ids=["bare", "full"])
def test_reading_raw_events_sends_and_gives_what_the_public_call_does(
    monkeypatch: pytest.MonkeyPatch, chat: Chat
) -> None:
    with Emulator() as gemini:
        monkeypatch.setenv("GOOGLE_GEMINI_BASE_URL", gemini.url)
        provider = GeminiProvider("made-up-key", FakeClock(datetime(2026, 11, 22, tzinfo=UTC)))
        # If this fails, google-genai has changed inside: the public call serves until it is mended.
        assert provider._requests is not None

        answers = []
        for requests in (provider._requests, None):
            provider._requests = requests
            answers.append(
                list(
                    provider.attempt(
                        "gemini-3.8-flash",
                        chat,
                        AttemptLimits(
                            first_text_seconds=5,
                            idle_seconds=5,
                            total_seconds=10,
                        ),
                    )
                )
            )
        provider.close()
        raw, checked = gemini.calls()

    # Events that come together are one piece, if they are read raw.
    assert text_of(answers[0]) == text_of(answers[1])
    assert answers[0][-1] == answers[1][-1]
    assert raw.body == checked.body
    for call in (raw, checked):
        for name in ("x-goog-api-client", "accept", "connection"):
            call.headers.pop(name, None)
    assert raw.headers == checked.headers


def test_without_the_inside_that_it_knows_the_public_call_serves(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(gemini_requests, "load_api_client", object)

    pieces = ask(monkeypatch, sending(event("Hello"), END))

    assert text_of(pieces) == "Hello"
    assert pieces[-1] == End(FinishReason.STOP)
    assert [record.name for record in caplog.records] == ["fallback.gemini.requests"]


def test_the_public_call_says_how_gemini_refuses(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(gemini_requests, "load_api_client", object)
    body = b'{"error": {"code": 503, "status": "UNAVAILABLE", "message": "x"}}'
    head = b"HTTP/1.1 503 No\r\nContent-Type: application/json\r\nConnection: close\r\n\r\n"

    (failure,) = ask(monkeypatch, lambda send: send(head + body))

    assert failure == Failure(kind=FailureKind.OVERLOADED, status=503, reason="UNAVAILABLE")
