"""A load generator that costs little, and checks whether answers are complete.

Closed loop (`ask_all`): each client has its own connection and asks again as soon as it is
answered. Open loop (`OpenLoop`): requests go to several targets in turn at a steady rate, whether
or not earlier ones were answered. While a reply arrives, only its first text is searched for; its
verdict is computed when it is read, perhaps after the load.
"""

from __future__ import annotations

import asyncio
import functools
import itertools
import json
import math
import re
import threading
import time
from collections import defaultdict, deque
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from types import TracebackType
from typing import Self
from urllib.parse import urlsplit

PROMPT = "Why is the sky blue?"
QUESTION = {"messages": [{"role": "user", "content": PROMPT}]}
GIVE_UP_SECONDS = 120.0
"""When a reply that has not ended is given up."""

_FIRST_TEXT = re.compile(rb'"(?:content|text)": ?"[^"]')
_TEXT = re.compile(rb'"(?:content|text)": ?"((?:[^"\\]|\\.)*)"')
_MODEL = re.compile(rb'"model(?:Version)?": ?"([^"]+)"')
_REASON = re.compile(rb'"(?:finish_reason|finishReason)": ?"(\w+)"')
_ERROR = re.compile(rb'"error": ?\{')
_LENGTH = re.compile(rb"\r\ncontent-length: *(\d+)", re.IGNORECASE)
_CHUNKED = re.compile(rb"\r\ntransfer-encoding: *chunked", re.IGNORECASE)
_CLOSES = re.compile(rb"\r\nconnection: *close", re.IGNORECASE)
_BODILESS = frozenset({204, 304})


@dataclass(frozen=True, slots=True)
class ProbeResult:
    """What a reply's bytes say.

    Attributes:
        is_whole: An answer with its end: a reason why it stopped, no error, and [DONE] after a
            stream of Chat Completions.
        has_reason: The same, with or without [DONE].
        model: Who answered, where the reply names it; the last one, where it changes.
        text: What a visitor would have read.
    """

    is_whole: bool
    has_reason: bool
    model: str | None
    text: str


@dataclass(frozen=True)
class Reply:
    """The result of one request.

    Attributes:
        at: When it was due, by `time.monotonic`: in an open loop waiting for a connection counts.
        status: Of HTTP; 0 if the connection failed or nothing came for two minutes.
        seconds: Until the reply's last byte.
        first_text_seconds: Until its first visible text; None if it had none.
        target: Which of the targets was asked, counted from 0.
        body: What it carried; empty if the connection failed.
    """

    at: float
    status: int
    seconds: float
    first_text_seconds: float | None
    target: int
    body: bytes = field(repr=False)

    @functools.cached_property
    def verdict(self) -> ProbeResult:
        """The verdict on the body."""
        return judge(self.status, self.body)


class Target:
    """One request, sent again and again."""

    def __init__(
        self,
        url: str,
        body: object = None,
        *,
        headers: dict[str, str] | None = None,
        number: int = 0,
    ) -> None:
        """Builds the request's bytes.

        Args:
            url: With http and a port.
            body: Sent as JSON with POST; without one it is a GET.
            headers: More of them.
            number: Its place among the targets.
        """
        parts = urlsplit(url)
        self.host, self.port = parts.hostname or "", parts.port or 80
        self.number = number
        path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
        data = b"" if body is None else json.dumps(body).encode()
        lines = [f"{'GET' if body is None else 'POST'} {path} HTTP/1.1", f"Host: {parts.netloc}"]
        if body is not None:
            lines += ["Content-Type: application/json", f"Content-Length: {len(data)}"]
        lines += [f"{name}: {value}" for name, value in (headers or {}).items()]
        self.request = "\r\n".join([*lines, "", ""]).encode() + data


def chat(
    url: str, *, stream: bool = False, number: int = 0, path: str = "/v1/chat/completions"
) -> Target:
    """A chat in the Chat Completions format."""
    body = {**QUESTION, "stream": True} if stream else QUESTION
    return Target(url + path, body, number=number)


