"""Reads the chunked transfer of HTTP/1.1 (RFC 9112, section 7.1), whatever pieces it comes in.

http.client would hand over one chunk after another. Under load several have come together, and
cost little more than one.
"""

from __future__ import annotations

import re
from http.client import HTTPException

# The end of a chunk's line is read with the frame that follows it.
_FRAME = re.compile(rb"(?:\r?\n)?([0-9A-Fa-f]{1,16})[ \t]*(?:;[^\r\n]*)?\r?\n")
_MOST_FRAME_BYTES = 1024


class ChunkedBody:
    """Takes the frames away from one body.

    Attributes:
        is_over: Whether its last chunk has come.
        rest: What was received and not read yet; after the last chunk, what follows it.
    """

    def __init__(self) -> None:
        """Nothing has been received."""
        self.is_over = False
        self.rest = b""
        self._left_bytes = 0

    def take(self, received: bytes) -> bytes:
        """The data in what was received, which may be none.

        Raises:
            HTTPException: It is not chunked.
        """
        data, at = self.rest + received, 0
        left, end = self._left_bytes, len(data)
        found: list[bytes] = []
        while at < end and not self.is_over:
            if not left:
                frame = _FRAME.match(data, at)
                if frame is None:
                    if end - at > _MOST_FRAME_BYTES or b"\n" in data[at + 2 :]:
                        raise HTTPException("a chunk without its size")
                    break
                at = frame.end()
                left = int(frame[1], 16)
                if not left:
                    self.is_over = True
                    break
            found.append(data[at : at + left])
            at += left
            left = max(at - end, 0)
        self._left_bytes = left
        self.rest = data[at:]
        return b"".join(found)
