"""The simulation's instances do what the real ones do: the same stories, played through both.

The real side is `SharedWindows` with its threads, on a clock that stands still, and a store in
memory. The simulated side is `Instance` on a timeline, with a store that takes no time. After each
step both must know the same windows, and both stores must hold the same.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fallback.core.failure import Failure, FailureKind
from fallback.core.window_rules import WindowRules
from fallback.core.windows import EVERY_MODEL, Window
from fallback.ports import StoreUnavailableError
from fallback.stores.firestore_calls import CALL_SECONDS
from fallback.wait_budget import WaitBudget
from fallback.windows.shared import Leases, RunningAttempt, SharedWindows
from measure.simulation import instance as simulated
from measure.simulation import store as simulated_store
from measure.simulation.documents import Documents
from measure.simulation.instance import Instance
from measure.simulation.instance_cache import WaitBudget as SimulatedPatience
from measure.simulation.measures import Measures
from measure.simulation.settings import Settings
from measure.simulation.store import Store, StoreModel
from measure.simulation.timeline import Process, Timeline
from tools.testkit.log import RecordingLog
from tools.testkit.memory_store import MemoryStore
from tools.testkit.time_travel import FakeClock

MODEL, OTHER = "gemini-3.8-flash", "gemini-3.7-flash"
START = FakeClock().now()
FAILURES = {
    "minute": Failure(kind=FailureKind.RATE_LIMITED, retry_delay_seconds=30.0),
    "unnamed minute": Failure(kind=FailureKind.RATE_LIMITED),
    "day": Failure(kind=FailureKind.QUOTA_EXHAUSTED, retry_delay_seconds=48.0),
    "busy": Failure(kind=FailureKind.OVERLOADED),
    "broken": Failure(kind=FailureKind.SERVER_ERROR),
    "gone": Failure(kind=FailureKind.NOT_FOUND),
    "empty": Failure(kind=FailureKind.EMPTY_ANSWER),
    "invalid": Failure(kind=FailureKind.INVALID_REQUEST),
    "key": Failure(kind=FailureKind.UNAUTHORIZED),
}


class DownableDocuments(Documents):
    """The simulation's documents as a store that the real `SharedWindows` can use."""

    is_down = False

    def read(self, since: datetime | None = None) -> Mapping[str, Window]:
        self._pass()
        return super().read(since)

    def extend(self, model: str, window: Window) -> object | None:
        self._pass()
        return super().extend(model, window)

    def lease(self, model: str, seen: Window, until: datetime) -> Window | None:
        self._pass()
        return super().lease(model, seen, until)

    def close(self, model: str, seen: Window) -> bool:
        self._pass()
        return super().close(model, seen)

    def _pass(self) -> None:
        if self.is_down:
            raise StoreUnavailableError("it is down")


@dataclass
class Attempt:
    """An attempt under way on both sides."""

    model: str
    started_at: datetime
    real: Leases
    simulated: simulated.Leases


class QuickStore(Store):
    """The simulation's store without its latencies; down where the real side's is."""

    is_down = False

    def _reach(self) -> Process[None]:
        yield from ()
        if self.is_down:
            raise StoreUnavailableError("it is down")

    def _lasts(self, median_seconds: float) -> float:
        return 0.0


