"""Streams of events as proxies send them, and what google-genai gets to see of them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fallback.adapters.event_lines import plain_events

GEMINI = b'data: {"a": 1}\r\n\r\ndata: {"b": 2}\r\n\r\n'


def cleaned(*parts: bytes) -> bytes:
    return b"".join(plain_events(parts)).replace(b"\r", b"")


@pytest.mark.parametrize(
    "stream",
    [
        GEMINI,
        b'data:{"a": 1}\n\ndata:   {"b": 2}\n\n',
        b': keep alive\n\ndata: {"a": 1}\n\n: again\ndata: {"b": 2}\n\n',
        b'event: message\nid: 7\nretry: 10\ndata: {"a": 1}\n\ndata: {"b": 2}\n\n',
        b'data: {"a": 1}\n\ndata: {"b": 2}\n\ndata: [DONE]\n\n',
    ],
)
def test_the_data_is_all_that_is_left(stream: bytes) -> None:
    events = [event for event in cleaned(stream).split(b"\n") if event]

    assert events == [b'data: {"a": 1}', b'data: {"b": 2}']


def test_an_error_in_plain_json_passes() -> None:
    error = b'{\n  "error": {\n    "code": 503\n  }\n}\n'

    assert cleaned(error) == error


def test_a_last_line_without_an_end_is_not_lost() -> None:
    assert cleaned(b'data: {"a"', b": 1}") == b'data: {"a": 1}'
    assert cleaned(b": comment") == b""


@given(st.lists(st.sampled_from([GEMINI, b": x\n\n", b"data:{}\n\n", b"{\n}\n"])), st.data())
def test_where_the_parts_are_cut_makes_no_difference(
    streams: list[bytes], data: st.DataObject
) -> None:
    whole = b"".join(streams)
    cuts = sorted(data.draw(st.lists(st.integers(0, len(whole)), max_size=10)))
    parts = [whole[i:j] for i, j in zip([0, *cuts], [*cuts, len(whole)], strict=True)]

    assert cleaned(*parts) == cleaned(whole)
