"""A fast fake Gemini: a separate program that costs little CPU.

`python -m measure.bench.upstream` serves generateContent and streamGenerateContent?alt=sse, and
prints its URL. A model answers in chunks at a fixed pace, or refuses with a 429 for its quota per
minute. It has no framework, no task per request, and builds each answer's bytes once. For other
failures, use the emulator (tools/emulator/).
"""

from __future__ import annotations

import argparse
import asyncio
import functools
import json
import re
import signal
import subprocess
import sys
import time
import urllib.request
from collections import defaultdict
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from types import TracebackType
from typing import Any, Self

REPOSITORY = Path(__file__).parents[2]
CHUNKS = 20
GAP_SECONDS = 0.01
_GENERATE = re.compile(rb"POST /v1(?:beta)?/models/([^:/ ]+):(g|streamG)enerateContent(\?[^ ]*)? ")
_LENGTH = re.compile(rb"\r\ncontent-length: *(\d+)", re.IGNORECASE)
_CHUNKED = re.compile(rb"\r\ntransfer-encoding: *chunked", re.IGNORECASE)
_QUOTA = json.loads((REPOSITORY / "tools/emulator/replies/per-minute.json").read_text())["body"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Behaviour:
    """What a model does with each call.

    Attributes:
        status: 200 answers; 429 says that the requests of this minute are used up.
        chunks: In how many events a streamed answer comes.
        gap_seconds: Time between two of them. An answer that is not streamed takes as long.
        first_text_seconds: Time before the first.
        retry_delay_seconds: When a refused caller may come back.
        requests_per_minute: The limit that a refusal names, which callers learn.
    """

    status: int = 200
    chunks: int = CHUNKS
    gap_seconds: float = GAP_SECONDS
    first_text_seconds: float = 0.0
    retry_delay_seconds: int = 37
    requests_per_minute: int = 10


@dataclass(frozen=True, slots=True)
class Call:
    """One call: the model, the instant (`time.monotonic`), whether it was streamed."""

    model: str
    at: float
    is_stream: bool


def answer(chunks: int = CHUNKS) -> str:
    """The text of an answer in this many chunks."""
    return "".join(_texts(chunks))


def _texts(chunks: int) -> list[str]:
    return [f"Part {number} of {chunks} of what the model says. " for number in range(chunks)]


def _response(model: str, texts: list[str], *, is_last: bool) -> dict[str, Any]:
    tokens = sum(map(len, texts)) // 4
    content = {"parts": [{"text": texts[-1]}], "role": "model"}
    reason = {"finishReason": "STOP"} if is_last else {}
    return {
        "candidates": [{"content": content, **reason, "index": 0}],
        "usageMetadata": {
            "promptTokenCount": 8,
            "candidatesTokenCount": tokens,
            "totalTokenCount": 8 + tokens,
            "promptTokensDetails": [{"modality": "TEXT", "tokenCount": 8}],
        },
        "modelVersion": model,
        "responseId": "kAcDZ_7bGfKqz7IPpY-a0Q",
    }


def _chunk(data: bytes) -> bytes:
    return b"%x\r\n%s\r\n" % (len(data), data)


def _pretty(value: object) -> bytes:
    return (json.dumps(value, indent=2, ensure_ascii=False) + "\n").encode()


def _head(status: str, content_type: str, framing: str) -> bytes:
    return (
        f"HTTP/1.1 {status}\r\nContent-Type: {content_type}\r\nVary: Origin\r\nVary: X-Origin\r\n"
        f"Vary: Referer\r\nServer: scaffolding on HTTPServer2\r\nX-XSS-Protection: 0\r\n"
        f"X-Frame-Options: SAMEORIGIN\r\nX-Content-Type-Options: nosniff\r\n{framing}\r\n\r\n"
    ).encode()


def _json(status: str, body: bytes) -> bytes:
    head = _head(status, "application/json; charset=UTF-8", f"Content-Length: {len(body)}")
    return head + body


@functools.cache
def _stream(model: str, chunks: int, *, as_events: bool) -> tuple[bytes, ...]:
    """The writes of a streamed answer: its head with the first piece, then one for each piece.

    Pieces are events, or without alt=sse the items of one array.
    """
    texts = _texts(chunks)
    responses = [
        _response(model, texts[:number], is_last=number == chunks)
        for number in range(1, chunks + 1)
    ]
    if as_events:
        content_type = "text/event-stream"
        pieces = [f"data: {json.dumps(each)}\r\n\r\n".encode() for each in responses]
    else:
        content_type = "application/json; charset=UTF-8"
        pieces = [_pretty(each) + b",\r\n" for each in responses]
        pieces[0] = b"[" + pieces[0]
        pieces[-1] = pieces[-1].removesuffix(b",\r\n") + b"]"
    writes = [_chunk(piece) for piece in pieces]
    writes[0] = _head("200 OK", content_type, "Transfer-Encoding: chunked") + writes[0]
    writes[-1] += b"0\r\n\r\n"
    return tuple(writes)


@functools.cache
def _whole(model: str, chunks: int) -> bytes:
    response = _response(model, [answer(chunks)], is_last=True)
    head = _head("200 OK", "application/json; charset=UTF-8", "Transfer-Encoding: chunked")
    return head + _chunk(_pretty(response)) + b"0\r\n\r\n"


@functools.cache
def _refusal(model: str, seconds: int, limit: int) -> bytes:
    text = json.dumps(_QUOTA).replace("{model}", model)
    text = text.replace('"quotaValue": "10"', f'"quotaValue": "{limit}"')
    text = text.replace("37.412809316s", f"{seconds}.412809316s").replace('"37s"', f'"{seconds}s"')
    return _json("429 Too Many Requests", _pretty(json.loads(text)))


_NOT_FOUND = _json("404 Not Found", _pretty({"error": {"code": 404, "status": "NOT_FOUND"}}))


class Script:
    """What each model does, and its calls."""

    def __init__(self) -> None:
        self.reset()

    def reset(self) -> None:
        """Makes all models answer, and forgets all calls."""
        self._behaviours: dict[str, Behaviour] = {"*": Behaviour()}
        self.calls: list[Call] = []

    def behave(self, model: str, **fields: Any) -> None:
        """Sets what a model does from now on; `*` is all that have nothing of their own."""
        self._behaviours[model] = replace(self.of(model), **fields)

    def of(self, model: str) -> Behaviour:
        """What a model does."""
        return self._behaviours.get(model) or self._behaviours["*"]

    def control(self, path: str, body: bytes) -> object:
        """Executes a control URL; returns None if there is no such URL."""
        match path:
            case "/control/behave":
                self.behave(**json.loads(body))
            case "/control/reset":
                self.reset()
            case "/control/calls":
                found = defaultdict(list)
                for call in self.calls:
                    found[call.model].append(call.at)
                return found
            case "/control/log":
                return [asdict(call) for call in self.calls]
            case _:
                return None
        return {}


class Connection(asyncio.Protocol):
    """One connection: one request after another, each answered before the next is read."""

    def __init__(self, script: Script, loop: asyncio.AbstractEventLoop) -> None:
        self._script = script
        self._loop = loop
        self._received = b""
        self._timer: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Stores the transport."""
        assert isinstance(transport, asyncio.WriteTransport)
        self._transport = transport

    def connection_lost(self, exc: Exception | None) -> None:  # noqa: ARG002 - asyncio's
        """Ends a stream whose reader has gone."""
        if self._timer:
            self._timer.cancel()

    def data_received(self, data: bytes) -> None:
        """Answers once a request is complete."""
        self._received += data
        head_end = self._received.find(b"\r\n\r\n")
        if head_end < 0:
            return
        head = self._received[: head_end + 2]
        body = self._received[head_end + 4 :]
        if _CHUNKED.search(head):
            if not body.endswith(b"0\r\n\r\n"):
                return
        elif (length := _LENGTH.search(head)) and len(body) < int(length[1]):
            return
        self._received = b""
        self._answer(head, body)

    def _answer(self, head: bytes, body: bytes) -> None:
        generate = _GENERATE.match(head)
        if generate is None:
            path = head.split(b" ", 2)[1].decode()
            said = self._script.control(path, body)
            self._write(_NOT_FOUND if said is None else _json("200 OK", _pretty(said)))
            return
        model = generate[1].decode()
        is_stream = generate[2] == b"streamG"
        self._script.calls.append(Call(model, time.monotonic(), is_stream))
        does = self._script.of(model)
        if does.status == 429:
            self._write(_refusal(model, does.retry_delay_seconds, does.requests_per_minute))
            return
        if is_stream:
            as_events = b"alt=sse" in (generate[3] or b"")
            writes = _stream(model, does.chunks, as_events=as_events)
            wait = does.first_text_seconds
        else:
            writes = (_whole(model, does.chunks),)
            wait = does.first_text_seconds + does.gap_seconds * (does.chunks - 1)
        if wait:
            self._later(self._loop.time() + wait, writes, 0, does.gap_seconds)
        else:
            self._go_on(self._loop.time(), writes, 0, does.gap_seconds)

    def _go_on(self, at: float, writes: tuple[bytes, ...], number: int, gap: float) -> None:
        """Writes one event and schedules the next by the clock, so delays do not add up."""
        if not gap:
            self._write(b"".join(writes[number:]))
            return
        self._write(writes[number])
        if number + 1 < len(writes):
            self._later(at + gap, writes, number + 1, gap)

    def _later(self, at: float, writes: tuple[bytes, ...], number: int, gap: float) -> None:
        self._timer = self._loop.call_at(at, self._go_on, at, writes, number, gap)

    def _write(self, data: bytes) -> None:
        if not self._transport.is_closing():
            self._transport.write(data)


async def _serve(port: int) -> None:
    loop = asyncio.get_running_loop()
    script = Script()
    server = await loop.create_server(
        lambda: Connection(script, loop), "127.0.0.1", port, backlog=1024
    )
    print(f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}", flush=True)
    over = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, over.set)
    # Its parent keeps its standard input open as long as it needs it.
    reader = asyncio.StreamReader()
    await loop.connect_read_pipe(lambda: asyncio.StreamReaderProtocol(reader), sys.stdin)
    ends = [asyncio.create_task(over.wait()), asyncio.create_task(reader.read())]
    await asyncio.wait(ends, return_when=asyncio.FIRST_COMPLETED)


class Upstream:
    """The fake as a separate process, until the block ends.

    Attributes:
        url: Where it listens.
        pid: Its process.
    """

    def __enter__(self) -> Self:
        self._process = subprocess.Popen(
            [sys.executable, "-m", "measure.bench.upstream"],
            cwd=REPOSITORY,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        assert self._process.stdout is not None
        self.url = self._process.stdout.readline().strip()
        self.pid = self._process.pid
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.close()
        self._process.wait()
        self._process.stdout.close()

    def behave(self, model: str = "*", **fields: Any) -> None:
        """Sets fields of a model's `Behaviour` from now on; `*` is all without one of their own."""
        self._control("behave", {"model": model, **fields})

    def reset(self) -> None:
        """Makes all models answer, and forgets all calls."""
        self._control("reset", {})

    def calls(self) -> list[Call]:
        """All calls since the last reset, in their order."""
        return [Call(**call) for call in self._control("log")]

    def count(self, model: str | None = None) -> int:
        """The number of calls, to one model or to all."""
        return sum(model in (None, call.model) for call in self.calls())

    def _control(self, what: str, body: object = None) -> Any:
        data = json.dumps(body).encode() if body is not None else None
        opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
        with opener.open(f"{self.url}/control/{what}", data, timeout=30) as reply:
            return json.load(reply)


def main() -> None:
    """Serves until SIGTERM, Ctrl-C, or the end of standard input."""
    parser = argparse.ArgumentParser(prog="python -m measure.bench.upstream", description=__doc__)
    parser.add_argument("--port", type=int, default=0, help="a free one if not given")
    asyncio.run(_serve(parser.parse_args().port))


if __name__ == "__main__":
    main()
