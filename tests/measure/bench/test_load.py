"""The load generator tells whole answers from broken ones, and misses none."""

from __future__ import annotations

import contextlib
import itertools
import socket
import threading
from collections import Counter
from collections.abc import Iterator

import pytest

from measure.bench.load import PROMPT, OpenLoop, Reply, Target, ask_all, judge, unchunked
from measure.bench.upstream import Upstream, answer

OPENAI = (
    b'data: {"id":"x","choices":[{"index":0,"delta":{"role":"assistant","content":""},'
    b'"finish_reason":null}],"model":"gemini-3.8-flash"}\n\n'
    b'data: {"id":"x","choices":[{"index":0,"delta":{"content":"It \\"is\\" blue\\n"},'
    b'"finish_reason":null}],"model":"gemini-3.8-flash"}\n\n'
)
ENDING = (
    b'data: {"id":"x","choices":[{"index":0,"delta":{},"finish_reason":"stop"}],'
    b'"model":"gemini-3.8-flash"}\n\n'
)
DONE = b"data: [DONE]\n\n"
ERROR = b'data: {"error":{"message":"It was interrupted.","code":"answer_interrupted"}}\n\n'
GEMINI = (
    b'data: {"candidates": [{"content": {"parts": [{"text": "Blue."}],"role": "model"},'
    b'"finishReason": "STOP","index": 0}],"modelVersion": "gemini-3.8-flash"}\r\n\r\n'
)
QUESTION = {"contents": [{"role": "user", "parts": [{"text": PROMPT}]}]}
RAW = {
    "whole": b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}",
    "until-close": b"HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n{}",
    "short": b"HTTP/1.1 200 OK\r\nContent-Length: 20\r\n\r\n{}",
    "no-last-chunk": b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n",
    "half-a-head": b"HTTP/1.1 200 OK\r\nContent-",
    "nothing": b"",
}


@pytest.fixture(scope="module")
def upstream() -> Iterator[Upstream]:
    with Upstream() as running:
        running.behave(gap_seconds=0)
        running.behave("exhausted", status=429)
        yield running


def gemini(upstream: Upstream, model: str, *, stream: bool = False, number: int = 0) -> Target:
    method = "streamGenerateContent?alt=sse" if stream else "generateContent"
    return Target(f"{upstream.url}/v1beta/models/{model}:{method}", QUESTION, number=number)


@pytest.mark.parametrize(
    ("body", "is_whole"),
    [
        pytest.param(OPENAI + ENDING + DONE, True, id="whole"),
        pytest.param(OPENAI + ENDING, False, id="without-done"),
        pytest.param(OPENAI + DONE, False, id="without-a-reason"),
        pytest.param(OPENAI, False, id="cut"),
        pytest.param(OPENAI + ERROR, False, id="error"),
        pytest.param(OPENAI + ENDING + ERROR + DONE, False, id="error-after-the-reason"),
        pytest.param(GEMINI, True, id="gemini"),
        pytest.param(GEMINI.replace(b'"finishReason": "STOP",', b""), False, id="gemini-cut"),
        pytest.param(b"", False, id="empty"),
    ],
)
def test_an_answer_is_whole_only_with_its_end(body: bytes, is_whole: bool) -> None:
    assert judge(200, body).is_whole is is_whole


def test_an_answer_with_another_status_is_none() -> None:
    assert not judge(503, OPENAI + ENDING + DONE).is_whole


def test_a_verdict_says_who_answered_and_what() -> None:
    verdict = judge(200, OPENAI + ENDING + DONE)

    assert (verdict.model, verdict.text) == ("gemini-3.8-flash", 'It "is" blue\n')


def test_what_is_said_about_errors_is_no_error() -> None:
    said = OPENAI.replace(b"It ", rb"{\"error\": {\"code\": 1}} ")

    assert judge(200, said + ENDING + DONE).is_whole


@pytest.mark.parametrize("cut", range(len(b"2\r\n{}\r\n0\r\n\r\n")))
def test_a_chunked_body_is_whole_only_with_its_last_byte(cut: int) -> None:
    assert unchunked(b"2\r\n{}\r\n0\r\n\r\n"[:cut]) is None


def test_a_chunk_may_look_like_the_last_one() -> None:
    assert unchunked(b"5\r\n0\r\n\r\n\r\n") is None
    assert unchunked(b"5\r\n0\r\n\r\n\r\n0\r\n\r\n") == b"0\r\n\r\n"


@pytest.mark.parametrize("stream", [False, True])
def test_every_request_of_a_closed_loop_has_its_reply(upstream: Upstream, stream: bool) -> None:
    replies = ask_all(gemini(upstream, "m", stream=stream), clients=7, requests=50)

    assert len(replies) == 50
    for reply in replies:
        assert reply.verdict.is_whole
        assert (reply.status, reply.verdict.model, reply.verdict.text) == (200, "m", answer())
        assert reply.first_text_seconds is not None
        assert 0 < reply.first_text_seconds <= reply.seconds


def test_a_refusal_is_recorded_with_its_status(upstream: Upstream) -> None:
    (reply,) = ask_all(gemini(upstream, "exhausted"), clients=1, requests=1)

    assert (reply.status, reply.verdict.is_whole) == (429, False)
    assert reply.first_text_seconds is None


def test_an_open_loop_goes_round_its_targets_at_its_rate(upstream: Upstream) -> None:
    targets = [gemini(upstream, f"m{number}", number=number) for number in range(3)]
    enough = threading.Event()

    with OpenLoop(targets, per_second=300) as load:
        while len(load.replies) < 60:
            enough.wait(0.01)

    replies = sorted(load.replies, key=lambda reply: reply.at)
    assert all(reply.verdict.is_whole for reply in replies)
    assert [reply.target for reply in replies] == [n % 3 for n in range(len(replies))]
    assert [reply.verdict.model for reply in replies] == [f"m{reply.target}" for reply in replies]
    pauses = [later.at - sooner.at for sooner, later in itertools.pairwise(replies)]
    assert pauses == pytest.approx([1 / 300] * len(pauses))


@contextlib.contextmanager
def says(raw: bytes) -> Iterator[str]:
    """A server that sends these bytes to each connection, and closes it."""
    with socket.create_server(("127.0.0.1", 0)) as listener:

        def serve() -> None:
            with contextlib.suppress(OSError):
                while True:
                    connection, _ = listener.accept()
                    with connection:
                        connection.recv(65536)
                        connection.sendall(raw)

        thread = threading.Thread(target=serve)
        thread.start()
        yield f"http://127.0.0.1:{listener.getsockname()[1]}"
        listener.shutdown(socket.SHUT_RDWR)
        thread.join()


@pytest.mark.parametrize(
    ("name", "status"),
    [
        ("whole", 200),
        ("until-close", 200),
        ("short", 0),
        ("no-last-chunk", 0),
        ("half-a-head", 0),
        ("nothing", 0),
    ],
)
def test_a_reply_that_is_cut_on_the_wire_is_a_failed_connection(name: str, status: int) -> None:
    with says(RAW[name]) as url:
        replies: list[Reply] = ask_all(Target(url), clients=1, requests=2)

    assert Counter(reply.status for reply in replies) == {status: 2}