class Mirror:
    """Two instances of each side, with one store for each side."""

    def __init__(self, real_store: MemoryStore | DownableDocuments) -> None:
        self.clock = FakeClock()
        self.real_store = real_store
        self.real = [
            SharedWindows(
                real_store,
                rules=WindowRules(),
                clock=self.clock,
                log=RecordingLog(),
                jitter=lambda: 0.0,
            )
            for _ in range(2)
        ]
        self.timeline = Timeline(START)
        measures = Measures(self.timeline, MODEL, 2, 1)
        self.store = QuickStore(
            self.timeline,
            StoreModel(document_seconds=0.0, denied_seconds=0.0),
            random.Random(1),
            measures,
        )
        self.simulated = [
            Instance(
                self.timeline,
                self.store,
                Settings(rules=WindowRules(), jitter=0.0),
                random.Random(1),
                measures,
            )
            for _ in range(2)
        ]
        self.under_way: list[Attempt] = []

    def play(self, process: Process[Any]) -> Any:
        """Runs a process of the simulation to its end, at the present instant."""
        ended: list[Any] = []

        def whole() -> Process[None]:
            ended.append((yield from process))

        self.timeline.start(whole())
        self.timeline.run(self.timeline.seconds)
        assert ended, "it waits for something that does not come"
        return ended[0]

    def settle(self) -> None:
        for windows in self.real:
            windows._cache._submit(lambda: None).result(10)
        self.timeline.run(self.timeline.seconds)

    # Steps of a story

    def tick(self, seconds: float) -> None:
        self.clock.tick(seconds)
        self.timeline.run(self.timeline.seconds + seconds)

    def down(self, is_down: bool) -> None:
        self.real_store.is_down = self.store.is_down = is_down

    def begin(self, at: int, *names: str, model: str = MODEL, seconds: float = 20) -> bool:
        """An attempt, as a probe of the windows that are named; says whether it may be made."""
        until = START + timedelta(seconds=self.timeline.seconds + seconds)
        real = self.real[at].claim(names, until, WaitBudget(self.clock, 5))
        leases = self.play(self.simulated[at].claim(names, until, SimulatedPatience(5)))
        assert (real is None) == (leases is None)
        self.settle()
        if real is not None:
            self.under_way.append(Attempt(model, self.clock.now(), real, leases))
        return real is not None

    def fail(self, at: int, attempt: Attempt, failure: Failure) -> None:
        self.real[at].record(
            RunningAttempt(model=attempt.model, started_at=attempt.started_at, leases=attempt.real),
            failure,
            WaitBudget(self.clock, 5),
        )
        self.play(
            self.simulated[at].record(
                simulated.RunningAttempt(
                    model=attempt.model,
                    started_at=attempt.started_at,
                    leases=attempt.simulated,
                ),
                failure,
                SimulatedPatience(5),
            )
        )
        self.settle()

    def answer(self, at: int, attempt: Attempt) -> None:
        self.real[at].probe_succeeded(attempt.real)
        self.real[at].answered(attempt.model)
        self.simulated[at].probe_succeeded(attempt.simulated)
        self.simulated[at].answered(attempt.model)
        self.settle()

    def give_up(self, at: int, attempt: Attempt) -> None:
        self.real[at].release(attempt.real)
        self.simulated[at].release(attempt.simulated)
        self.settle()

    def compare(self) -> None:
        """Both sides know the same, and both stores hold the same."""
        for real, one in zip(self.real, self.simulated, strict=True):
            seen = dict(real.snapshot(WaitBudget(self.clock, 5)))
            self.settle()
            assert dict(self.play(one.snapshot(SimulatedPatience(5)))) == seen
            self.settle()
        held = (
            self.real_store.windows
            if isinstance(self.real_store, MemoryStore)
            else self.real_store._windows
        )
        assert dict(self.store.documents.read()) == dict(held)


@pytest.fixture(params=[MemoryStore, DownableDocuments], ids=["memory", "documents"])
def mirror(request: pytest.FixtureRequest) -> Mirror:
    make: Callable[[], MemoryStore | DownableDocuments] = request.param
    return Mirror(make())


def fails(mirror: Mirror, at: int, failure: str, *, model: str = MODEL) -> None:
    """An attempt that is no probe, and fails at once."""
    mirror.begin(at, model=model)
    mirror.fail(at, mirror.under_way.pop(), FAILURES[failure])
    mirror.compare()


def test_a_window_opens_is_shared_is_probed_and_closed(mirror: Mirror) -> None:
    mirror.compare()
    fails(mirror, 0, "minute")
    mirror.tick(1)
    mirror.compare()
    mirror.tick(30)
    mirror.compare()

    assert mirror.begin(0, MODEL)
    assert not mirror.begin(1, MODEL)
    mirror.compare()
    mirror.answer(0, mirror.under_way.pop())
    mirror.compare()
    mirror.tick(1)
    mirror.compare()
    assert dict(mirror.store.documents.read()) == {}


def test_probes_that_fail_reopen_the_window_for_longer(mirror: Mirror) -> None:
    fails(mirror, 1, "busy")
    fails(mirror, 1, "busy")
    for seconds in (15, 30, 60):
        mirror.tick(seconds)
        mirror.compare()
        assert mirror.begin(1, MODEL)
        mirror.fail(1, mirror.under_way.pop(), FAILURES["busy"])
        mirror.compare()

    assert mirror.store.documents.read()[MODEL].failed_probes == 3


def test_a_long_window_is_probed_now_and_then(mirror: Mirror) -> None:
    fails(mirror, 0, "day")
    for how in ("day", "busy"):
        mirror.tick(1800)
        mirror.compare()
        assert mirror.begin(0, MODEL)
        attempt = mirror.under_way.pop()
        mirror.fail(0, attempt, FAILURES[how])
        mirror.give_up(0, attempt)
        mirror.compare()
        assert not mirror.begin(0, MODEL)


def test_a_late_probe_changes_nothing(mirror: Mirror) -> None:
    fails(mirror, 0, "minute")
    mirror.tick(31)
    mirror.compare()
    assert mirror.begin(0, MODEL)
    late = mirror.under_way.pop()
    mirror.tick(21)
    mirror.compare()
    assert mirror.begin(1, MODEL)

    mirror.fail(0, late, FAILURES["day"])
    mirror.compare()
    mirror.answer(1, mirror.under_way.pop())
    mirror.tick(1)
    mirror.compare()


