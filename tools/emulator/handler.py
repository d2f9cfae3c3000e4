"""Reads HTTP requests, finds out what they ask for, and has them answered."""

import contextlib
import re
import threading
from http.server import BaseHTTPRequestHandler
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

from tools.emulator.control import PREFIX, control
from tools.emulator.emulation import Emulation
from tools.emulator.exchange import Exchange
from tools.emulator.models import RETIRED, describe, page_of
from tools.emulator.performing import perform
from tools.emulator.prompts import InvalidRequestError, parse_json, read_prompt
from tools.emulator.replies import canned_replies, render
from tools.emulator.wire import ClientGoneError, Wire

_MODELS = re.compile(r"/(?:v1|v1beta)/models(?:/(?P<model>[^/:]+))?")
_GENERATE = re.compile(
    r"/(?P<version>v1|v1beta)/models/(?P<model>[^/:]+)"
    r":(?P<method>generateContent|streamGenerateContent)"
)


class Handler(BaseHTTPRequestHandler):
    """One connection: each of its requests in turn."""

    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    emulation: Emulation
    stopping: threading.Event

    def handle(self) -> None:
        """Serve the connection until either side ends it."""
        with contextlib.suppress(ClientGoneError, OSError):
            super().handle()

    def do_GET(self) -> None:
        """Answer a request for models or for control."""
        url = urlsplit(self.path)
        if _is_control(url.path):
            self._control("GET", url.path, b"")
        elif not self._key():
            self._refuse("key-missing")
        elif found := _MODELS.fullmatch(url.path):
            self._models(unquote(found["model"] or ""))
        else:
            self._refuse("html-404")

    def do_POST(self) -> None:
        """Answer a request to generate or for control."""
        url = urlsplit(self.path)
        raw = self._body()
        if _is_control(url.path):
            self._control("POST", url.path, raw)
        elif found := _GENERATE.fullmatch(url.path):
            self._generate(found, raw)
        else:
            self._refuse("html-404")

    def _generate(self, found: re.Match[str], raw: bytes) -> None:
        model, method = unquote(found["model"]), found["method"]
        body, refusal = _read(raw)
        self.emulation.record(model, method, body, dict(self.headers.items()))
        if not self._key():
            self._refuse("key-missing")
            return
        try:
            if refusal:
                raise refusal
            prompt = read_prompt(body)
        except InvalidRequestError as error:
            self._refuse(error.reply, error.reason)
            return
        streamed = method == "streamGenerateContent"
        exchange = Exchange(
            model=model,
            version=found["version"],
            key=self._key(),
            streamed=streamed,
            sse=streamed and self._query("alt") == "sse",
            prompt=prompt,
            chunk_seconds=self.emulation.chunk_seconds,
            wire=self._wire(),
        )
        perform(self.emulation.next_behaviour(model), exchange)

    def _control(self, method: str, path: str, raw: bytes) -> None:
        status, body = control(self.emulation, method, path, raw)
        self._wire().send_json(body, status=status)

    def _models(self, model: str) -> None:
        if model in RETIRED:
            self._refuse("retired", model=model)
        elif model:
            self._wire().send_json(describe(model))
        else:
            size, token = self._query("pageSize"), self._query("pageToken")
            self._wire().send_json(page_of(self.emulation.models(), size, token))

    def _refuse(self, name: str, reason: str = "", **placeholders: str) -> None:
        reply = render(canned_replies()[name], {"reason": reason, **placeholders})
        if reply.text is None:
            self._wire().send_json(reply.body, status=reply.status)
        else:
            self._wire().send(reply.text.encode(), status=reply.status, content_type="text/html")

    def _body(self) -> bytes:
        length = self.headers.get("Content-Length", "")
        if not length.isdecimal():
            # Where such a body ends is not known, so no further request can be read.
            self.close_connection = True
            return b""
        return self.rfile.read(int(length))

    def _key(self) -> str:
        return self.headers.get("x-goog-api-key") or self._query("key")

    def _query(self, name: str) -> str:
        return parse_qs(urlsplit(self.path).query).get(name, [""])[-1]

    def _wire(self) -> Wire:
        return Wire(self, self.stopping)

    def version_string(self) -> str:
        """Return what Gemini calls its server."""
        return "scaffolding on HTTPServer2"

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - the parent's name
        """Stay silent; `GET /control/calls` tells what came."""


def _is_control(path: str) -> bool:
    return path == PREFIX or path.startswith(f"{PREFIX}/")


def _read(raw: bytes) -> tuple[dict[str, Any], InvalidRequestError | None]:
    """Return the request body, or an empty one and what is wrong with it."""
    try:
        return parse_json(raw), None
    except InvalidRequestError as error:
        return {}, error
