"""Reads HTTP requests, finds out what they ask for, and has them answered."""

import contextlib
import re
import threading
from http.server import BaseHTTPRequestHandler
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

from tools.emulator.callers import Caller
from tools.emulator.control import PREFIX, control
from tools.emulator.emulation import Emulation
from tools.emulator.exchange import Exchange
from tools.emulator.generation import prompt_tokens
from tools.emulator.invoice import BilledCall
from tools.emulator.metadata import FLAVOR, metadata
from tools.emulator.metadata import PREFIX as METADATA_PREFIX
from tools.emulator.models import RETIRED, describe, page_of
from tools.emulator.performing import perform
from tools.emulator.prompts import InvalidRequestError, parse_json, read_prompt
from tools.emulator.replies import canned_replies, render
from tools.emulator.service_tiers import TIERS, asked_tier, asked_tier_of_vertex
from tools.emulator.wire import ClientGoneError, Wire

_MODELS = re.compile(r"/(?:v1|v1beta)/models(?:/(?P<model>[^/:]+))?")
_METHOD = r"(?P<model>[^/:]+):(?P<method>generateContent|streamGenerateContent)"
_GENERATE = re.compile(rf"/(?P<version>v1|v1beta)/models/{_METHOD}")
_VERTEX = re.compile(
    r"/(?P<version>v1|v1beta1)/projects/(?P<project>[^/:]+)/locations/(?P<location>[^/:]+)"
    rf"/publishers/google/models/{_METHOD}"
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
        elif url.path == "/" or url.path.startswith(METADATA_PREFIX):
            self._metadata(url.path)
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
            self._generate(found, raw, self.emulation.callers.with_key(self._key()))
        elif found := _VERTEX.fullmatch(url.path):
            place = unquote(found["project"]), unquote(found["location"])
            self._generate(found, raw, self.emulation.callers.on_vertex(self._token(), *place))
        else:
            self._refuse("html-404")

    def _generate(self, found: re.Match[str], raw: bytes, caller: Caller) -> None:
        model, method = unquote(found["model"]), found["method"]
        body, refusal = _read(raw)
        self.emulation.record(model, method, body, dict(self.headers.items()), caller)
        if (no := _refusal_of(caller)) is not None:
            self._refuse(no)
            return
        try:
            if refusal:
                raise refusal
            prompt = read_prompt(body)
            tier = self._tier(body, caller)
        except InvalidRequestError as error:
            self._refuse(error.reply, error.reason)
            return
        behaviour = self.emulation.next_behaviour(model, caller, prompt_tokens(prompt))
        bill = BilledCall(
            caller=caller.name, model=model, tier=behaviour.options.get("service_tier", tier)
        )
        self.emulation.bill(bill)
        streamed = method == "streamGenerateContent"
        exchange = Exchange(
            model=model,
            version=found["version"],
            caller=caller,
            streamed=streamed,
            sse=streamed and self._query("alt") == "sse",
            prompt=prompt,
            cached_tokens=self.emulation.cached_tokens(model, caller, prompt.text),
            chunk_seconds=self.emulation.chunk_seconds,
            wire=self._wire(),
            bill=bill,
        )
        try:
            perform(behaviour, exchange)
        except (ClientGoneError, OSError):
            bill.end(has_left=True)
            raise
        bill.end(has_left=False)

    def _tier(self, body: dict[str, Any], caller: Caller) -> str:
        if caller.location is not None:
            headers = {name.lower(): value for name, value in self.headers.items()}
            return asked_tier_of_vertex(headers, caller.location)
        tier = asked_tier(body)
        if tier not in TIERS:
            raise InvalidRequestError("invalid-request", f"Invalid value at 'service_tier': {tier}")
        return tier

    def _control(self, method: str, path: str, raw: bytes) -> None:
        status, body = control(self.emulation, method, path, raw)
        self._wire().send_json(body, status=status)

    def _metadata(self, path: str) -> None:
        value = metadata(path)
        if value is None:
            self._refuse("html-404")
        elif isinstance(value, str):
            self._wire().send(value.encode(), content_type="application/text", headers=FLAVOR)
        else:
            self._wire().send_json(value, headers=FLAVOR)

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

    def _token(self) -> str:
        return self.headers.get("Authorization", "").removeprefix("Bearer").strip()

    def _query(self, name: str) -> str:
        return parse_qs(urlsplit(self.path).query).get(name, [""])[-1]

    def _wire(self) -> Wire:
        return Wire(self, self.stopping)

    def version_string(self) -> str:
        """Return what Gemini calls its server."""
        return "scaffolding on HTTPServer2"

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - the parent's name
        """Stay silent; `GET /control/calls` tells what came."""


def _refusal_of(caller: Caller) -> str | None:
    """Return the reply to a key or a token that is missing or not valid."""
    if caller.location is not None:
        return "unauthenticated" if caller.is_revoked or not caller.secret else None
    if not caller.secret:
        return "key-missing"
    return "key-invalid" if caller.is_revoked else None


def _is_control(path: str) -> bool:
    return path == PREFIX or path.startswith(f"{PREFIX}/")


def _read(raw: bytes) -> tuple[dict[str, Any], InvalidRequestError | None]:
    """Return the request body, or an empty one and what is wrong with it."""
    try:
        return parse_json(raw), None
    except InvalidRequestError as error:
        return {}, error
