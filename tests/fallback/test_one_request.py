"""What one request can do to all others: the real runner and windows, and a provider that fails."""

from __future__ import annotations

from collections.abc import Callable, Generator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fallback.core.answer import End, Text
from fallback.core.chat import Chat, Message, Role
from fallback.core.failure import Failure, FailureKind
from fallback.core.hierarchy import Hierarchy, Limits, Model
from fallback.core.permission import permission, target_permission
from fallback.core.refusal import MAX_USELESS_REPLIES, Refusal, RefusalReason
from fallback.core.window_rules import WindowRules
from fallback.core.windows import EVERY_MODEL, Window
from fallback.limits.shared import SharedLimits
from fallback.pieces import Piece
from fallback.ports import AttemptLimits
from fallback.runner import Runner
from fallback.wait_budget import WaitBudget
from fallback.windows.leases import RunningAttempt
from fallback.windows.shared import SharedWindows
from tools.testkit.log import RecordingLog
from tools.testkit.memory_limits import MemoryLimits
from tools.testkit.memory_store import MemoryStore
from tools.testkit.time_travel import FakeClock

SMALL = 100
LARGE = 20_000
CHAT = Chat(messages=(Message(Role.USER, "word" * SMALL),))
LONG_CHAT = Chat(messages=(Message(Role.USER, "word" * LARGE),))
NAMES = ("model-a", "model-b", "model-c", "model-d", "model-e")
K = FailureKind
RULES = WindowRules()
# What a prompt can bring about: it breaks the server, takes too long, confuses the model, or asks
# for something that the model does not take.
OF_A_REQUEST = (
    K.SERVER_ERROR,
    K.TIMED_OUT,
    K.UNKNOWN,
    K.INCOMPLETE_ANSWER,
    K.EMPTY_ANSWER,
    K.UNUSABLE_ANSWER,
    K.CONTEXT_TOO_LONG,
    K.INVALID_REQUEST,
    K.UNSUPPORTED_FIELD,
)
# A long one also uses up quotas of input tokens by itself. Gemini names them, or does not.
OF_A_LONG_REQUEST = (*OF_A_REQUEST, K.INPUT_QUOTA, K.UNNAMED_QUOTA)


@dataclass(frozen=True, slots=True)
class Fault:
    """How an attempt fails: at once or after some text, and as what."""

    kind: FailureKind
    has_spoken: bool = False
    quota_value: int | None = None
    retry_delay_seconds: float | None = None


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
        yield Failure(
            kind=fault.kind,
            quota_value=fault.quota_value,
            retry_delay_seconds=fault.retry_delay_seconds,
        )


class Scene:
    """So many models, of which every attempt fails."""

    def __init__(self, next_fault: Callable[[], Fault], models: int = len(NAMES)) -> None:
        self.clock = FakeClock()
        self.store = MemoryStore()
        self.provider = FailingProvider(next_fault)
        log = RecordingLog()
        self.windows = SharedWindows(
            self.store, rules=RULES, clock=self.clock, log=log, jitter=lambda: 0.0
        )
        self._runner = Runner(
            Hierarchy(
                "test",
                tuple(Model(name, name) for name in NAMES[:models]),
                Limits(),
                patience_seconds=0,  # A wait would end windows that the tests count.
            ),
            providers={"main": self.provider},
            windows=self.windows,
            limits=SharedLimits(MemoryLimits(), self.windows, clock=self.clock, log=log),
            clock=self.clock,
            log=log,
            jitter=lambda: 0.0,
        )

    def ask(self, chat: Chat = CHAT, *, whole: bool = True) -> list[Piece]:
        return list(self._runner.answer(chat, whole=whole, request_id="r"))

    def shake(self, model: str) -> None:
        """Lets the model have failed so often in other requests that one more sets it aside."""
        running = RunningAttempt(key=model, started_at=self.clock.now(), leases={})
        for _ in range(RULES.tripping_failures - 1):
            self.windows.record(running, Failure(kind=K.OVERLOADED), WaitBudget(self.clock))

    def ends(self, tokens: int = SMALL) -> dict[str, datetime]:
        """When the windows end that keep requests of a size out now."""
        now = self.clock.now()
        windows = self.windows.snapshot(WaitBudget(self.clock, 5))
        models = tuple(Model(name, name) for name in NAMES)
        found = {
            c.key: permission(c, windows, now, tokens) for c in Hierarchy("t", models).candidates
        }
        found[EVERY_MODEL] = target_permission(EVERY_MODEL, windows, now)
        return {name: p.until for name, p in found.items() if not p.is_granted and p.until}


def always(kind: FailureKind) -> Callable[[], Fault]:
    return lambda: Fault(kind)


