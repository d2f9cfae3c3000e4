"""What the wire can do to the REST way beyond what both ways are held to."""

from __future__ import annotations

import gzip
import json

import pytest

from fallback.core.answer import End, FinishReason, Text, Usage
from fallback.core.failure import Failure, FailureKind
from tests.fallback.gemini.wire import END, HEAD, ask_rest, event, sending, text_of


@pytest.mark.parametrize("status", [b"100 Continue", b"102 Processing", b"103 Early Hints"])
def test_replies_that_only_inform_are_passed_over(status: bytes) -> None:
    informing = b"HTTP/1.1 " + status + b"\r\nLink: </x>; rel=preload\r\n\r\n"

    pieces = ask_rest(lambda send: send(informing * 2 + HEAD + event("Hello") + END))

    assert pieces == [Text("Hello"), End(FinishReason.STOP)]


def test_halves_of_surrogate_pairs_do_not_reach_a_reader() -> None:
    pieces = ask_rest(sending(event("a\ud83db — 你好 😀"), END))

    assert text_of(pieces) == "a?b — 你好 😀"


@pytest.mark.parametrize("word", [7, True, ["STOP"], {"reason": "STOP"}])
def test_a_finish_reason_that_is_no_word_ends_no_answer(word: object) -> None:
    *_, last = ask_rest(sending(event("Hello", finishReason=word)))

    assert last == Failure(kind=FailureKind.INCOMPLETE_ANSWER, reason="TypeError")


@pytest.mark.parametrize("version", [7, True, ["m-1"], {"name": "m-1"}, ""])
def test_a_version_that_is_no_text_is_none(version: object) -> None:
    named = json.dumps({"modelVersion": version}).encode()

    pieces = ask_rest(sending(b"data: " + named + b"\n\n", event("Hello"), END))

    assert pieces == [Text("Hello"), End(FinishReason.STOP)]


def test_a_version_can_be_written_in_utf_8() -> None:
    pieces = ask_rest(sending(b'data: {"modelVersion": "m\\ud800"}\n\n', event("Hello"), END))

    assert pieces[0] == Text("Hello", "m?")


@pytest.mark.parametrize(
    "counts",
    [
        '"many"',
        "[5]",
        '{"promptTokenCount": NaN, "candidatesTokenCount": Infinity}',
        '{"promptTokenCount": 5.5, "candidatesTokenCount": true}',
        '{"promptTokenCount": -5, "thoughtsTokenCount": [5]}',
    ],
)
def test_no_answer_is_lost_for_token_counts_that_are_none(counts: str) -> None:
    usage = b'data: {"usageMetadata": ' + counts.encode() + b"}\r\n\r\n"

    pieces = ask_rest(sending(event("Hello"), usage, END))

    assert text_of(pieces) == "Hello"
    assert isinstance(pieces[-1], End)
    assert pieces[-1].usage in (None, Usage(0, 0))


def test_white_space_is_shown_once_something_follows_it() -> None:
    first, *_ = ask_rest(sending(event("\n"), event("  "), event("x"), END))

    assert first == Text("\n  x")


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
def test_whatever_comes_is_a_failure_and_no_exception(reply: bytes) -> None:
    (failure,) = ask_rest(lambda send: send(reply))

    assert isinstance(failure, Failure)
    assert failure.kind in (FailureKind.CONNECTION_FAILED, FailureKind.INCOMPLETE_ANSWER)


def test_what_unpacks_without_end_is_left() -> None:
    head = HEAD.replace(b"Connection", b"Content-Encoding: gzip\r\nConnection")
    packed = gzip.compress(b": " + bytes(40_000_000), 1)

    (failure,) = ask_rest(lambda send: send(head + packed))

    assert failure == Failure(kind=FailureKind.INCOMPLETE_ANSWER, reason="ValueError")


def test_an_unknown_compression_is_a_failure() -> None:
    head = HEAD.replace(b"Connection", b"Content-Encoding: br\r\nConnection")

    (failure,) = ask_rest(lambda send: send(head + b"packed"))

    assert failure == Failure(kind=FailureKind.INCOMPLETE_ANSWER, reason="HTTPException")
