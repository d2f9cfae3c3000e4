"""Reads a stream of Gemini: its events, and the errors that stand in between.

Gemini sends server-sent events whose data is JSON, and errors either so or as plain JSON over
several lines (googleapis/python-genai#1162), also in an array. Proxies add what the standard allows
besides (WHATWG HTML, section 9.2.6): a byte order mark in front, comments and empty data that keep
a connection alive, other fields, a colon without a space, an event over several `data` lines, lines
that end in CR; and the `[DONE]` of the OpenAI format.
"""

from __future__ import annotations

import itertools
import json
from collections.abc import Iterable, Iterator
from typing import Any

_decode = json.JSONDecoder().raw_decode
_NO_VALUES = (b"", b"[DONE]")
_BYTE_ORDER_MARK = b"\xef\xbb\xbf"
_OTHER_FIELDS = (b":", b"event:", b"id:", b"retry:")
_MOST_PLAIN_BYTES = 1_048_576
# The longest answer of text is less than a tenth of these.
_MOST_EVENT_BYTES = 4_194_304
_MOST_BYTES = 67_108_864


def batches(parts: Iterable[bytes]) -> Iterator[list[Any]]:
    """The JSON values of a stream: of each event, and of what stood in between.

    Those that have come together are given together: whoever cannot keep up has less to do.

    Raises:
        ValueError: An event is not JSON, or what stood in between is not, or there is no end.
        RecursionError: It is nested without end.
    """
    data, plain = _Data(), _Plain()
    for lines in _lines(parts):
        values: list[Any] = []
        try:
            for line in lines:
                if line.startswith(b"data:"):
                    values += data.add(line[5:].strip())
                elif not line or line.isspace():
                    if data.is_begun:
                        values += data.end()
                elif not line.startswith(_OTHER_FIELDS):
                    values += plain.add(line)
        except (ValueError, RecursionError):
            if values:
                yield values  # Those before the broken one.
            raise
        if values:
            yield values
    if plain.text:
        yield [_value(plain.text)]


def _lines(parts: Iterable[bytes]) -> Iterator[list[bytes]]:
    """The lines that each part completes. The stream's end completes the last one and its event."""
    rest: list[bytes] = []
    rest_bytes = total_bytes = 0
    is_first = True
    ended_in_cr = False
    for part in itertools.chain(parts, (b"\n\n",)):
        total_bytes += len(part)
        text = part.removeprefix(b"\n") if ended_in_cr else part
        ended_in_cr = text.endswith(b"\r") or (ended_in_cr and not part)
        rest.append(text)
        rest_bytes += len(text)
        if rest_bytes > _MOST_EVENT_BYTES or total_bytes > _MOST_BYTES:
            raise ValueError("an event or a stream without end")
        if b"\n" not in text and b"\r" not in text:
            continue
        lines = b"".join(rest).splitlines()
        last = b"" if text.endswith((b"\n", b"\r")) else lines.pop()
        rest, rest_bytes = [last], len(last)
        if is_first:
            is_first = False
            lines[0] = lines[0].removeprefix(_BYTE_ORDER_MARK)
        yield lines


def _value(data: bytes) -> Any:
    """A JSON value. `json.loads` would guess an encoding first; here it is UTF-8."""
    text = data.strip().decode("utf-8", "surrogatepass")
    value, end = _decode(text)
    if end < len(text):
        raise ValueError("more than one value")
    return value


class _Data:
    """The data of one event, line by line.

    Attributes:
        is_begun: Whether a part of an event waits for the rest.
    """

    def __init__(self) -> None:
        self.is_begun = False
        self._lines: list[bytes] = []
        self._bytes = 0

    def add(self, line: bytes) -> list[Any]:
        """The event's value if this line is all of it, which is the usual case."""
        if not self.is_begun:
            if line in _NO_VALUES:
                return []
            try:
                return [_value(line)]
            except ValueError:
                pass  # The rest may follow.
        self.is_begun = True
        self._lines.append(line)
        self._bytes += len(line)
        if self._bytes > _MOST_EVENT_BYTES:
            raise ValueError("an event without end")
        return []

    def end(self) -> list[Any]:
        """The value of an event that took several lines."""
        data = b"\n".join(self._lines)
        self._lines.clear()
        self._bytes = 0
        self.is_begun = False
        return [_value(data)]


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
                value = _value(self.text)
            except ValueError:
                return []  # It is not all there yet.
            self.text = b""
            return [value]
        return []