@pytest.mark.parametrize("at", [0, 1], ids=["here", "elsewhere"])
def test_what_began_before_the_window_was_closed_changes_nothing(mirror: Mirror, at: int) -> None:
    assert mirror.begin(at)
    early = mirror.under_way.pop()
    fails(mirror, 0, "minute")
    mirror.tick(31)
    mirror.compare()
    assert mirror.begin(0, MODEL)
    mirror.answer(0, mirror.under_way.pop())
    mirror.tick(1)
    mirror.compare()

    mirror.fail(at, early, FAILURES["day"])
    mirror.compare()
    assert dict(mirror.store.documents.read()) == {}


def test_a_probe_that_finds_nothing_out_makes_way(mirror: Mirror) -> None:
    fails(mirror, 0, "minute")
    mirror.tick(31)
    mirror.compare()
    assert mirror.begin(0, MODEL)
    mirror.fail(0, mirror.under_way.pop(), FAILURES["invalid"])
    mirror.compare()
    mirror.tick(1)
    mirror.compare()

    assert mirror.begin(1, MODEL)


def test_what_is_found_without_the_store_is_written_when_it_is_back(mirror: Mirror) -> None:
    mirror.compare()
    mirror.down(True)
    fails(mirror, 0, "day")
    mirror.tick(1)
    mirror.compare()
    assert dict(mirror.store.documents.read()) == {}

    mirror.down(False)
    mirror.tick(1)
    mirror.compare()
    assert mirror.store.documents.read()[MODEL].reason == "quota_exhausted"
    mirror.tick(1)
    mirror.compare()


def test_what_another_has_just_written_is_not_written_again(mirror: Mirror) -> None:
    mirror.compare()
    mirror.tick(0.5)
    fails(mirror, 0, "day")
    fails(mirror, 1, "minute")

    assert mirror.store.documents.read()[MODEL].reason == "quota_exhausted"


def test_what_another_has_written_meanwhile_is_not_written_when_the_store_is_back(
    mirror: Mirror,
) -> None:
    mirror.compare()
    mirror.down(True)
    fails(mirror, 1, "minute")
    mirror.down(False)
    fails(mirror, 0, "day")
    mirror.tick(1)
    mirror.compare()

    assert mirror.store.documents.read()[MODEL].reason == "quota_exhausted"


def test_a_refused_key_has_its_window_and_its_probe(mirror: Mirror) -> None:
    fails(mirror, 0, "minute")
    fails(mirror, 0, "key")
    mirror.tick(61)
    mirror.compare()
    assert mirror.begin(0, EVERY_MODEL, MODEL)
    mirror.fail(0, mirror.under_way.pop(), FAILURES["day"])
    mirror.compare()

    assert EVERY_MODEL not in mirror.store.documents.read()


STEPS = st.one_of(
    st.tuples(st.just("fail"), st.integers(0, 1), st.sampled_from(sorted(FAILURES))),
    st.tuples(st.just("fail"), st.integers(0, 1), st.sampled_from(["busy", "minute", "day"])),
    st.tuples(st.just("probe"), st.integers(0, 1), st.sampled_from(["answer", "give_up", "keep"])),
    st.tuples(st.just("probe"), st.integers(0, 1), st.sampled_from(sorted(FAILURES))),
    st.tuples(st.just("begin"), st.integers(0, 1), st.just(None)),
    st.tuples(st.just("end"), st.integers(0, 1), st.sampled_from(["answer", "give_up", "day"])),
    st.tuples(st.just("tick"), st.just(0), st.sampled_from([0.5, 1.0, 15.0, 31.0, 61.0, 1801.0])),
    st.tuples(st.just("down"), st.just(0), st.booleans()),
)


@settings(max_examples=60, deadline=None)
@given(story=st.lists(STEPS, max_size=25))
def test_any_story_ends_the_same(story: list[tuple[str, int, Any]]) -> None:
    mirror = Mirror(DownableDocuments())
    kept: list[tuple[int, Attempt]] = []
    for step, at, what in story:
        if step == "tick":
            mirror.tick(what)
        elif step == "down":
            mirror.down(what)
        elif step == "fail":
            fails(mirror, at, what, model=OTHER if what == "gone" else MODEL)
        elif step == "begin":
            mirror.begin(at)
            kept.append((at, mirror.under_way.pop()))
        elif step == "end" and kept:
            end(mirror, *kept.pop(0), what)
        elif step == "probe" and mirror.begin(at, MODEL):
            attempt = mirror.under_way.pop()
            if what == "keep":
                kept.append((at, attempt))
            else:
                end(mirror, at, attempt, what)
        mirror.compare()


def end(mirror: Mirror, at: int, attempt: Attempt, how: str) -> None:
    if how == "answer":
        mirror.answer(at, attempt)
    elif how == "give_up":
        mirror.give_up(at, attempt)
    else:
        mirror.fail(at, attempt, FAILURES[how])
        mirror.compare()
        mirror.give_up(at, attempt)


def test_a_call_to_the_store_takes_as_long_as_the_real_one_may() -> None:
    assert simulated_store.CALL_SECONDS == CALL_SECONDS