MAX_CALLS = 2 * len(NAMES)
"""Each model is tried twice at most (`attempts_per_model`). All calls but MAX_USELESS_REPLIES of
them have ended in an error, which costs no quota, or in silence, which costs a model one call."""


@st.composite
def faults(draw: st.DrawFn, is_long: bool) -> Fault:
    kind = draw(st.sampled_from(OF_A_LONG_REQUEST if is_long else OF_A_REQUEST))
    fault = Fault(kind, has_spoken=draw(st.booleans()))
    if kind not in (K.INPUT_QUOTA, K.UNNAMED_QUOTA):
        return fault
    limits = st.none() | st.integers(1, 2 * LARGE - 1) if kind is K.INPUT_QUOTA else st.none()
    delay = draw(st.none() | st.floats(0, 10**5))
    return replace(fault, quota_value=draw(limits), retry_delay_seconds=delay)


@given(
    st.integers(2, len(NAMES)),
    st.lists(st.sampled_from(["well", "shaken", "due"]), min_size=5, max_size=5),
    st.booleans(),
    st.booleans(),
    st.data(),
)
def test_one_request_however_made_costs_others_one_model_at_most_and_few_calls(
    models: int, states: Sequence[str], whole: bool, is_long: bool, data: st.DataObject
) -> None:
    failed: list[FailureKind] = []

    def next_fault() -> Fault:
        fault = data.draw(faults(is_long))
        failed.append(fault.kind)
        return fault

    scene = Scene(next_fault, models)
    for name, state in zip(NAMES[:models], states, strict=False):
        if state == "shaken":
            scene.shake(name)
        elif state == "due":
            scene.store.windows[name] = Window(scene.clock.now(), K.OVERLOADED, version=0)

    scene.ask(LONG_CHAT if is_long else CHAT, whole=whole)

    assert len(scene.ends()) <= 1
    assert len(failed) <= MAX_CALLS
    assert sum(Failure(kind=kind).is_useless_reply for kind in failed) <= MAX_USELESS_REPLIES


@pytest.mark.parametrize(
    "fault",
    [
        Fault(K.INPUT_QUOTA, quota_value=LARGE // 2, retry_delay_seconds=41),
        Fault(K.INPUT_QUOTA, quota_value=LARGE + 1),
        Fault(K.INPUT_QUOTA),
        Fault(K.UNNAMED_QUOTA),
    ],
)
def test_a_long_message_costs_one_call_a_model_and_the_next_of_its_size_none(fault: Fault) -> None:
    scene = Scene(lambda: fault)

    scene.ask(LONG_CHAT)
    scene.ask(LONG_CHAT)

    assert scene.provider.calls == list(NAMES)
    assert scene.ends() == {}
    assert set(scene.ends(LARGE // 2)) == set(NAMES)


def test_four_failures_that_a_request_can_cause_set_its_first_model_aside() -> None:
    scene = Scene(always(K.SERVER_ERROR))

    scene.ask()
    assert scene.ends() == {}
    scene.ask()

    assert list(scene.ends()) == ["model-a"]
    assert scene.provider.calls == [name for name in NAMES for _ in range(2)] * 2


@pytest.mark.parametrize("kind", [K.OVERLOADED, K.CONNECTION_FAILED])
def test_what_no_request_can_cause_counts_at_every_model_at_once(kind: FailureKind) -> None:
    scene = Scene(always(kind))

    scene.ask()
    scene.ask()

    assert set(scene.ends()) == set(NAMES)


def test_servers_that_all_break_are_known_one_after_another() -> None:
    scene = Scene(always(K.SERVER_ERROR))
    found: list[str] = []
    while len(found) < len(NAMES):
        scene.ask()
        found += [name for name in scene.ends() if name not in found]
    assert found == list(NAMES)


def test_a_refusal_of_a_suspect_request_promises_no_more_than_is_known() -> None:
    scene = Scene(always(K.SERVER_ERROR))
    scene.shake("model-a")

    (refusal,) = scene.ask()

    assert isinstance(refusal, Refusal)
    assert refusal.reason is RefusalReason.MODELS_UNAVAILABLE
    assert list(scene.ends()) == ["model-a"]
    assert refusal.retry_at is not None
    assert refusal.retry_at <= scene.clock.now() + timedelta(seconds=5)


def test_a_probe_that_a_suspect_request_has_broken_is_left_to_another() -> None:
    scene = Scene(always(K.SERVER_ERROR))
    for name in NAMES:
        scene.store.windows[name] = Window(scene.clock.now(), K.SERVER_ERROR, version=0)

    scene.ask()

    assert list(scene.ends()) == ["model-a"]
    assert set(scene.provider.calls) == set(NAMES)
