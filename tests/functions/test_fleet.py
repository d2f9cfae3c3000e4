"""Several processes on one state: one probe for all of them, and one answer that all learn."""

from __future__ import annotations

import itertools
import threading
import time
from concurrent.futures import ThreadPoolExecutor

import pytest

from tests.functions.conftest import MODELS, Serve
from tools.emulator.server import Emulator
from tools.testkit.firestore import FirestoreEmulator
from tools.testkit.serving import ServedFunction

PRIMARY, SECOND = MODELS[:2]
PROCESSES = 3
CLIENTS = 6
PAUSE_SECONDS = 0.05  # Between a client's chats: without it they take all CPU until the end.
WINDOW_SECONDS = 2.0


@pytest.fixture(params=["sqlite", "firestore"])
def fleet(request: pytest.FixtureRequest, start: Serve) -> list[ServedFunction]:
    if request.param == "sqlite":
        return [start("chat") for _ in range(PROCESSES)]
    emulator: FirestoreEmulator = request.getfixturevalue("firestore")
    environ = emulator.environ()
    return [start("chat", **environ) for _ in range(PROCESSES)]


class Load:
    """Clients that chat again and again until the block ends."""

    def __init__(self, fleet: list[ServedFunction]) -> None:
        self._fleet = fleet
        self._over = threading.Event()
        self._pool = ThreadPoolExecutor(CLIENTS)
        self.answers: list[tuple[float, str]] = []

    def __enter__(self) -> Load:
        self._clients = [self._pool.submit(self._chat, number) for number in range(CLIENTS)]
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()
        for client in self._clients:
            client.result(60)
        self._pool.shutdown()

    def _chat(self, number: int) -> None:
        while not self._over.wait(PAUSE_SECONDS):
            reply = self._fleet[number % len(self._fleet)].chat()
            assert reply.status_code == 200, reply.text
            self.answers.append((time.monotonic(), reply.json()["model"]))

    def until(self, model: str, count: int) -> None:
        """Wait until a model has given so many more answers."""
        start = len(self.answers)
        give_up_at = time.monotonic() + 60
        while sum(who == model for _, who in self.answers[start:]) < count:
            assert time.monotonic() < give_up_at
            threading.Event().wait(0.01)


def probes(gemini: Emulator, before: int) -> list[float]:
    return [call.at for call in gemini.calls()[before:] if call.model == PRIMARY]


def probes_alone(fleet: list[ServedFunction]) -> int:
    """How often a busy machine made the store too slow, so that a process probed for itself."""
    events = ("store.unavailable", "probe.unconfirmed")
    return sum(len(function.events(event)) for function in fleet for event in events)


def test_a_window_that_ends_is_probed_once_and_success_is_known_to_all(
    gemini: Emulator, fleet: list[ServedFunction]
) -> None:
    gemini.behave(PRIMARY, "retry-info-only", retry_delay=f"{WINDOW_SECONDS:g}s")
    with Load(fleet) as load:
        load.until(SECOND, 50)
        before = len(gemini.calls())
        gemini.behave(PRIMARY, "answer", first_text_seconds=1.5)
        load.until(PRIMARY, 20)

    first, *others = probes(gemini, before)
    # Nobody else until the probe has its text, and then everybody.
    alone = probes_alone(fleet)
    assert sum(at - first < 1.5 for at in others) <= alone
    assert all(function.chat().json()["model"] == PRIMARY for function in fleet)
    closed = [event for function in fleet for event in function.events("window.closed")]
    assert 1 <= len(closed) <= 1 + alone


def test_a_probe_that_fails_is_the_only_call_until_the_next_window_ends(
    gemini: Emulator, fleet: list[ServedFunction]
) -> None:
    gemini.behave(PRIMARY, "retry-info-only", retry_delay=f"{WINDOW_SECONDS:g}s")
    with Load(fleet) as load:
        load.until(SECOND, 50)
        before = len(gemini.calls())
        give_up_at = time.monotonic() + 60
        while len(probes(gemini, before)) < 3:
            assert time.monotonic() < give_up_at
            load.until(SECOND, 1)

    at = probes(gemini, before)
    pauses = [later - earlier for earlier, later in itertools.pairwise(at)]
    alone = probes_alone(fleet)
    assert sum(pause < WINDOW_SECONDS for pause in pauses) <= alone
    most = max(event["failed_probes"] for f in fleet for event in f.events("window.opened"))
    assert most >= 2 or alone  # Who probes for itself counts for itself.
