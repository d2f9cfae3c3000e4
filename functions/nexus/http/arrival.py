"""One request as it arrives, byte by byte: whether it is whole. No I/O, and no clock.

It only measures; gunicorn parses. What is plainly not HTTP, or larger than may be, counts as
arrived: more of it would not help, and whoever parses it says what is wrong.
"""

from __future__ import annotations

import enum
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass

_MAX_HEAD_BYTES = 65_536
"""Eight headers as long as one may be. Node takes 16 KB in all, nginx 32."""
_MAX_LINE_BYTES = 8190
"""Of a chunk's first line, and of all that follows the last chunk."""

_HEX = re.compile(rb"[0-9A-Fa-f]{1,16}")
_DIGITS = re.compile(r"[0-9]{1,16}")


@dataclass(frozen=True, slots=True)
class Head:
    """What a request says of itself before its body.

    Attributes:
        method: As it was sent.
        target: The path with its query, as it was sent.
        headers: By name in lower case; values of one name are joined by commas.
    """

    method: str
    target: str
    headers: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Arrived:
    """The bytes of one request.

    Attributes:
        head: With the empty line that ends it, if that has come.
        body: As it was sent, chunks and all.
        is_whole: Whether nothing is missing, so that another request may follow.
        is_too_long: Whether the head has no end within its limit.
    """

    head: bytes
    body: bytes
    is_whole: bool
    is_too_long: bool = False

    def __len__(self) -> int:
        """How many bytes they are."""
        return len(self.head) + len(self.body)


class Stage(enum.Enum):
    """How far a request has come."""

    NOTHING = enum.auto()
    HEAD = enum.auto()
    BODY = enum.auto()
    ARRIVED = enum.auto()


class Arrival:
    """The requests of one connection, one after the other.

    Attributes:
        stage: How far the present one has come.
        is_asking: Whether its client wants to be told before it sends a body.
    """

    stage: Stage
    is_asking: bool

    def __init__(self, max_body_bytes: int, wants_body: Callable[[Head], bool]) -> None:
        """Nothing has come.

        Args:
            max_body_bytes: More of a body is not waited for.
            wants_body: Whether the answer to a head depends on its body; otherwise that is not
                waited for either.
        """
        self._max_body_bytes = max_body_bytes
        self._wants_body = wants_body
        self._data = bytearray()
        self._begin()

    def __len__(self) -> int:
        """How many bytes are held."""
        return len(self._data)

    def add(self, data: bytes) -> None:
        """Takes in what has come."""
        self._data += data
        if self.stage in (Stage.NOTHING, Stage.HEAD):
            self._measure_head()
        elif self.stage is Stage.BODY and self._has_body_arrived():
            self.stage = Stage.ARRIVED

    def take(self) -> Arrived:
        """Hands the present request over, as far as it has come, and begins with the next one."""
        data = self._data
        is_whole = self._end is not None and self._end <= len(data)
        end = self._end if is_whole else len(data)
        head_end = self._head_end or end
        arrived = Arrived(
            head=bytes(data[:head_end]),
            body=bytes(data[head_end:end]),
            is_whole=is_whole,
            is_too_long=not self._head_end and len(data) > _MAX_HEAD_BYTES,
        )
        del data[:end]
        self._begin()
        if data:
            self._measure_head()
        return arrived

    def _begin(self) -> None:
        self.stage = Stage.NOTHING
        self.is_asking = False
        self._searched = 0
        self._head_end = 0
        self._end: int | None = None
        self._chunks: _Chunks | None = None

    def _measure_head(self) -> None:
        end = self._data.find(b"\r\n\r\n", max(0, self._searched - 3))
        if end < 0:
            begun = self._searched - self._data[: self._searched].endswith(b"\r")
            # Lines end in CRLF. A head with another one would not end at all.
            is_broken = self._data.count(b"\n", begun) != self._data.count(b"\r\n", begun)
            is_hopeless = is_broken or len(self._data) > _MAX_HEAD_BYTES
            self.stage = Stage.ARRIVED if is_hopeless else Stage.HEAD
            self._searched = len(self._data)
            return
        self._head_end = end + 4
        self.stage = Stage.ARRIVED
        head = _read_head(self._data[:end])
        if head is None:
            return
        length = head.headers.get("content-length")
        coding = head.headers.get("transfer-encoding")
        if coding is None and length is None:
            self._end = self._head_end
        elif coding is None and length is not None and _DIGITS.fullmatch(length):
            self._end = self._head_end + int(length)
        elif length is None and coding is not None and coding.lower() == "chunked":
            self._chunks = _Chunks(self._head_end, self._max_body_bytes)
        else:
            return  # Nobody can say where it ends.
        if not self._has_body_arrived() and self._wants_body(head):
            self.stage = Stage.BODY
            self.is_asking = head.headers.get("expect", "").lower() == "100-continue"

    def _has_body_arrived(self) -> bool:
        """Whether the body is there, or will not be waited for."""
        if self._chunks is not None:
            has_arrived = self._chunks.scan(self._data)
            self._end = self._chunks.end
            return has_arrived
        return (
            self._end is None
            or self._end <= len(self._data)
            or self._end > self._head_end + self._max_body_bytes
        )


class _Chunks:
    """Looks for the end of a chunked body.

    Attributes:
        end: Where it is; None before it is found, and where it will not be looked for.
    """

    def __init__(self, start: int, max_bytes: int) -> None:
        self.end: int | None = None
        self._start = start
        self._max_bytes = max_bytes
        self._at = start  # Where the next chunk begins, be it there or not.
        self._bytes = 0  # In chunks, as they say of themselves.
        self._is_last = False

    def scan(self, data: bytearray) -> bool:
        """Whether it is over: at its end, too large, or broken."""
        while not self._is_last:
            line_end = data.find(b"\r\n", self._at)
            if line_end < 0:
                here = self._bytes - max(0, self._at - 2 - len(data))
                return (
                    here > self._max_bytes
                    or len(data) - self._start > 2 * self._max_bytes + _MAX_HEAD_BYTES
                    or len(data) - self._at > _MAX_LINE_BYTES
                )
            size = data[self._at : line_end].partition(b";")[0].strip(b" \t")
            if not _HEX.fullmatch(size):
                return True
            self._bytes += int(size, 16)
            self._is_last = int(size, 16) == 0
            self._at = line_end + 2 + (0 if self._is_last else int(size, 16) + 2)
        if data[self._at : self._at + 2] == b"\r\n":
            self.end = self._at + 2
            return True
        trailer_end = data.find(b"\r\n\r\n", self._at)
        if trailer_end >= 0:
            self.end = trailer_end + 4
        return self.end is not None or len(data) - self._at > _MAX_LINE_BYTES


def _read_head(data: bytearray) -> Head | None:
    """A head's words; None where it has no proper first line."""
    first, *lines = data.decode("latin-1").removeprefix("\r\n").split("\r\n")
    words = first.split(" ")
    if len(words) != 3:
        return None
    headers: dict[str, str] = {}
    for line in lines:
        name, _, value = line.partition(":")
        name, value = name.lower(), value.strip(" \t")
        headers[name] = f"{headers[name]},{value}" if name in headers else value
    return Head(words[0], words[1], headers)
