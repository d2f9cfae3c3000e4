"""Gemini as a script of bytes, and one attempt at it."""

from __future__ import annotations

import contextlib
import json
import re
import socketserver
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from fallback.core.answer import End, Text
from fallback.core.chat import Chat, Message, Role
from fallback.core.failure import Failure
from fallback.core.hierarchy import Model, Thinking
from fallback.gemini.endpoint import DeveloperApi
from fallback.gemini.known_models import KnownModels
from fallback.gemini.rest import RestProvider
from fallback.ports import AttemptLimits, EventLog, Provider
from tools.testkit.log import RecordingLog
from tools.testkit.time_travel import FakeClock

MODEL = "gemini-3.8-flash"
KEY = "made-up-key"
CHAT = Chat(messages=(Message(Role.USER, "Hello"),))
HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nConnection: close\r\n\r\n"

# One model that is told how much to think, and one that is not.
MODELS = (Model(MODEL, "Primary", Thinking.LOW), Model("gemini-2.5-flash-lite", "Other"))
Send = Callable[[bytes], None]
Script = Callable[[Send], None]
Piece = Text | End | Failure


@dataclass
class Upstream:
    """What was asked of a scripted server."""

    url: str = ""
    requests: list[bytes] = field(default_factory=list)
    left: threading.Event = field(default_factory=threading.Event)
    """A client ended its connection while the script was sending, or waiting in `until_left`."""

    @property
    def bodies(self) -> list[object]:
        """As Gemini reads them: protobuf's JSON has two forms of a name, and the SDK mixes them."""
        return [_camel(json.loads(request.partition(b"\r\n\r\n")[2])) for request in self.requests]

    @property
    def targets(self) -> list[bytes]:
        return [request.split()[1] for request in self.requests]

    def header(self, name: str) -> str | None:
        """A header of the last request."""
        found = re.search(rf"(?im)^{name}: *(.*?)\r?$", self.requests[-1].decode())
        return found[1] if found else None


@contextlib.contextmanager
def upstream(script: Script) -> Iterator[Upstream]:
    """A server that reads one request a connection and then does what the script says."""
    seen = Upstream()

    class Handler(socketserver.BaseRequestHandler):
        def handle(self) -> None:
            try:
                seen.requests.append(_request(self.request.recv))
                script(self.request.sendall)
            except OSError:
                seen.left.set()

    class Server(socketserver.ThreadingTCPServer):
        allow_reuse_address = True
        daemon_threads = True
        request_queue_size = 128

    with Server(("127.0.0.1", 0), Handler) as server:
        seen.url = f"http://127.0.0.1:{server.server_address[1]}"
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        try:
            yield seen
        finally:
            server.shutdown()
            thread.join()


def _camel(value: object) -> object:
    match value:
        case dict():
            return {re.sub("_(.)", lambda m: m[1].upper(), k): _camel(v) for k, v in value.items()}
        case list():
            return [_camel(entry) for entry in value]
    return value


def _request(receive: Callable[[int], bytes]) -> bytes:
    def more() -> bytes:
        if not (received := receive(65_536)):
            raise ConnectionError("it left before its request was whole")
        return received

    request = b""
    while b"\r\n\r\n" not in request:
        request += more()
    head, _, body = request.partition(b"\r\n\r\n")
    length = re.search(rb"(?i)content-length: *(\d+)", head)
    while length and len(body) < int(length[1]):
        body += more()
    return head + b"\r\n\r\n" + body


def limits(
    first_text: float = 10, idle: float = 10, total: float = 30, thinking: float = 20
) -> AttemptLimits:
    return AttemptLimits(
        first_text_seconds=first_text,
        thinking_seconds=thinking,
        idle_seconds=idle,
        total_seconds=total,
    )


def ask(provider: Provider, within: AttemptLimits, chat: Chat = CHAT) -> list[Piece]:
    return list(provider.attempt(MODEL, chat, within))


def known_models(log: EventLog | None = None, models: tuple[Model, ...] = MODELS) -> KnownModels:
    return KnownModels(models, log or RecordingLog())


def rest_provider(url: str, known: KnownModels | None = None) -> RestProvider:
    endpoint = DeveloperApi(base_url=url, api_key=KEY)
    return RestProvider(endpoint, FakeClock(), known or known_models())


def ask_rest(script: Script, within: AttemptLimits | None = None) -> list[Piece]:
    """One attempt over the REST address."""
    with upstream(script) as gemini:
        provider = rest_provider(gemini.url)
        try:
            return ask(provider, within or limits())
        finally:
            provider.close()


def event(text: str | None = None, **candidate: object) -> bytes:
    parts = [] if text is None else [{"text": text}]
    return data({"candidates": [{"content": {"parts": parts}, **candidate}]})


def data(value: object) -> bytes:
    return b"data: " + json.dumps(value).encode() + b"\r\n\r\n"


END = event(finishReason="STOP")


def sending(*parts: bytes) -> Script:
    def script(send: Send) -> None:
        for part in (HEAD, *parts):
            send(part)

    return script


def refusing(status: int, body: object, *headers: str) -> Script:
    text = json.dumps(body).encode()
    lines = (f"HTTP/1.1 {status} No", "Connection: close", f"Content-Length: {len(text)}", *headers)
    head = "\r\n".join((*lines, "Content-Type: application/json", "", ""))
    return lambda send: send(head.encode() + text)


def text_of(pieces: list[Piece]) -> str:
    return "".join(piece.text for piece in pieces if isinstance(piece, Text))
