"""Makes any stream of server-sent events one that google-genai can read.

The SDK reads the form that Gemini sends, and stumbles over what the standard allows besides:
comments that keep a connection alive, fields other than `data`, a colon without a space after it,
and the `[DONE]` of the OpenAI format. Proxies add all of them. (WHATWG HTML, section 9.2.6.)
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

_OTHER_FIELDS = (b":", b"event:", b"id:", b"retry:")


def plain_events(parts: Iterable[bytes]) -> Iterator[bytes]:
    """The same stream, line by line, with nothing but data and the blank lines between.

    Lines of other forms pass as they are: Gemini sends errors as plain JSON in between.
    """
    rest = b""
    for part in parts:
        *lines, rest = (rest + part).split(b"\n")
        cleaned = [line for line in map(_plain, lines) if line is not None]
        if cleaned:
            yield b"\n".join([*cleaned, b""])
    last = _plain(rest) if rest else None
    if last is not None:
        yield last


def _plain(line: bytes) -> bytes | None:
    if line.startswith(_OTHER_FIELDS):
        return None
    if not line.startswith(b"data:"):
        return line
    data = line[len(b"data:") :].strip()
    return None if data == b"[DONE]" else b"data: " + data
