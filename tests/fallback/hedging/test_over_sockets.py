"""A late model and its hedge over real sockets: whatever is cancelled leaves nothing behind."""

from __future__ import annotations

import contextlib
import socket
import threading
from collections.abc import Iterator

import pytest

from fallback.core.answer import Text
from fallback.core.hierarchy import Hierarchy, Model, Target
from fallback.core.latency import MIN_SAMPLES
from fallback.core.size import tokens_of
from fallback.core.window_rules import WindowRules
from fallback.hedging.hedges import Hedges
from fallback.limits.shared import SharedLimits
from fallback.pieces import AnswerStarted, Piece
from fallback.runner import Runner
from fallback.system_clock import SystemClock
from fallback.windows.shared import SharedWindows
from tests.fallback.gemini.wire import CHAT, END, HEAD, MODEL, event, rest_provider
from tools.testkit.log import RecordingLog
from tools.testkit.memory_limits import MemoryLimits
from tools.testkit.memory_store import MemoryStore


class Server:
    """Takes one request, and does what it is told.

    Attributes:
        is_asked: The request has come.
        is_left: Its client has closed the connection.
    """

    def __init__(self) -> None:
        self.is_asked = threading.Event()
        self.is_left = threading.Event()
        self.may_speak = threading.Event()
        self._listening = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self._listening.getsockname()[1]}"
        self._thread = threading.Thread(target=self._serve)
        self._thread.start()

    def close(self) -> None:
        self.may_speak.set()
        self._thread.join(60)
        self._listening.close()

    def _serve(self) -> None:
        connection, _ = self._listening.accept()
        with connection, contextlib.suppress(OSError):
            connection.settimeout(60)
            connection.recv(65_536)
            self.is_asked.set()
            threading.Thread(target=self._watch, args=(connection.dup(),), daemon=True).start()
            self.may_speak.wait(60)
            if not self.is_left.is_set():
                connection.sendall(HEAD + event("Hello") + END)
                connection.shutdown(socket.SHUT_WR)

    def _watch(self, connection: socket.socket) -> None:
        with connection:
            while connection.recv(65_536):
                pass
            self.is_left.set()


class Scene:
    """One model by two targets, each a server of its own; the first is late after a second."""

    def __init__(self) -> None:
        self.first, self.second = Server(), Server()
        self.store = MemoryStore()
        log, clock = RecordingLog(), SystemClock()
        hedges = Hedges(log)
        for _ in range(MIN_SAMPLES):
            hedges.learn_first_text(MODEL, tokens_of(CHAT), 0.1)
            hedges.add_chat()
        hedges.add_chat()
        self.windows = SharedWindows(self.store, rules=WindowRules(), clock=clock, log=log)
        self.providers = {
            "main": rest_provider(self.first.url),
            "second": rest_provider(self.second.url),
        }
        self._runner = Runner(
            Hierarchy(
                "test",
                (Model(MODEL, "One"),),
                targets=(Target("main"), Target("second", is_default=False)),
            ),
            providers=self.providers,
            windows=self.windows,
            limits=SharedLimits(MemoryLimits(), self.windows, clock=clock, log=log),
            clock=clock,
            log=log,
            hedges=hedges,
        )

    def answer(self) -> list[Piece]:
        return list(self._runner.answer(CHAT, whole=False, request_id="r"))

    def close(self) -> None:
        self.first.close()
        self.second.close()
        for provider in self.providers.values():
            provider.close()


@pytest.fixture
def scene() -> Iterator[Scene]:
    made = Scene()
    yield made
    made.close()


def hedge_threads() -> list[threading.Thread]:
    return [thread for thread in threading.enumerate() if thread.name == "hedge"]


def assert_nothing_is_left(scene: Scene, cancelled: Server) -> None:
    assert cancelled.is_left.wait(60)
    for thread in hedge_threads():
        thread.join(60)
    assert hedge_threads() == []
    scene.windows.flush(60)
    assert scene.store.read() == {}


def test_a_late_model_that_is_cancelled_leaves_no_connection_thread_or_lease(
    scene: Scene,
) -> None:
    scene.second.may_speak.set()

    pieces = scene.answer()

    assert [piece.text for piece in pieces if isinstance(piece, Text)] == ["Hello"]
    assert scene.first.is_asked.is_set()
    assert_nothing_is_left(scene, scene.first)


def test_a_hedge_that_is_cancelled_leaves_no_connection_thread_or_lease(scene: Scene) -> None:
    def speak() -> None:
        assert scene.second.is_asked.wait(60)
        scene.first.may_speak.set()

    speaker = threading.Thread(target=speak)
    speaker.start()

    pieces = scene.answer()
    speaker.join(60)

    assert isinstance(pieces[0], AnswerStarted)
    assert [piece.text for piece in pieces if isinstance(piece, Text)] == ["Hello"]
    assert_nothing_is_left(scene, scene.second)