def judge(status: int, body: bytes) -> ProbeResult:
    """Judges an answer of Chat Completions or of Gemini, streamed or not."""
    model = _MODEL.findall(body)
    text = b"".join(_TEXT.findall(body)).decode()
    if "\\" in text:
        text = json.loads(f'"{text}"')
    needs_done = body.startswith(b"data:") and b'"candidates"' not in body
    has_reason = status == 200 and bool(_REASON.search(body)) and not _ERROR.search(body)
    return ProbeResult(
        is_whole=has_reason and (not needs_done or body.rstrip().endswith(b"data: [DONE]")),
        has_reason=has_reason,
        model=model[-1].decode() if model else None,
        text=text,
    )


def unchunked(data: bytes) -> bytes | None:
    """The body of a chunked transfer; None if that is not its end yet."""
    parts: list[bytes] = []
    place = 0
    while True:
        line_end = data.find(b"\r\n", place)
        if line_end < 0:
            return None
        size = int(data[place:line_end].partition(b";")[0], 16)
        start = line_end + 2
        if len(data) < start + size + 2:
            return None
        if size == 0:
            return b"".join(parts)
        parts.append(data[start : start + size])
        place = start + size + 2


class _Connection(asyncio.Protocol):
    """One connection to a target."""

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        self._loop = loop
        self._closed = False
        self._waiting: asyncio.Future[tuple[int, bytes]] | None = None
        self.is_reusable = True
        self._start()

    def _start(self) -> None:
        self._received: list[bytes] = []
        self._head = b""
        self._length: int | None = None
        self._size = 0
        self._tail = b""
        self.first_text_at: float | None = None
        self.has_received = False

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.WriteTransport)
        self._transport = transport

    def connection_lost(self, exc: Exception | None) -> None:
        self._closed = True
        self.is_reusable = False
        if self._waiting and not self._waiting.done():
            if self._head and self._length is None and self._until_close:
                self._finish(b"".join(self._received))
            else:
                self._waiting.set_exception(exc or ConnectionResetError("closed"))

    def ask(self, request: bytes) -> asyncio.Future[tuple[int, bytes]]:
        """Sends a request; the future holds the status and the body."""
        self._start()
        self._waiting = self._loop.create_future()
        if self._closed:
            self._waiting.set_exception(ConnectionResetError("closed"))
        else:
            self._transport.write(request)
        return self._waiting

    def close(self) -> None:
        self.is_reusable = False
        self._transport.close()

    def data_received(self, data: bytes) -> None:
        self.has_received = True
        if not self._head:
            data = b"".join(self._received) + data
            end = data.find(b"\r\n\r\n")
            if end < 0:
                self._received = [data]
                return
            self._received = []
            self._read_head(data[: end + 2])
            data = data[end + 4 :]
        if self.first_text_at is None and _FIRST_TEXT.search(data):
            self.first_text_at = time.monotonic()
        self._received.append(data)
        self._size += len(data)
        if self._length is not None:
            if self._size >= self._length:
                self._finish(b"".join(self._received))
        elif not self._until_close:
            self._tail = (self._tail + data)[-5:]
            if self._tail == b"0\r\n\r\n":
                body = unchunked(b"".join(self._received))
                if body is not None:
                    self._finish(body)

    def _read_head(self, head: bytes) -> None:
        self._head = head
        self._status = int(head[9:12])
        length = _LENGTH.search(head)
        self._length = int(length[1]) if length else None
        if self._status in _BODILESS:
            self._length = 0
        self._until_close = length is None and not _CHUNKED.search(head)
        if _CLOSES.search(head):
            self.is_reusable = False

    def _finish(self, body: bytes) -> None:
        if self._waiting and not self._waiting.done():
            self._waiting.set_result((self._status, body))


