"""A page and its functions as a smoke test sees them: well, until a test says otherwise."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from typing import Any

from infra.release.smoke import STRANGER
from tools.testkit.web_server import WebServer

STREAM = (
    'data: {"choices": [{"delta": {"content": "ready"}, "finish_reason": null}]}\n\n'
    'data: {"choices": [{"delta": {}, "finish_reason": "stop"}]}\n\n'
    "data: [DONE]\n\n"
)
EXHAUSTED = {"error": {"code": "models_exhausted", "retry_at": "2026-11-23T08:00:00Z"}}


@dataclass
class Stubbed:
    """One reply; a test may change each part."""

    body: Any
    headers: dict[str, str]
    status: int = 200

    def encoded(self) -> bytes:
        return (self.body if isinstance(self.body, str) else json.dumps(self.body)).encode()


@dataclass
class StubSite:
    """Replies by name.

    Attributes:
        build: folder of the build whose script is served.
        served: the script, where it is read anew each time.
    """

    build: Path
    served: Path | None = None
    page: str = ""
    functions: str = ""
    replies: dict[str, Stubbed] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)

    def heal(self) -> None:
        cors = {"Access-Control-Allow-Origin": self.page}
        json_headers = {**cors, "Content-Type": "application/json"}
        fresh = {"Cache-Control": "no-cache", "Content-Type": "text/html; charset=utf-8"}
        policy = f"default-src 'none'; connect-src 'self' {self.functions}"
        html = f'<meta http-equiv="Content-Security-Policy" content="{policy}">'
        urls = {"chatUrl": f"{self.functions}/chat", "availabilityUrl": f"{self.functions}/state"}
        allowed = {
            "Access-Control-Allow-Methods": "GET, POST, OPTIONS",
            "Access-Control-Allow-Headers": "content-type",
        }
        state = {"available": True, "status": "operational", "retry_at": None, "models": [{}]}
        answer = {"choices": [{"message": {"content": "ready"}, "finish_reason": "stop"}]}
        unkept = {"Cache-Control": "no-store"}
        self.replies = {
            "page": Stubbed(html, fresh),
            "config": Stubbed(urls, {**fresh, "Content-Type": "application/json"}),
            "script": Stubbed(
                (self.build / "app.js").read_text(),
                {"Content-Type": "text/javascript", "Cache-Control": "immutable"},
            ),
            "preflight": Stubbed("", {**cors, **allowed}, 204),
            "availability": Stubbed(state, {**json_headers, "Cache-Control": "max-age=2"}),
            "plain": Stubbed(answer, {**json_headers, **unkept}),
            "stream": Stubbed(STREAM, {**cors, **unkept, "Content-Type": "text/event-stream"}),
            "stranger": Stubbed({}, {"Content-Type": "application/json"}),
        }

    def refuse(self, body: Any, status: int) -> None:
        for name in ("plain", "stream"):
            self.replies[name].body, self.replies[name].status = body, status


@contextmanager
def stub_site(folder: Path) -> Iterator[StubSite]:
    (folder / "app.js").write_text("start()")
    headers = {"content_type": "text/javascript", "cache_control": "immutable"}
    (folder / "assets.json").write_text(json.dumps({"app.js": headers}))
    site = StubSite(folder)

    class Handler(BaseHTTPRequestHandler):
        def answer(self) -> None:
            self.send(_name(self.command, self.path, self.headers.get("Origin"), self.read()))

        do_GET = do_POST = do_OPTIONS = answer  # noqa: N815 - the library's names

        def read(self) -> bytes:
            return self.rfile.read(int(self.headers.get("Content-Length", 0)))

        def send(self, name: str) -> None:
            site.asked.append(name)
            reply = site.replies[name]
            body = reply.encoded()
            if name == "script" and site.served:
                body = site.served.read_bytes()
            self.send_response(reply.status)
            for header, value in reply.headers.items():
                self.send_header(header, value)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: Any) -> None:
            pass

    servers = [WebServer(("127.0.0.1", 0), Handler) for _ in range(2)]
    for server in servers:
        threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
    site.page, site.functions = (f"http://127.0.0.1:{s.server_address[1]}" for s in servers)
    site.heal()
    try:
        yield site
    finally:
        for server in servers:
            server.shutdown()
            server.server_close()


def _name(method: str, path: str, origin: str | None, body: bytes) -> str:
    if origin == STRANGER:
        return "stranger"
    if path == "/chat":
        if method == "OPTIONS":
            return "preflight"
        return "stream" if json.loads(body)["stream"] else "plain"
    names = {"/": "page", "/config.json": "config", "/state": "availability", "/app.js": "script"}
    return names[path]
