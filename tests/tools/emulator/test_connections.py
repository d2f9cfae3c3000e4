"""Many connections at once, and an end that leaves none of them behind."""

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import httpx2
import pytest

from tests.tools.emulator.sdk import MODEL, Sdk
from tools.emulator.server import Emulator
from tools.testkit import plain_http

HEADERS = {"x-goog-api-key": "k"}
CONTENTS = {"contents": [{"parts": [{"text": "Hi"}]}]}
PATH = f"/v1beta/models/{MODEL}"


class Telling(Emulator):
    """An emulator that tells when a call has arrived."""

    def __init__(self) -> None:
        super().__init__()
        self.arrived = threading.Event()

    def record(self, *arguments: Any) -> None:
        super().record(*arguments)
        self.arrived.set()


def test_two_hundred_at_once_are_served(gemini: Emulator) -> None:
    """All 200 meet at a barrier with an open stream, which proves that they were open at once."""
    together = threading.Barrier(200, timeout=60)
    gemini.behave("*", "stall", text="ab", chunks=2, after_chunks=1)
    url = f"{gemini.url}{PATH}:streamGenerateContent?alt=sse"

    def open_one(client: httpx2.Client) -> int:
        with client.stream("POST", url, json=CONTENTS, headers=HEADERS) as response:
            next(response.iter_lines())
            together.wait()
            return response.status_code

    limits = httpx2.Limits(max_connections=200)
    with httpx2.Client(limits=limits, timeout=60) as client, ThreadPoolExecutor(200) as pool:
        assert list(pool.map(open_one, [client] * 200)) == [200] * 200


@pytest.mark.parametrize("name", ["hang", "hang-after-headers", "drip", "stall", "answer"])
@pytest.mark.parametrize("streamed", [False, True])
def test_stop_ends_what_hangs_and_leaves_no_thread(
    name: str, streamed: bool, connect: Callable[..., Sdk]
) -> None:
    before = set(threading.enumerate())
    gemini = Telling()
    gemini.start()
    slow: dict[str, dict[str, Any]] = {"answer": {"first_text_seconds": 3600}}
    gemini.behave(MODEL, name, **slow.get(name, {}))
    sdk = connect(gemini.url)
    failed: list[Exception] = []

    def call() -> None:
        try:
            list(sdk.stream()) if streamed else sdk.ask()
        except httpx2.TransportError as error:
            failed.append(error)

    caller = threading.Thread(target=call)
    caller.start()
    assert gemini.arrived.wait(timeout=60)
    gemini.stop()
    caller.join(timeout=60)

    assert len(failed) == 1
    assert set(threading.enumerate()) <= before


def test_a_client_that_leaves_is_no_traceback(capfd: pytest.CaptureFixture[str]) -> None:
    with Emulator() as gemini:
        gemini.behave(MODEL, "drip", every_seconds=0)
        url = f"{gemini.url}{PATH}:streamGenerateContent?alt=sse"
        with plain_http.stream("POST", url, json=CONTENTS, headers=HEADERS) as response:
            next(response.iter_lines())

    assert capfd.readouterr().err == ""
