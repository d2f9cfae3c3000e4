"""A fleet that counts together: one write an hour of each instance, one forecast of all."""

from __future__ import annotations

import math
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from fallback.core.demand import CHATS, Demand, hour_of
from fallback.core.failure import Failure, FailureKind
from fallback.core.outlook import Outlook
from fallback.events import Event
from fallback.forecasting.pacer import Pacer
from fallback.forecasting.shared import SharedForecast
from tools.testkit.log import RecordingLog
from tools.testkit.memory_demand import MemoryDemand
from tools.testkit.time_travel import FakeClock

NINE = datetime(2026, 11, 23, 17, tzinfo=UTC)  # In California.
HOUR = hour_of(NINE)
MIDNIGHT = HOUR - 9


class Scene:
    """Some instances, one store, one clock."""

    def __init__(self, instances: int = 1) -> None:
        self.clock = FakeClock(NINE)
        self.store = MemoryDemand()
        self.limits = {"a": 1000}
        self.log = RecordingLog()
        self.fleet = [self.start() for _ in range(instances)]

    def start(self, jitter: float = 0.5) -> SharedForecast:
        return SharedForecast(
            self.store,
            keys=["a", "b"],
            best=["a"],
            limits=lambda: self.limits,
            clock=self.clock,
            log=self.log,
            jitter=lambda: jitter,
        )

    def chats(self, number: int = 1) -> None:
        """So many chats at each instance, all answered by the first model."""
        for instance in self.fleet:
            for _ in range(number):
                instance.chat()
                instance.called("a", None)
            instance.flush(10)

    def tick(self, **time: float) -> None:
        self.clock.tick(timedelta(**time).total_seconds())


@pytest.fixture
def scene() -> Scene:
    return Scene()


def test_an_instance_adds_an_hour_after_its_end_and_at_once_what_it_has_missed(
    scene: Scene,
) -> None:
    scene.chats(3)
    assert scene.store.adds == 0

    scene.tick(hours=1, minutes=1, seconds=1)
    scene.chats(2)

    assert scene.store.counts == {HOUR: {CHATS: 3, "a": 3}}


def test_instances_spread_over_the_first_minutes_of_an_hour() -> None:
    scene = Scene(0)
    scene.fleet = [scene.start(jitter) for jitter in (0.0, 0.5, 0.9)]
    scene.tick(minutes=4)
    scene.chats()
    adds = []
    scene.tick(minutes=56)
    for _ in range(3):
        scene.chats()
        adds.append(scene.store.adds)
        scene.tick(minutes=1)

    assert adds == [1, 2, 3]


def test_each_instance_writes_once_an_hour_and_one_for_all() -> None:
    scene = Scene(20)
    for _ in range(6 * 60):
        scene.chats()
        scene.tick(minutes=1)

    assert scene.store.adds == 20 * 5
    assert scene.store.turns == 6
    assert scene.store.reads <= 20 * (6 * 2 + 1)


def test_one_instance_says_what_is_foreseen() -> None:
    scene = Scene(3)
    first = range(MIDNIGHT, HOUR)
    scene.store.counts |= {hour: {CHATS: 60, "a": 60} for hour in first}  # type: ignore[misc]
    scene.store.outlook = Outlook(demand=Demand(cells=(60.0,) * 168))
    scene.tick(minutes=4)

    scene.chats()

    (said,) = scene.log.of(Event.FORECAST_MADE)
    assert said == {
        "key": "a",
        "ends_at": NINE + timedelta(minutes=460),
        "band_minutes": round(20 * math.sqrt(460 / 60)),
        "minutes_left": 460,
        "minutes_short": 15 * 60 - 460,
        "used": 540,
        "limit": 1000,
    }


def test_all_instances_know_what_the_best_model_can_take() -> None:
    scene = Scene(2)
    scene.store.outlook = Outlook(demand=Demand(cells=(60.0,) * 168))
    scene.limits = {"a": 100}
    scene.tick(minutes=4)

    scene.chats()

    # Nothing has come today: of the usual 900, two of eleven parts are still expected.
    expected = 100 / (900 * 2 / 11)
    assert [instance.affordable_share for instance in scene.fleet] == pytest.approx([expected] * 2)


