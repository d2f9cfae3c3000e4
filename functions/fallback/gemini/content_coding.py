"""Undoes the compression of a body, a bounded piece at a time."""

from __future__ import annotations

import zlib
from collections.abc import Iterable, Iterator
from http.client import HTTPException, IncompleteRead

_MOST_BYTES_AT_ONCE = 65_536
_GZIP_OR_ZLIB = zlib.MAX_WBITS | 32


def decoded(parts: Iterable[bytes], coding: str) -> Iterator[bytes]:
    """The body as it was before compression.

    Pieces stay small however much a few bytes unpack to, so the reader can stop in time.

    Args:
        parts: The body as it comes.
        coding: The value of `Content-Encoding` (RFC 9110, section 8.4.1).

    Raises:
        HTTPException: The coding is not known, or the body is not so coded.
    """
    if coding not in ("gzip", "x-gzip", "deflate"):
        raise HTTPException("an unknown content coding")
    decoder = zlib.decompressobj(_GZIP_OR_ZLIB)
    for part in parts:
        rest, is_full = part, False
        while rest or is_full:
            if decoder.eof:  # A body may be several compressed ones in a row.
                decoder = zlib.decompressobj(_GZIP_OR_ZLIB)
            try:
                data = decoder.decompress(rest, _MOST_BYTES_AT_ONCE)
            except zlib.error as error:
                raise HTTPException("not what its content coding says") from error
            rest = decoder.unconsumed_tail or decoder.unused_data
            is_full = len(data) == _MOST_BYTES_AT_ONCE and not decoder.eof
            if data:
                yield data
    if not decoder.eof:
        raise IncompleteRead(b"")
