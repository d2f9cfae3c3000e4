"""What one request can do to all others: the real runner and windows, and a provider that fails."""

from __future__ import annotations

from collections.abc import Callable, Generator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fallback.core.answer import End, Text
from fallback.core.chat import Chat, Message, Role
from fallback.core.decision import Refusal, RefusalReason
from fallback.core.failure import Failure, FailureKind
from fallback.core.hierarchy import Hierarchy, Limits, Model
from fallback.core.window_rules import WindowRules
from fallback.core.windows import Window
from fallback.pieces import Piece
from fallback.ports import AttemptLimits
from fallback.runner import Runner
from fallback.wait_budget import WaitBudget
from fallback.windows.leases import RunningAttempt
from fallback.windows.shared import SharedWindows
from tools.testkit.log import RecordingLog
from tools.testkit.memory_store import MemoryStore
from tools.testkit.time_travel import FakeClock

CHAT = Chat(messages=(Message(Role.USER, "Hello"),))
NAMES = ("model-a", "model-b", "model-c", "model-d", "model-e")
K = FailureKind
# What a prompt can bring about: it breaks the server, takes too long, or confuses the model.
OF_A_REQUEST = (
    K.SERVER_ERROR,
    K.TIMED_OUT,
    K.INCOMPLETE_ANSWER,
    K.UNKNOWN,
    K.EMPTY_ANSWER,
    K.UNUSABLE_ANSWER,
    K.CONTEXT_TOO_LONG,
    K.INVALID_REQUEST,
)


@dataclass(frozen=True, slots=True)
class Fault:
    """How an attempt fails: at once or after some text, and as what."""

    kind: FailureKind
    has_spoken: bool = False


class FailingProvider:
    """Fails each attempt as it is told to."""

    def __init__(self, next_fault: Callable[[], Fault]) -> None:
        self._next_fault = next_fault
        self.calls: list[str] = []

    def attempt(
        self,
        model: str,
        chat: Chat,
        limits: AttemptLimits,
    ) -> Generator[Text | End | Failure, None, None]:
        self.calls.append(model)
        fault = self._next_fault()
        if fault.has_spoken:
            yield Text("Half an ")
        yield Failure(kind=fault.kind)


class Scene:
    """So many models, of which every attempt fails."""

    def __init__(self, next_fault: Callable[[], Fault], models: int = len(NAMES)) -> None:
        self.clock = FakeClock()
        self.store = MemoryStore()
        self.provider = FailingProvider(next_fault)
        log = RecordingLog()
        self.windows = SharedWindows(
            self.store, rules=WindowRules(), clock=self.clock, log=log, jitter=lambda: 0.0
        )
        self._runner = Runner(
            Hierarchy("test", tuple(Model(name, name) for name in NAMES[:models]), Limits()),
            provider=self.provider,
            windows=self.windows,
            clock=self.clock,
            log=log,
            jitter=lambda: 0.0,
        )

    def ask(self, *, whole: bool = True) -> list[Piece]:
        return list(self._runner.answer(CHAT, whole=whole, request_id="r"))

    def strike(self, model: str) -> None:
        """Lets the model have failed in another request a moment ago."""
        running = RunningAttempt(model=model, started_at=self.clock.now(), leases={})
        self.windows.record(running, Failure(kind=K.OVERLOADED), WaitBudget(self.clock))

    def ends(self) -> dict[str, datetime]:
        """When the windows end that are open now."""
        now = self.clock.now()
        windows = self.windows.snapshot(WaitBudget(self.clock, 5))
        return {name: window.until for name, window in windows.items() if window.is_open(now)}


def always(kind: FailureKind) -> Callable[[], Fault]:
    return lambda: Fault(kind)


@given(
    st.integers(2, len(NAMES)),
    st.lists(st.sampled_from(["well", "struck", "due"]), min_size=5, max_size=5),
    st.booleans(),
    st.data(),
)
def test_no_request_sets_more_than_one_model_aside_by_what_it_can_cause(
    models: int, states: Sequence[str], whole: bool, data: st.DataObject
) -> None:
    faults = st.builds(Fault, st.sampled_from(OF_A_REQUEST), st.booleans())
    scene = Scene(lambda: data.draw(faults), models)
    for name, state in zip(NAMES[:models], states, strict=False):
        if state == "struck":
            scene.strike(name)
        elif state == "due":
            scene.store.windows[name] = Window(scene.clock.now(), K.OVERLOADED, version=0)

    scene.ask(whole=whole)

    assert len(scene.ends()) <= 1


@pytest.mark.parametrize("kind", [K.SERVER_ERROR, K.INCOMPLETE_ANSWER])
def test_two_failures_that_a_request_can_cause_set_its_first_model_aside(
    kind: FailureKind,
) -> None:
    scene = Scene(always(kind))

    scene.ask()

    assert list(scene.ends()) == ["model-a"]
    assert scene.provider.calls == [name for name in NAMES for _ in range(2)]


@pytest.mark.parametrize("kind", [K.OVERLOADED, K.CONNECTION_FAILED])
def test_what_no_request_can_cause_sets_every_model_aside_at_once(kind: FailureKind) -> None:
    scene = Scene(always(kind))

    scene.ask()

    assert set(scene.ends()) == set(NAMES)


def test_servers_that_all_break_are_known_after_as_many_requests_as_there_are_models() -> None:
    scene = Scene(always(K.SERVER_ERROR))
    for count in range(1, len(NAMES) + 1):
        (refusal,) = scene.ask()
        assert set(scene.ends()) == set(NAMES[:count])
    assert len(scene.provider.calls) == 2 * (5 + 4 + 3 + 2 + 1)
    scene.provider.calls.clear()

    (refusal,) = scene.ask()

    assert scene.provider.calls == []
    assert isinstance(refusal, Refusal)
    assert refusal.reason is RefusalReason.MODELS_EXHAUSTED
    assert refusal.retry_at == min(scene.ends().values())


def test_a_refusal_of_a_suspect_request_promises_no_more_than_is_known() -> None:
    scene = Scene(always(K.SERVER_ERROR))

    (refusal,) = scene.ask()

    assert isinstance(refusal, Refusal)
    soon = scene.clock.now() + timedelta(seconds=5)
    assert refusal.retry_at == soon < scene.ends()["model-a"]


def test_a_probe_that_a_suspect_request_has_broken_is_left_to_another() -> None:
    scene = Scene(always(K.SERVER_ERROR))
    for _ in NAMES:
        scene.ask()
    scene.clock.tick(20)
    assert scene.ends() == {}
    scene.provider.calls.clear()

    scene.ask()

    assert list(scene.ends()) == ["model-a"]
    assert set(scene.provider.calls) == set(NAMES)
