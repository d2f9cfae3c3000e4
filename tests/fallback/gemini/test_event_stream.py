"""Whatever stands in a stream beside Gemini's events, and however it is cut into pieces."""

from __future__ import annotations

import itertools
import json
from collections.abc import Iterator

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from fallback.gemini.event_stream import batches

ERROR = {"error": {"code": 503, "status": "UNAVAILABLE", "message": "{ [ }"}}
PRETTY = json.dumps(ERROR, indent=2).encode()
MANY_LINES = b'data: {\r\ndata:  "many":\rdata: [1,\n: a comment\ndata:  2]}\n\n'
STREAM = (
    b"\xef\xbb\xbf"
    b'data: {"first": "\xef\xbb\xbf"}\n\n: keep alive\n\nevent: message\nid: 1\nretry: 9\ndata:\n\n'
    b'data: {"a": 1}\r\n\r\n\r\ndata:{"b": "\xe4\xbd\xa0"}\n\n'
    + PRETTY
    + b"\n"
    + MANY_LINES
    + b"\n[1,\n2]\ndata: [DONE]"
)
VALUES = [{"first": "\ufeff"}, {"a": 1}, {"b": "你"}, ERROR, {"many": [1, 2]}, [1, 2]]


@given(st.lists(st.integers(0, len(STREAM)), max_size=30))
@example([*range(len(STREAM))] * 2)
def test_the_values_are_the_same_however_the_stream_is_cut(cuts: list[int]) -> None:
    borders = [0, *sorted(cuts), len(STREAM)]
    parts = [STREAM[a:b] for a, b in itertools.pairwise(borders)]

    assert [value for batch in batches(parts) for value in batch] == VALUES


def test_an_event_is_there_as_soon_as_its_line_is() -> None:
    def parts() -> Iterator[bytes]:
        yield b'data: {"a": 1}\n'
        raise AssertionError("read further than it had to")

    assert next(batches(parts())) == [{"a": 1}]


def test_an_error_over_several_lines_is_there_as_soon_as_it_is_whole() -> None:
    def parts() -> Iterator[bytes]:
        yield PRETTY + b"\n"
        raise AssertionError("read further than it had to")

    assert next(batches(parts())) == [ERROR]


def test_what_comes_together_is_given_together_and_before_what_is_broken() -> None:
    stream = batches([b"data: 1\n\ndata: 2\n\nda", b"ta: 3\n\ndata: {\n\n"])

    assert next(stream) == [1, 2]
    assert next(stream) == [3]
    with pytest.raises(ValueError):  # noqa: PT011 - json's own
        next(stream)


@pytest.mark.parametrize(
    "stream", [b'data: {"a"\n', b'data: {"a"', b"no event", b'{"error":', b"x" * 2_000_000]
)
def test_what_is_no_json_is_an_error(stream: bytes) -> None:
    with pytest.raises(ValueError):  # noqa: PT011 - json's own, or ours
        list(batches([stream, b"\n"]))


def test_an_event_without_end_is_not_kept_for_ever() -> None:
    with pytest.raises(ValueError, match="without end"):
        list(batches(itertools.chain([b"data: "], itertools.repeat(b"x" * 4_194_304))))


def test_an_event_of_many_lines_without_end_is_not_kept_for_ever() -> None:
    with pytest.raises(ValueError, match="without end"):
        list(
            batches(
                itertools.chain([b"data: [\n"], itertools.repeat(b"data: %s\n" % (b"1" * 65536)))
            )
        )


def test_a_stream_without_end_is_left() -> None:
    with pytest.raises(ValueError, match="without end"):
        list(batches(itertools.repeat(b": %s\n" % (b"x" * 1_048_576))))


def test_nothing_is_nothing() -> None:
    assert list(batches([])) == []
    assert list(batches([b"", b"\n\n", b":\n"])) == []
