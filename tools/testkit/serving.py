"""Serves one function under functions-framework, in a process of its own, as in production."""

from __future__ import annotations

import atexit
import contextlib
import functools
import json
import os
import socket
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx2

from tools.testkit import plain_http
from tools.testkit.fork_server import ForkServer

REPOSITORY = Path(__file__).parents[2]
API_KEY = "made-up-key-for-tests"
START_SECONDS = 300  # Only one that never starts takes as long.
KNOWN_SECONDS = 60


@contextlib.contextmanager
def held_port() -> Iterator[int]:
    """A port that the system gives to nobody else until the block ends.

    A program takes a moment to listen on the port that it is told. Until then, and as long as it
    allows the reuse of addresses, a socket that is bound and does not listen keeps it.
    """
    with socket.socket() as holder:
        holder.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        holder.bind(("127.0.0.1", 0))
        port: int = holder.getsockname()[1]
        if sys.platform != "linux":  # Elsewhere nobody shares a port.
            holder.close()
        yield port


class ServedFunction:
    """A running function: its URL, its log, and ways to end it."""

    def __init__(self, target: str, environ: dict[str, str], log: Path, port: int) -> None:
        self.port = port
        self.url = f"http://127.0.0.1:{self.port}"
        self.log = log
        inherited = {k: v for k, v in os.environ.items() if not k.startswith(("NEXUS", "GEMINI"))}
        self.process = fork_server().start(
            [
                *("--source", str(REPOSITORY / "functions" / "main.py")),
                *("--target", target, "--host", "127.0.0.1", "--port", str(self.port)),
            ],
            inherited | {"THREADS": "64", "NEXUS_VISITOR_LIMITS": "off"} | environ,
            log,
        )

    def wait_until_it_listens(self) -> None:
        give_up_at = time.monotonic() + START_SECONDS
        while time.monotonic() < give_up_at:
            assert self.process.is_running, self.log.read_text()
            with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", self.port)):
                return
            threading.Event().wait(0.02)
        raise AssertionError(f"not listening after {START_SECONDS} s: {self.log.read_text()}")

    def chat(self, text: str = "Hello", **fields: Any) -> httpx2.Response:
        body = {"messages": [{"role": "user", "content": text}], **fields}
        return plain_http.post(f"{self.url}/v1/chat/completions", json=body, timeout=60)

    def stream(self, text: str = "Hello", **fields: Any) -> list[dict[str, Any] | str]:
        """All events of one streamed chat; the last one of a whole answer is "[DONE]"."""
        response = self.chat(text, stream=True, **fields)
        assert response.status_code == 200, response.text
        return parse_sse(response.text)

    def availability(self, status: str | None = None) -> dict[str, Any]:
        """The reply of check-availability.

        Args:
            status: What it must say, for which this waits: what a process knows may be a second
                old, and a poll does not wait long for the store. None for whatever it says.
        """
        give_up_at = time.monotonic() + KNOWN_SECONDS
        while True:
            body: dict[str, Any] = plain_http.get(self.url, timeout=60).json()
            if status in (None, body["status"]):
                return body
            assert time.monotonic() < give_up_at, f"not {status}: {body}"
            threading.Event().wait(0.02)

    def events(self, name: str | None = None) -> list[dict[str, Any]]:
        lines = [json.loads(line) for line in self.log.read_text().splitlines()]
        return [line for line in lines if name is None or line["event"] == name]

    def kill(self) -> None:
        """SIGKILL to all of its processes, at once."""
        self.process.kill()


@functools.cache
def fork_server() -> ForkServer:
    """The one that all tests of a process share; it ends with the process."""
    server = ForkServer()
    atexit.register(server.close)
    return server


@contextlib.contextmanager
def serve(target: str, environ: dict[str, str], log: Path) -> Iterator[ServedFunction]:
    """Runs a function until the block ends."""
    with held_port() as port:
        function = ServedFunction(target, environ, log, port)
        try:
            function.wait_until_it_listens()
            yield function
        finally:
            function.kill()  # A graceful end waits for idle connections.


def worker_of(function: ServedFunction) -> int:
    """The process that answers: the only child of the first one."""
    first = function.process.pid
    (worker,) = Path(f"/proc/{first}/task/{first}/children").read_text().split()
    return int(worker)


def peak_kilobytes(function: ServedFunction) -> int:
    """The most memory that a function's worker has ever had."""
    status = Path(f"/proc/{worker_of(function)}/status").read_text()
    return int(status.split("VmHWM:")[1].split()[0])


def parse_sse(text: str) -> list[dict[str, Any] | str]:
    events = [line.removeprefix("data: ") for line in text.split("\n") if line]
    return [event if event == "[DONE]" else json.loads(event) for event in events]


def text_of(events: list[dict[str, Any] | str]) -> str:
    """The visible text of a stream."""
    chunks = [event for event in events if isinstance(event, dict) and event.get("choices")]
    return "".join(chunk["choices"][0]["delta"].get("content", "") for chunk in chunks)


def finish_reason_of(events: list[dict[str, Any] | str]) -> str | None:
    for event in events:
        if isinstance(event, dict) and event.get("choices"):
            reason: str | None = event["choices"][0]["finish_reason"]
            if reason:
                return reason
    return None