def test_a_store_that_is_down_loses_nothing_and_delays_nobody(scene: Scene) -> None:
    scene.store.is_down = True
    scene.chats(3)
    scene.fleet[0].called("a", Failure(kind=FailureKind.QUOTA_EXHAUSTED))
    scene.tick(hours=1, minutes=4)
    scene.chats(2)
    assert scene.fleet[0].affordable_share == 1.0

    scene.store.is_down = False
    scene.tick(hours=1)
    scene.chats()

    assert scene.store.counts == {HOUR: {CHATS: 3, "a": 3}, HOUR + 1: {CHATS: 2, "a": 2}}
    assert scene.store.ends == {HOUR + 15: {"a": NINE}}


def test_a_store_that_is_down_is_asked_again_after_a_minute(scene: Scene) -> None:
    scene.store.is_down = True
    scene.chats(2)
    scene.store.is_down = False
    scene.chats(2)
    assert scene.store.reads == 0

    scene.tick(minutes=1)
    scene.chats()

    assert scene.store.reads == 1


def test_whoever_loses_the_turn_looks_again(scene: Scene) -> None:
    class Contended(MemoryDemand):
        def turn(self, seen: Outlook, outlook: Outlook, expires_at: datetime) -> bool:
            super().turn(seen, outlook, expires_at)
            return False

    scene.store = Contended()
    scene.fleet = [scene.start()]
    scene.tick(minutes=4)
    scene.chats()
    assert scene.log.of(Event.FORECAST_MADE) == []

    scene.tick(minutes=1)
    scene.chats()

    assert scene.store.reads == 2


def test_a_process_that_ends_adds_what_it_has(scene: Scene) -> None:
    scene.chats(3)

    scene.fleet[0].leave()
    scene.fleet[0].flush(10)

    assert scene.store.counts == {HOUR: {CHATS: 3, "a": 3}}


def test_a_process_without_chats_writes_nothing(scene: Scene) -> None:
    scene.fleet[0].leave()
    scene.fleet[0].flush(10)

    assert scene.store.adds == 0


def test_a_bug_is_logged(scene: Scene) -> None:
    scene.limits = None  # type: ignore[assignment]
    scene.store.outlook = Outlook(demand=Demand(cells=(60.0,) * 168))
    scene.chats()

    (bug,) = scene.log.of(Event.INTERNAL_ERROR)
    assert bug["thread"] == "demand-store"


# What counts as a call.


def counted(scene: Scene, kind: FailureKind | None) -> dict[int, dict[str, int]]:
    """What a call at the second target counts."""
    scene.fleet[0].called("aa@second", None if kind is None else Failure(kind=kind))
    scene.fleet[0].leave()
    scene.fleet[0].flush(10)
    return {hour: dict(found) for hour, found in scene.store.counts.items()}


def test_an_answer_is_one_call_of_its_model_and_target(scene: Scene) -> None:
    assert counted(scene, None) == {HOUR: {"aa@second": 1}}


def test_a_failure_uses_quota_but_a_refusal_for_it_does_not(scene: Scene) -> None:
    assert counted(scene, FailureKind.RATE_LIMITED) == {}
    assert counted(scene, FailureKind.OVERLOADED) == {HOUR: {"aa@second": 1}}


def test_the_first_refusal_for_the_day_is_its_end(scene: Scene) -> None:
    assert counted(scene, FailureKind.QUOTA_EXHAUSTED) == {}
    scene.tick(hours=1)
    counted(scene, FailureKind.QUOTA_EXHAUSTED)

    assert scene.store.ends == {HOUR + 15: {"aa@second": NINE}}
    assert replace(Outlook(), ends=scene.store.ends).ended(NINE) == {"aa@second": NINE}


# Who steps down.


def test_the_shortest_chats_step_down_while_the_best_model_cannot_take_all(scene: Scene) -> None:
    scene.store.outlook = Outlook(demand=Demand(cells=(60.0,) * 168))
    scene.limits = {"a": 80}  # About half of what is still expected.
    pacer = Pacer(scene.fleet[0], jitter=lambda: 0.5)
    sizes = [100, 200, 300, 400] * 20
    assert [size for size in sizes if pacer.steps_down(size)] == []

    scene.chats()

    assert {size for size in sizes if pacer.steps_down(size)} == {100, 200}
    assert pacer.steps_down(0)
