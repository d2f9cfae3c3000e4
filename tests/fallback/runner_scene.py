"""A runner with a scripted provider and a clock that stands still."""

from __future__ import annotations

from collections.abc import Callable, Generator
from dataclasses import astuple

from fallback.core.answer import End, FinishReason, Text, Usage
from fallback.core.chat import Chat, Message, Role
from fallback.core.failure import Failure, FailureKind
from fallback.core.hierarchy import Hierarchy, Limits, Model
from fallback.core.window_rules import WindowRules
from fallback.limits.shared import SharedLimits
from fallback.pieces import Piece
from fallback.ports import AttemptLimits, Provider
from fallback.runner import Runner
from fallback.windows.shared import SharedWindows
from tools.testkit.log import RecordingLog
from tools.testkit.memory_limits import MemoryLimits
from tools.testkit.memory_store import MemoryStore
from tools.testkit.time_travel import FakeClock

CHAT = Chat(messages=(Message(Role.USER, "Hello"),))
STOP = End(FinishReason.STOP, Usage(3, 5))
K = FailureKind
RULES = WindowRules()
HIERARCHY = Hierarchy("test", (Model("model-a", "Model A"), Model("model-b", "Model B")), Limits())
Script = list[Text | End | Failure | Usage | Callable[[], None]]


class ScriptedProvider:
    """Plays, for each model, one script an attempt; functions are called, and tokens told."""

    def __init__(self) -> None:
        self.scripts: dict[str, list[Script]] = {}
        self.calls: list[tuple[str, float, float]] = []
        self.idle_seconds: list[float] = []
        self.chats: list[Chat] = []
        self.closed = 0
        self.seconds_left: Callable[[], float | None] = lambda: None

    def attempt(
        self,
        model: str,
        chat: Chat,
        limits: AttemptLimits,
    ) -> Generator[Text | End | Failure, None, None]:
        self.calls.append((model, limits.first_text_seconds, limits.total_seconds))
        self.idle_seconds.append(limits.idle_seconds)
        self.seconds_left = limits.seconds_left
        self.chats.append(chat)
        try:
            for step in self.scripts[model].pop(0):
                if callable(step):
                    step()
                elif isinstance(step, Usage):
                    limits.account.tell(*astuple(step))
                else:
                    if isinstance(step, End) and step.usage is not None:
                        limits.account.tell(*astuple(step.usage))
                    yield step
        finally:
            self.closed += 1


class SecondTarget:
    """Plays the scripts of `model@second`."""

    def __init__(self, provider: ScriptedProvider) -> None:
        self._provider = provider

    def attempt(
        self, model: str, chat: Chat, limits: AttemptLimits
    ) -> Generator[Text | End | Failure, None, None]:
        return self._provider.attempt(f"{model}@second", chat, limits)


class Scene:
    def __init__(self, *, has_key: bool = True) -> None:
        self.clock = FakeClock()
        self.log = RecordingLog()
        self.provider = ScriptedProvider()
        self.store = MemoryStore()
        windows = SharedWindows(
            self.store, rules=RULES, clock=self.clock, log=self.log, jitter=lambda: 0.0
        )
        self.windows = windows
        second = SecondTarget(self.provider)
        providers: dict[str, Provider] = {"main": self.provider, "second": second}
        self.runner = Runner(
            HIERARCHY,
            providers=providers if has_key else {},
            windows=windows,
            limits=SharedLimits(MemoryLimits(), windows, clock=self.clock, log=self.log),
            clock=self.clock,
            log=self.log,
            jitter=lambda: 0.0,
        )

    def play(self, model: str, *scripts: Script) -> None:
        self.provider.scripts[model] = list(scripts)

    def answer(self, *, whole: bool = False, hierarchy: Hierarchy | None = None) -> list[Piece]:
        return list(self.runner.answer(CHAT, whole=whole, request_id="r1", hierarchy=hierarchy))

    def settle(self) -> None:
        """Waits until the background thread has done what it was given."""
        self.windows.flush(10)

    def models_called(self) -> list[str]:
        return [model for model, *_ in self.provider.calls]


def fail(kind: FailureKind, delay: float | None = None) -> Script:
    return [Failure(kind=kind, retry_delay_seconds=delay)]


def hi() -> Script:
    return [Text("Hi"), STOP]


BROKEN = Failure(kind=K.CONNECTION_FAILED)


def shown(pieces: list[Piece]) -> str:
    return "".join(piece.text for piece in pieces if isinstance(piece, Text))
