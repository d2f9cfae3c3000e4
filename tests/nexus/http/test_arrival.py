"""When a request is whole, in whatever pieces it comes."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nexus.http.arrival import Arrival, Arrived, Head, Stage

MAX_BODY = 100
GET = b"GET /v1/models HTTP/1.1\r\nHost: x\r\n\r\n"
POST = b"POST / HTTP/1.1\r\nHost: x\r\n"
COUNTED = POST + b"Content-Length: 5\r\n\r\nhello"
CHUNKED = POST + b"Transfer-Encoding: chunked\r\n\r\n"


def arrival(wants_body: bool = True) -> Arrival:
    return Arrival(MAX_BODY, lambda head: wants_body)


def taken(arriving: Arrival) -> Arrived | None:
    return arriving.take() if arriving.stage is Stage.ARRIVED else None


WHOLE = {
    "no body": GET,
    "an empty line before it": b"\r\n" + GET,
    "a body": COUNTED,
    "an empty body": POST + b"Content-Length: 0\r\n\r\n",
    "chunks": CHUNKED + b"5\r\nhello\r\n3;name=value\r\n\r\n\n\r\n0\r\n\r\n",
    "no chunks": CHUNKED + b"0\r\n\r\n",
    "a trailer": CHUNKED + b"a\r\n0123456789\r\n0\r\nX: y\r\n\r\n",
    "the end of chunks within one": CHUNKED + b"7\r\n0\r\n\r\n0\r\r\n0\r\n\r\n",
    "as much as there may be": POST + b"Content-Length: 100\r\n\r\n" + b"x" * 100,
}


@pytest.mark.parametrize("request_bytes", WHOLE.values(), ids=WHOLE)
def test_a_whole_request_is_taken_byte_for_byte_and_not_before(request_bytes: bytes) -> None:
    arriving = arrival()
    for byte in request_bytes[:-1]:
        arriving.add(bytes([byte]))
        assert arriving.stage in (Stage.HEAD, Stage.BODY)
    arriving.add(request_bytes[-1:])

    arrived = taken(arriving)

    assert arrived is not None
    assert arrived.is_whole
    assert arrived.head + arrived.body == request_bytes
    assert arrived.head.endswith(b"\r\n\r\n")
    assert (arriving.stage, len(arriving)) == (Stage.NOTHING, 0)


@given(
    names=st.lists(st.sampled_from(sorted(WHOLE)), min_size=1, max_size=5),
    cuts=st.lists(st.integers(1, 200)),
)
def test_requests_one_behind_the_other_are_told_apart(names: list[str], cuts: list[int]) -> None:
    left = b"".join(WHOLE[name] for name in names)
    arriving = arrival()
    seen = []

    for cut in [*cuts, len(left)]:
        arriving.add(left[:cut])
        left = left[cut:]
        while arrived := taken(arriving):
            assert arrived.is_whole
            seen.append(arrived.head + arrived.body)

    assert seen == [WHOLE[name] for name in names]


# What is broken or too large has arrived at once; gunicorn says what is wrong with it.
HOPELESS = {
    "a bare line feed": b"GET / HTTP/1.1\nHost: x\n",
    "a head without end": b"GET / HTTP/1.1\r\nX: " + b"x" * 70_000,
    "no request line": b"nonsense\r\n\r\n",
    "two lengths": POST + b"Content-Length: 5\r\nContent-Length: 5\r\n\r\n",
    "a length that is none": POST + b"Content-Length: five\r\n\r\n",
    "a length in other digits": POST + "Content-Length: ٥\r\n\r\n".encode(),
    "two framings": POST + b"Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n",
    "an unknown framing": POST + b"Transfer-Encoding: gzip, chunked\r\n\r\n",
    "too long a body": POST + b"Content-Length: 101\r\n\r\n",
    "too much in chunks": CHUNKED + b"ff\r\n" + b"x" * 101,
    "too many chunks": CHUNKED + b"1\r\nx\r\n" * 101,
    "a chunk without a size": CHUNKED + b"\r\n",
    "a size that is none": CHUNKED + b"-1\r\n",
    "a size without end": CHUNKED + b"1" * 9000,
    "a trailer without end": CHUNKED + b"0\r\n" + b"x" * 9000,
}


@pytest.mark.parametrize("request_bytes", HOPELESS.values(), ids=HOPELESS)
def test_what_more_bytes_would_not_mend_has_arrived(request_bytes: bytes) -> None:
    arriving = arrival()
    arriving.add(request_bytes)

    arrived = taken(arriving)

    assert arrived is not None
    assert not arrived.is_whole
    assert arrived.head + arrived.body == request_bytes


def test_a_head_without_end_is_called_too_long() -> None:
    arriving = arrival()
    arriving.add(HOPELESS["a head without end"])

    assert arriving.take().is_too_long


def test_a_body_that_nobody_wants_is_not_waited_for() -> None:
    half, whole = arrival(wants_body=False), arrival(wants_body=False)
    half.add(COUNTED[:-1])
    whole.add(COUNTED + GET)

    assert not half.take().is_whole
    assert whole.take().is_whole
    assert whole.take().head == GET


def test_whether_a_body_is_wanted_is_asked_with_the_head() -> None:
    heads: list[Head] = []

    def wants_body(head: Head) -> bool:
        heads.append(head)
        return True

    arriving = Arrival(MAX_BODY, wants_body)
    arriving.add(COUNTED[:-1])

    (head,) = heads
    assert (head.method, head.target) == ("POST", "/")
    assert head.headers == {"host": "x", "content-length": "5"}


def test_a_client_that_asks_before_it_sends_is_heard() -> None:
    asking = POST + b"Expect: 100-Continue\r\nContent-Length: 5\r\n\r\n"
    waits, has_sent = arrival(), arrival()
    waits.add(asking)
    has_sent.add(asking + b"hello")

    assert waits.is_asking
    assert not has_sent.is_asking


@given(st.lists(st.binary(max_size=40) | st.sampled_from([GET, CHUNKED, b"\r\n", b"5\r\n"])))
def test_no_bytes_break_it(parts: list[bytes]) -> None:
    arriving = arrival()
    seen = b""
    for part in parts:
        arriving.add(part)
        while arrived := taken(arriving):
            seen += arrived.head + arrived.body
            if not arrived.is_whole:
                assert len(arriving) == 0  # Nothing may follow it.

    rest = arriving.take()
    assert seen + rest.head + rest.body == b"".join(parts)
