"""What the project uses of Cloud Storage's JSON API, with its preconditions, in memory."""

from __future__ import annotations

import email
import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

from tools.testkit.web_server import WebServer


@dataclass
class StorageObject:
    """One object: its generation, what was uploaded with it, and its content."""

    generation: int
    resource: dict[str, Any]
    content: bytes


@dataclass
class FakeStorage:
    """A storage with one kind of client.

    Attributes:
        objects: By bucket and name.
        asked: Method and path of every request.
        failing: The statuses of the next replies.
    """

    objects: dict[tuple[str, str], StorageObject] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)
    failing: list[int] = field(default_factory=list)
    url: str = ""
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def writes(self) -> int:
        """How many uploads were asked for."""
        return sum(call.startswith("POST") for call in self.asked)

    def answer(
        self, method: str, target: str, content_type: str, body: bytes
    ) -> tuple[int, dict[str, Any] | bytes]:
        """One reply of the API."""
        path, query = urlsplit(target).path, parse_qs(urlsplit(target).query)
        with self._lock:
            self.asked.append(f"{method} {path}")
            if self.failing:
                return self.failing.pop(0), {"error": {"message": "failing"}}
            _, _, rest = path.partition("/storage/v1/b/")
            bucket, _, name = rest.partition("/o")
            if method == "POST":
                return self._insert(bucket, query, content_type, body)
            found = self.objects.get((bucket, unquote(name.removeprefix("/"))))
            generation = query.get("generation", [])
            if found is None or generation not in ([], [str(found.generation)]):
                return 404, {"error": {"message": "No such object"}}
            if query.get("alt") == ["media"]:
                return 200, found.content
            return 200, {**found.resource, "generation": str(found.generation)}

    def _insert(
        self, bucket: str, query: dict[str, list[str]], content_type: str, body: bytes
    ) -> tuple[int, dict[str, Any]]:
        message = email.message_from_bytes(f"Content-Type: {content_type}\r\n\r\n".encode() + body)
        described, content = [part.get_payload(decode=True) for part in message.get_payload()]  # type: ignore[union-attr] # it is multipart
        resource = json.loads(bytes(described))
        key = (bucket, resource["name"])
        old = self.objects.get(key)
        generation = 0 if old is None else old.generation
        if int(query["ifGenerationMatch"][0]) != generation:
            return 412, {"error": {"message": "conditionNotMet"}}
        self.objects[key] = StorageObject(generation + 1, resource, bytes(content))
        return 200, {"generation": str(generation + 1)}

    @contextmanager
    def serving(self) -> Iterator[FakeStorage]:
        """Serves until the block ends."""
        storage = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self) -> None:
                body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
                status, said = storage.answer(
                    self.command, self.path, self.headers.get("Content-Type", ""), body
                )
                content = said if isinstance(said, bytes) else json.dumps(said).encode()
                self.send_response(status)
                self.send_header("Content-Length", str(len(content)))
                self.end_headers()
                self.wfile.write(content)

            def do_POST(self) -> None:
                self.do_GET()

            def log_message(self, *_: Any) -> None:
                pass

        server = WebServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{server.server_address[1]}"
        threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
        try:
            yield self
        finally:
            server.shutdown()
            server.server_close()
