"""Chunked transfer, however it is cut into pieces."""

from __future__ import annotations

import itertools
from http.client import HTTPException

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fallback.gemini.chunked_body import ChunkedBody

WIRE = b"3\r\nabc\r\nA;name=value\r\n0123456789\r\n1 \r\n\n\r\n2\nxy\n0\r\n\r\n"
DATA = b"abc0123456789\nxy"


@given(st.lists(st.integers(0, len(WIRE)), max_size=40))
def test_the_data_is_the_same_however_it_is_cut(cuts: list[int]) -> None:
    body = ChunkedBody()
    borders = [0, *sorted(cuts), len(WIRE)]

    data = b"".join(body.take(WIRE[a:b]) for a, b in itertools.pairwise(borders))

    assert data == DATA
    assert body.is_over
    assert b"\r\n".endswith(body.rest)


def test_data_is_there_before_its_chunk_is_whole() -> None:
    body = ChunkedBody()

    assert body.take(b"ff\r\nabc") == b"abc"
    assert body.take(b"def") == b"def"
    assert not body.is_over


def test_what_follows_the_last_chunk_is_kept_apart() -> None:
    body = ChunkedBody()

    assert body.take(b"1\r\na\r\n0\r\nTrailer: x\r\n\r\n") == b"a"
    assert (body.is_over, body.rest) == (True, b"Trailer: x\r\n\r\n")


@pytest.mark.parametrize(
    "wire",
    [b"zz\r\n", b"\r\n\r\n", b"-1\r\na", b"0x1\r\na", b"1_0\r\na", b"1" * 2000, b"1\r\na\r\n;\r\n"],
)
def test_what_has_no_size_is_not_chunked(wire: bytes) -> None:
    with pytest.raises(HTTPException):
        ChunkedBody().take(wire)
