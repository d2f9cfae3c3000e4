"""Reads a stream of Gemini: its events, and the errors that stand in between.

Gemini sends server-sent events whose data is JSON, and errors either so or as plain JSON over
several lines (googleapis/python-genai#1162), also in an array. Proxies add what the standard allows
besides (WHATWG HTML, section 9.2.6): a byte order mark in front, comments and empty data that keep
a connection alive, other fields, a colon without a space; and the `[DONE]` of the OpenAI format.
"""

from __future__ import annotations

import itertools
import json
from collections.abc import Iterable, Iterator
from typing import Any

_NO_VALUES = (b"", b"[DONE]")
_BYTE_ORDER_MARK = b"\xef\xbb\xbf"
_OTHER_FIELDS = (b":", b"event:", b"id:", b"retry:")
_MOST_PLAIN_BYTES = 1_048_576
# The longest answer of text is less than a hundredth of it.
_MOST_EVENT_BYTES = 16_777_216


def batches(parts: Iterable[bytes]) -> Iterator[list[Any]]:
    """The JSON values of a stream: of each event, and at the end of what stood in between.

    Those that have come together are given together: whoever cannot keep up has less to do.
    An event is one line: Gemini breaks no JSON over several `data` lines.

    Raises:
        ValueError: An event is not JSON, or what stood in between is not.
        RecursionError: It is nested without end.
    """
    rest = b""
    plain = _Plain()
    is_first = True
    for part in itertools.chain(parts, (b"\n",)):
        *lines, rest = (rest + part).split(b"\n")
        if len(rest) > _MOST_EVENT_BYTES:
            raise ValueError("an event without end")
        if is_first and lines:
            is_first = False
            lines[0] = lines[0].removeprefix(_BYTE_ORDER_MARK)
        values: list[Any] = []
        try:
            for line in lines:
                if line.startswith(b"data:"):
                    if (data := line[5:].strip()) not in _NO_VALUES:
                        values.append(json.loads(data))
                elif line.strip() and not line.startswith(_OTHER_FIELDS):
                    values += plain.add(line)
        except (ValueError, RecursionError):
            if values:
                yield values  # Those before the broken one.
            raise
        if values:
            yield values
    if plain.text:
        yield [json.loads(plain.text)]


class _Plain:
    """JSON that is no event, line by line."""

    def __init__(self) -> None:
        self.text = b""

    def add(self, line: bytes) -> list[Any]:
        """The value that is complete with this line, if one is."""
        if len(self.text) + len(line) > _MOST_PLAIN_BYTES:
            raise ValueError("a long text that is no event")
        self.text += line
        if line.rstrip().endswith((b"}", b"]")):
            try:
                value = json.loads(self.text)
            except ValueError:
                return []  # It is not all there yet.
            self.text = b""
            return [value]
        return []
