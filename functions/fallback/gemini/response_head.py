"""The head of an HTTP/1.1 reply."""

from __future__ import annotations

import re
from dataclasses import dataclass
from email.message import Message
from http.client import BadStatusLine, parse_headers
from io import BufferedReader

_STATUS_LINE = re.compile(rb"HTTP/1\.([01]) ([1-5]\d\d)(?: [^\r\n]*)?\r?\n")
_LONGEST_LINE = 65_536
_MOST_INFORMING = 100


@dataclass(frozen=True, slots=True)
class ResponseHead:
    """Status and headers, and what they say of the body.

    Attributes:
        status: From 200 to 599.
        headers: Their names in any case.
        is_last: Whether the server ends the connection after this reply.
    """

    status: int
    headers: Message
    is_last: bool

    @property
    def is_chunked(self) -> bool:
        """Whether the body says itself where it ends (RFC 9112, section 7.1)."""
        return self.headers.get("Transfer-Encoding", "").strip().lower() == "chunked"

    @property
    def length(self) -> int | None:
        """Bytes of a body that is not chunked; None if the connection's end is its end."""
        if self.status in (204, 304):
            return 0
        length = self.headers.get("Content-Length", "").strip()
        return int(length) if length.isascii() and length.isdigit() else None


def read_head(stream: BufferedReader) -> ResponseHead:
    """The head of the final reply.

    A server may send any number of replies 1xx first, such as 103 Early Hints, and every client
    has to pass over them (RFC 9110, section 15.2).

    Raises:
        HTTPException: It is not HTTP.
        OSError: The connection broke.
    """
    for _ in range(_MOST_INFORMING):
        line = stream.readline(_LONGEST_LINE)
        found = _STATUS_LINE.fullmatch(line)
        if found is None:
            raise BadStatusLine("not a status line of HTTP/1.1")
        status, headers = int(found[2]), parse_headers(stream)
        if status >= 200:
            is_last = found[1] == b"0" or "close" in headers.get("Connection", "").lower()
            return ResponseHead(status, headers, is_last)
    raise BadStatusLine("replies that only inform, without end")
