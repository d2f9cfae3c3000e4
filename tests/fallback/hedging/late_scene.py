"""Late models, scripted, with a clock that stands still."""

from __future__ import annotations

import threading
from collections.abc import Callable, Generator

import pytest

from fallback.core.answer import End, FinishReason, Text, Usage
from fallback.core.chat import Chat, Message, Role
from fallback.core.failure import Failure, FailureKind
from fallback.core.hierarchy import DEFAULT_TARGET, Hierarchy, Limits, Model
from fallback.core.latency import MIN_SAMPLES
from fallback.core.window_rules import WindowRules
from fallback.events import Event
from fallback.hedging.hedges import Hedges
from fallback.limits.shared import SharedLimits
from fallback.pieces import Piece
from fallback.ports import AttemptLimits
from fallback.runner import Runner
from fallback.wait_budget import WaitBudget
from fallback.windows.shared import SharedWindows
from tools.testkit.log import RecordingLog
from tools.testkit.memory_limits import MemoryLimits
from tools.testkit.memory_store import MemoryStore
from tools.testkit.time_travel import FakeClock

CHAT = Chat(messages=(Message(Role.USER, "Hello" * 8),))
TOKENS = 10
STOP = End(FinishReason.STOP, Usage(3, 5))
CANCELLED = Failure(kind=FailureKind.TIMED_OUT, reason="CANCELLED")
OVERLOADED = Failure(kind=FailureKind.OVERLOADED, reason="HIGH", retry_delay_seconds=30)
LATE_SECONDS = 2.0
RULES = WindowRules()
NAMES = ("model-a", "model-b", "model-c")

Act = Callable[[AttemptLimits], None]
Script = list[Text | End | Failure | Act]


def tell(limits: AttemptLimits) -> None:
    limits.account.tell(3, 4)


class Models:
    """Plays one script an attempt; functions in it are called. One that is cancelled ends."""

    def __init__(self) -> None:
        self.scripts: dict[str, list[Script]] = {}
        self.asked: list[str] = []
        self.chats: list[Chat] = []
        self.under_way = 0
        self.all_closed = threading.Event()
        self._lock = threading.Lock()
        self._closed = {name: threading.Event() for name in NAMES}

    def until_closed(self, model: str) -> Act:
        """Waits until the last attempt at a model is over."""

        def wait(limits: AttemptLimits) -> None:
            assert self._closed[model].wait(60)

        return wait

    def attempt(
        self, model: str, chat: Chat, limits: AttemptLimits
    ) -> Generator[Text | End | Failure, None, None]:
        with self._lock:
            self.asked.append(model)
            self.chats.append(chat)
            self.under_way += 1
            self.all_closed.clear()
            self._closed[model].clear()
        try:
            for step in self.scripts[model].pop(0):
                if callable(step):
                    step(limits)
                if limits.cancellation.is_cancelled:
                    yield CANCELLED
                    return
                if not callable(step):
                    yield step
        finally:
            with self._lock:
                self.under_way -= 1
                self._closed[model].set()
                if self.under_way == 0:
                    self.all_closed.set()


class Scene:
    def __init__(self, models: int = 2) -> None:
        self.clock = FakeClock()
        self.log = RecordingLog()
        self.models = Models()
        self.store = MemoryStore()
        self.hedges = Hedges(self.log)
        self.windows = SharedWindows(
            self.store, rules=RULES, clock=self.clock, log=self.log, jitter=lambda: 0.0
        )
        self.runner = Runner(
            Hierarchy("test", tuple(Model(name, name) for name in NAMES[:models]), Limits()),
            providers={DEFAULT_TARGET: self.models},
            windows=self.windows,
            limits=SharedLimits(MemoryLimits(), self.windows, clock=self.clock, log=self.log),
            clock=self.clock,
            log=self.log,
            hedges=self.hedges,
            jitter=lambda: 0.0,
        )
        for name in NAMES[:models]:
            for _ in range(MIN_SAMPLES):
                self.hedges.learn_first_text(name, TOKENS, LATE_SECONDS)
                self.hedges.learn_longest_gap(name, LATE_SECONDS)

    def play(self, model: str, *scripts: Script) -> None:
        self.models.scripts[model] = list(scripts)

    def repeat(self, model: str, times: int, script: Script) -> None:
        self.play(model, *[script] * times)

    def answer(self, *, whole: bool = False) -> list[Piece]:
        return list(self.runner.answer(CHAT, whole=whole, request_id="r1"))

    def save(self, hedges: int = 1) -> None:
        """Has earlier chats pay for hedges."""
        for _ in range(hedges * 100 + 1):
            self.hedges.add_chat()

    def is_late(self, limits: AttemptLimits) -> None:
        """Says nothing at first, until the runner has nothing more to do about it."""
        self._wait(limits, limits.late_first_text_seconds)

    def stalls(self, limits: AttemptLimits) -> None:
        """The same between two texts."""
        self._wait(limits, limits.late_text_seconds)

    def _wait(self, limits: AttemptLimits, seconds: float) -> None:
        ends_at = self.clock.monotonic() + limits.first_text_seconds
        while self.clock.monotonic() + seconds < ends_at and not limits.cancellation.is_cancelled:
            self.clock.tick(seconds)
            seconds = limits.on_late()

    def reasons(self) -> dict[str, str]:
        """Why models are set aside now."""
        windows = self.windows.snapshot(WaitBudget(self.clock, 60))
        now = self.clock.now()
        return {name: str(w.reason) for name, w in windows.items() if w.is_open(now)}

    def hedged(self) -> list[tuple[str, str | None, str]]:
        return [
            (event["model"], event["beside"], event["spoke"])
            for event in self.log.of(Event.ATTEMPT_HEDGED)
        ]


def for_ever(limits: AttemptLimits) -> None:
    """Waits until the attempt is cancelled."""
    cancelled = threading.Event()
    limits.cancellation.on_cancel(cancelled.set)
    assert cancelled.wait(60), "nobody has cancelled it"


class Until(threading.Event):
    """Waits for another attempt to have come so far."""

    def __call__(self, limits: AttemptLimits) -> None:
        assert self.wait(60)

    def here(self, limits: AttemptLimits) -> None:
        self.set()


def shown(pieces: list[Piece]) -> str:
    return "".join(piece.text for piece in pieces if isinstance(piece, Text))


def hi() -> Script:
    return [Text("Hi"), STOP]


both = pytest.mark.parametrize("whole", [False, True], ids=["stream", "whole"])
