"""One process's view of the shared limits: free while all is well, and never in a chat's way."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest

from fallback.core.answer import Usage
from fallback.core.failure import Failure, FailureKind
from fallback.core.hierarchy import Hierarchy, Model, Target
from fallback.core.permit import Permit
from fallback.core.quota import Dimension, Quota
from fallback.core.sliding_log import SPAN
from fallback.core.window_rules import WindowRules
from fallback.core.windows import FULL, METERED, Window, limit_key
from fallback.events import Event
from fallback.limits.shared import SharedLimits
from fallback.wait_budget import WaitBudget
from fallback.windows.leases import RunningAttempt
from fallback.windows.shared import SharedWindows
from tools.testkit.log import RecordingLog
from tools.testkit.memory_limits import MemoryLimits
from tools.testkit.memory_store import MemoryStore
from tools.testkit.time_travel import FakeClock

KEY = "gemini-3.8-flash@second"
TEN = Failure(
    kind=FailureKind.RATE_LIMITED,
    quotas=(Quota(Dimension.REQUESTS_PER_MINUTE, 10),),
)
THOUSAND_TOKENS = Failure(
    kind=FailureKind.INPUT_QUOTA, quotas=(Quota(Dimension.INPUT_TOKENS_PER_MINUTE, 1000),)
)
FULL_MINUTE = SPAN.total_seconds()
ALL_IS_BACK = 2 * FULL_MINUTE
"""After a refusal the first place is free after a minute, and the last one a minute later."""


class Process:
    """One process on the stores of a scene."""

    def __init__(self, scene: Scene) -> None:
        self._clock = scene.clock
        self.windows = SharedWindows(
            scene.window_store, rules=WindowRules(), clock=scene.clock, log=scene.log
        )
        self.limits = SharedLimits(scene.store, self.windows, clock=scene.clock, log=scene.log)

    def permit(self, size: int = 0, seconds: float = 10) -> Permit | None:
        running = RunningAttempt(key=KEY, started_at=self._clock.now(), leases={}, tokens=size)
        return self.limits.permit(running, self._budget(seconds))

    def refused(self, failure: Failure, size: int = 0) -> None:
        permit = self.permit(size)
        assert permit is not None
        self.limits.refused(permit, failure)
        self.flush()

    def until(self, size: int = 0) -> float | None:
        """Seconds until the key is no longer full for a request of this size."""
        window = self.limits.windows(self._windows(), size).get(KEY)
        return None if window is None else (window.until - self._clock.now()).total_seconds()

    def refresh(self) -> None:
        self.limits.refreshed(self._windows(), self._budget(10))

    def flush(self) -> None:
        self.limits.flush(10)
        self.windows.flush(10)

    def _windows(self) -> dict[str, Window]:
        return dict(self.windows.snapshot(self._budget(10)))

    def _budget(self, seconds: float) -> WaitBudget:
        return WaitBudget(self._clock, seconds)


class Scene:
    """Two stores, a clock that stands still, a log, and one process."""

    def __init__(self) -> None:
        self.store = MemoryLimits()
        self.window_store = MemoryStore()
        self.clock = FakeClock()
        self.log = RecordingLog()
        self.process = Process(self)


@pytest.fixture
def scene() -> Scene:
    return Scene()


def test_without_a_refusal_nothing_is_read_or_written(scene: Scene) -> None:
    for _ in range(100):
        permit = scene.process.permit(500)
        assert permit is not None
        scene.process.limits.settle(permit, Usage(700))
    scene.process.refresh()

    assert scene.process.until() is None
    assert scene.store.reads == scene.store.writes == scene.window_store.writes == 0


def test_a_refusal_is_learned_and_the_key_is_full_for_a_minute(scene: Scene) -> None:
    scene.process.refused(TEN)

    assert scene.process.permit() is None
    assert scene.process.until() == FULL_MINUTE
    assert scene.log.of(Event.LIMIT_LEARNED) == [
        {"key": KEY, "limit": "requests_per_minute", "value": 10, "is_told": True}
    ]


def test_what_is_full_looks_like_an_open_window_to_those_who_decide(scene: Scene) -> None:
    scene.process.refused(TEN)
    windows = scene.process.windows.snapshot(WaitBudget(scene.clock))

    full = scene.process.limits.windows(windows)[KEY]

    assert (full.reason, full.until) == (FULL, scene.clock.now() + SPAN)
    assert windows[limit_key(KEY)].reason == METERED


def test_then_as_many_permits_are_given_as_the_limit_allows(scene: Scene) -> None:
    scene.process.refused(TEN)
    scene.clock.tick(ALL_IS_BACK)

    given = 0
    for _ in range(50):
        given += scene.process.permit() is not None
        scene.clock.tick(1)

    assert given == 10
    assert scene.process.until() == FULL_MINUTE - 50


def test_all_processes_share_the_minute(scene: Scene) -> None:
    other = Process(scene)
    scene.process.refused(TEN)
    scene.clock.tick(ALL_IS_BACK)
    processes = [scene.process, other, Process(scene)]

    given: list[Permit | None] = []
    for _ in range(4):
        with ThreadPoolExecutor(12) as pool:
            given += pool.map(lambda number: processes[number % 3].permit(), range(12))
        scene.clock.tick(11)

    assert sum(permit is not None for permit in given) == 10


def test_a_permit_is_one_write_and_what_is_known_to_be_full_costs_nothing(scene: Scene) -> None:
    scene.process.refused(TEN)
    scene.clock.tick(ALL_IS_BACK)
    before = scene.store.calls
    for _ in range(7):
        assert scene.process.permit() is not None
    assert scene.store.calls - before == 7

    for _ in range(10):
        assert scene.process.permit() is None
    assert scene.store.calls - before == 7


def test_a_meter_that_others_write_too_is_read_before_it_is_written(scene: Scene) -> None:
    other = Process(scene)
    scene.process.refused(TEN)
    scene.clock.tick(ALL_IS_BACK)
    other.permit()
    scene.process.permit()
    before, writes = scene.store.calls, scene.store.writes

    other.permit()

    assert (scene.store.calls - before, scene.store.writes - writes) == (3, 2)
    scene.process.permit()
    assert (scene.store.calls - before, scene.store.writes - writes) == (5, 3)


def test_a_request_that_does_not_fit_leaves_room_for_a_smaller_one(scene: Scene) -> None:
    scene.process.refused(THOUSAND_TOKENS, 500)
    scene.clock.tick(ALL_IS_BACK)

    assert scene.process.permit(600) is not None
    assert scene.process.permit(400) is None
    assert scene.process.until(400) == FULL_MINUTE
    assert scene.process.until(370) is None
    assert scene.process.permit(370) is not None


def test_tokens_are_settled_with_the_next_permit(scene: Scene) -> None:
    scene.process.refused(THOUSAND_TOKENS, 500)
    scene.clock.tick(ALL_IS_BACK)
    permit = scene.process.permit(600)
    assert permit is not None
    writes = scene.store.writes

    scene.process.limits.settle(permit, Usage(300))
    scene.clock.tick(1)
    assert scene.store.writes == writes

    assert scene.process.permit(400) is not None
    assert scene.store.writes == writes + 1
    tokens = [entry.tokens for entry in scene.store.meters[KEY].log.entries]
    assert tokens == [300, 200]  # The second by the ratio that the first has shown.


def test_the_note_is_renewed_while_the_key_stays_scarce_and_not_with_each_request(
    scene: Scene,
) -> None:
    scene.process.refused(TEN)
    writes = scene.window_store.writes
    for _ in range(6):
        for _ in range(11):
            scene.process.permit()
        scene.clock.tick(900)
    scene.process.flush()

    assert scene.window_store.writes - writes == 1
    assert scene.window_store.windows[limit_key(KEY)].is_open(scene.clock.now())


def test_an_hour_after_the_last_request_that_did_not_fit_permits_are_free_again(
    scene: Scene,
) -> None:
    scene.process.refused(TEN)
    scene.clock.tick(3600)
    before = scene.store.calls

    assert all(scene.process.permit() is not None for _ in range(30))
    assert scene.store.calls == before


def test_another_process_says_how_full_a_key_is_after_a_read_each_second(scene: Scene) -> None:
    other = Process(scene)
    scene.process.refused(TEN)

    reads = scene.store.reads
    for seconds in (0.0, 0.9, 0.2):
        scene.clock.tick(seconds)
        other.refresh()

    assert scene.store.reads - reads == 2
    assert other.until() == pytest.approx(FULL_MINUTE - 1.1)


def test_while_the_store_fails_calls_are_made_without_a_permit_and_told_later(
    scene: Scene,
) -> None:
    scene.process.refused(TEN)
    scene.clock.tick(ALL_IS_BACK)
    scene.store.is_down = True
    assert all(scene.process.permit() is not None for _ in range(4))
    scene.process.flush()
    scene.store.is_down = False

    assert scene.process.permit() is not None
    scene.process.flush()

    assert scene.process.permit() is not None
    assert scene.store.meters[KEY].log.calls == 6
    assert scene.log.names()[-2:] == [Event.LIMIT_STORE_UNAVAILABLE, Event.LIMIT_STORE_RECOVERED]


def test_a_request_waits_for_the_store_no_longer_than_its_budget(scene: Scene) -> None:
    scene.process.refused(TEN)
    scene.clock.tick(ALL_IS_BACK)
    scene.store.gate.clear()

    assert scene.process.permit(seconds=0.01) is None
    assert scene.process.until() == 0.1  # It goes to the next candidate, and so do others.
    scene.store.gate.set()
    scene.process.flush()

    scene.clock.tick(1)
    assert scene.process.permit() is not None
    assert scene.store.meters[KEY].log.calls == 1  # The one that nobody waited for is given back.


def test_a_store_that_is_slow_is_not_waited_for_and_hears_of_the_calls_later(scene: Scene) -> None:
    scene.process.refused(TEN)
    scene.clock.tick(ALL_IS_BACK)
    scene.store.gate.clear()
    scene.process.permit(seconds=0.01)
    scene.clock.tick(0.3)

    assert all(scene.process.permit() is not None for _ in range(4))
    scene.store.gate.set()
    scene.process.flush()
    scene.process.permit()
    scene.process.flush()
    scene.process.permit()

    assert scene.store.meters[KEY].log.calls == 6


def test_a_quota_of_the_day_is_kept_and_meters_nothing(scene: Scene) -> None:
    day = Failure(
        kind=FailureKind.QUOTA_EXHAUSTED, quotas=(Quota(Dimension.REQUESTS_PER_DAY, 250),)
    )

    scene.process.refused(day)

    assert scene.store.meters[KEY].limits[Dimension.REQUESTS_PER_DAY].value == 250
    assert limit_key(KEY) not in scene.process.windows.snapshot(WaitBudget(scene.clock))


def test_what_is_left_of_the_minute_is_known_without_the_store(scene: Scene) -> None:
    scene.process.refused(TEN)
    scene.clock.tick(ALL_IS_BACK)
    for _ in range(3):
        scene.process.permit()
    before = scene.store.calls

    left = scene.process.limits.meter(KEY).share_left(scene.clock.now() + timedelta(seconds=1))

    assert left == pytest.approx(0.7)
    assert scene.store.calls == before


def test_the_reserve_is_wanted_while_little_is_left_and_for_five_minutes_after(
    scene: Scene,
) -> None:
    ordinary = Target("second", is_default=False)
    reserve = Target("priority", is_reserve=True, is_default=False)
    hierarchy = Hierarchy("test", (Model("gemini-3.8-flash", "A"),), targets=(ordinary, reserve))

    def short() -> bool:
        windows = scene.process.windows.snapshot(WaitBudget(scene.clock))
        limits = scene.process.limits
        return "gemini-3.8-flash" in limits.short(hierarchy, limits.windows(windows))

    assert not short()
    scene.process.refused(TEN)
    assert short()
    scene.clock.tick(ALL_IS_BACK)
    assert short()
    scene.clock.tick(300)
    assert not short()
    assert not scene.process.limits.short(Hierarchy("test", hierarchy.models), {})