class _Pool:
    """One client's idle connections."""

    def __init__(self) -> None:
        self._idle: dict[tuple[str, int], deque[_Connection]] = defaultdict(deque)

    async def ask(self, target: Target, due: float) -> Reply:
        """Asks once: on an idle connection, else on a new one.

        A connection that the server has closed meanwhile is replaced, as any client does.
        """
        idle = self._idle[target.host, target.port]
        while idle:
            connection = idle.pop()
            if not connection.is_reusable:
                continue
            reply = await self._ask_on(connection, target, due)
            if reply.status or connection.has_received:
                return reply
        loop = asyncio.get_running_loop()
        try:
            _, connection = await loop.create_connection(
                lambda: _Connection(loop), target.host, target.port
            )
        except OSError:
            return _reply(target, due, 0, None, b"")
        return await self._ask_on(connection, target, due)

    async def _ask_on(self, connection: _Connection, target: Target, due: float) -> Reply:
        try:
            async with asyncio.timeout(GIVE_UP_SECONDS):
                status, body = await connection.ask(target.request)
        except (OSError, TimeoutError):
            connection.close()
            return _reply(target, due, 0, connection.first_text_at, b"")
        if connection.is_reusable:
            self._idle[target.host, target.port].append(connection)
        else:
            connection.close()
        return _reply(target, due, status, connection.first_text_at, body)

    def close(self) -> None:
        for idle in self._idle.values():
            for connection in idle:
                connection.close()


def _reply(
    target: Target, due: float, status: int, first_text_at: float | None, body: bytes
) -> Reply:
    first_text_seconds = first_text_at - due if first_text_at else None
    return Reply(due, status, time.monotonic() - due, first_text_seconds, target.number, body)


async def _closed_loop(
    targets: Sequence[Target], clients: int, requests: float, seconds: float
) -> list[Reply]:
    replies: list[Reply] = []
    turns = itertools.cycle(targets)
    left = requests
    ends_at = time.monotonic() + seconds

    async def client() -> None:
        nonlocal left
        pool = _Pool()
        while left > 0 and (now := time.monotonic()) < ends_at:
            left -= 1
            replies.append(await pool.ask(next(turns), now))
        pool.close()

    await asyncio.gather(*(client() for _ in range(clients)))
    return replies


def ask_all(
    *targets: Target,
    clients: int = 1,
    requests: float = math.inf,
    seconds: float = math.inf,
) -> list[Reply]:
    """A closed loop: each client asks again as soon as it is answered.

    Args:
        targets: Asked in turn.
        clients: How many, each with a connection of its own.
        requests: How many in all.
        seconds: When no more is asked, if that comes first; what was asked is waited for.
    """
    # In a thread of its own: the caller's may run a loop already, as Playwright's does.
    with ThreadPoolExecutor(1) as pool:
        asking = _closed_loop(targets, clients, requests, seconds)
        return pool.submit(asyncio.run, asking).result()


class OpenLoop:
    """An open loop: requests at a steady total rate, to the targets in turn, until the block ends.

    It runs in a thread of its own. Leaving the block waits for what was asked.

    Attributes:
        replies: What has come so far; only ever appended to.
    """

    def __init__(self, targets: Sequence[Target], per_second: float) -> None:
        self.replies: list[Reply] = []
        self._targets = targets
        self._pause = 1 / per_second
        self._over = threading.Event()
        self._thread = threading.Thread(target=lambda: asyncio.run(self._run()), name="load")

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._over.set()
        self._thread.join()

    async def _run(self) -> None:
        pool = _Pool()
        turns = itertools.cycle(self._targets)
        asked: set[asyncio.Task[None]] = set()

        async def ask(target: Target, due: float) -> None:
            self.replies.append(await pool.ask(target, due))

        due = time.monotonic()
        while not self._over.is_set():
            # All requests due by now, in one turn of the loop.
            while due <= time.monotonic():
                task = asyncio.create_task(ask(next(turns), due))
                asked.add(task)
                task.add_done_callback(asked.discard)
                due += self._pause
            await asyncio.sleep(max(0.0, due - time.monotonic()))
        await asyncio.gather(*asked)
        pool.close()
