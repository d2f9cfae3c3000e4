"""A function on a real socket whose path says how it behaves."""

import gzip
import json
import threading
from contextlib import suppress
from http.server import BaseHTTPRequestHandler
from typing import Any

from tools.testkit.web_server import WebServer

ZIPPED = gzip.compress(b"zipped by the function", mtime=0)


class FakeFunction(WebServer):
    """Serves in threads of its own while the context lasts.

    Attributes:
        go_on: set it to let `/events` send its second event.
        asked: set as soon as a request has come.
        client_left: set when the client of `/endless` or `/silent` has left.
    """

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.port = self.server_address[1]
        self.forget()

    def forget(self) -> None:
        """Be as at the start, for the next test."""
        self.asked = threading.Event()
        self.go_on = threading.Event()
        self.client_left = threading.Event()

    def __enter__(self) -> "FakeFunction":
        threading.Thread(target=self.serve_forever, args=(0.02,), daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self.shutdown()
        self.server_close()


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: FakeFunction

    def answer(self) -> None:
        self.server.asked.set()
        name = self.path.partition("?")[0].strip("/") or "echo"
        getattr(self, f"_{name}", self._echo)()

    do_GET = do_HEAD = do_POST = do_OPTIONS = answer  # noqa: N815 - the library's names

    def log_message(self, *_: Any) -> None:
        pass

    def _reply(self, status: int, body: bytes, **headers: str) -> None:
        self.send_response(status)
        for name, value in {"content_length": str(len(body)), **headers}.items():
            self.send_header(name.replace("_", "-"), value)
        self.end_headers()
        self.wfile.write(b"" if self.command == "HEAD" else body)

    def _body(self) -> bytes:
        if self.headers["transfer-encoding"] != "chunked":
            return self.rfile.read(int(self.headers["content-length"] or 0))
        body = b""
        while size := int(self.rfile.readline(), 16):
            body += self.rfile.read(size)
            self.rfile.readline()
        return body

    def _echo(self) -> None:
        seen = {
            "method": self.command,
            "target": self.path,
            "headers": {name.lower(): value for name, value in self.headers.items()},
            "body": self._body().hex(),
        }
        self._reply(
            200, json.dumps(seen).encode(), content_type="application/json", x_of="function"
        )

    def _stream(self, chunk: bytes) -> None:
        self.wfile.write(b"%x\r\n%s\r\n" % (len(chunk), chunk))

    def _start_events(self) -> None:
        self._body()
        self.send_response(200)
        self.send_header("Content-Type", "text/event-stream")
        self.send_header("Transfer-Encoding", "chunked")
        self.end_headers()
        self._stream(b"data: 1\n\n")

    def _events(self) -> None:
        self._start_events()
        assert self.server.go_on.wait(60)
        self._stream(b"data: 2\n\n")
        self._stream(b"")

    def _endless(self) -> None:
        with suppress(ConnectionError):  # It may have left already.
            self._start_events()
        self._silent()

    def _silent(self) -> None:
        with suppress(ConnectionError):
            self.rfile.read(1)
        self.server.client_left.set()

    def _cut(self) -> None:
        self._start_events()
        self.close_connection = True

    def _zipped(self) -> None:
        self._reply(200, ZIPPED, content_encoding="gzip", content_type="text/plain")

    def _refused(self) -> None:
        # The body is left unread: closing then resets the connection.
        self._reply(413, b"too large", connection="close")
        self.close_connection = True

    def _refused_and_held(self) -> None:
        # The body is left unread and the connection open: sending the rest would never end.
        self._reply(413, b"too large")
        self.server.go_on.wait(60)
        self.close_connection = True
