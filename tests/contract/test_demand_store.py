"""What every store of the demand keeps to: the same tests for SQLite and Firestore."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from fallback.core.demand import CHATS, Demand, start_of
from fallback.core.forecast import Forecast
from fallback.core.outlook import Outlook
from fallback.ports import DemandStore
from tests.contract.conftest import OpenDemandStore

LATER = datetime(2100, 1, 1, tzinfo=UTC)
HOUR = 498_884
NOON = start_of(HOUR)
DAY = HOUR + 12
BEST = "gemini-3.8-flash"
SECOND = "gemini-3.8-flash@second"
FORECAST = Forecast(
    key=BEST,
    made_at=NOON,
    ends_at=NOON + timedelta(minutes=90),
    day_ends_at=start_of(DAY),
    band=timedelta(minutes=15),
    used=20,
    limit=250,
)
OUTLOOK = Outlook(
    demand=Demand(cells=(None, 2.5) * 84, folded_until=HOUR - 26),
    forecasts=(FORECAST,),
    untried=(FORECAST, FORECAST),
    errors=(3.25, 12.0),
    made_at=NOON,
)


@pytest.fixture
def store(open_demand_store: OpenDemandStore) -> DemandStore:
    return open_demand_store()


def test_a_new_store_knows_nothing(store: DemandStore) -> None:
    assert store.read() == Outlook()


def test_what_all_instances_count_is_added_up(open_demand_store: OpenDemandStore) -> None:
    views = [open_demand_store() for _ in range(4)]

    def add(number: int) -> None:
        views[number % 4].add({HOUR: {CHATS: 3, SECOND: 2}, HOUR + 1: {CHATS: 1}}, {}, LATER)

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(add, range(16)))

    assert views[0].read().demand.counts == {HOUR: {CHATS: 48, SECOND: 32}, HOUR + 1: {CHATS: 16}}


def test_of_two_ends_the_earlier_one_holds(store: DemandStore) -> None:
    store.add({}, {DAY: {SECOND: NOON}}, LATER)
    store.add({}, {DAY: {SECOND: NOON + timedelta(hours=1), BEST: NOON}}, LATER)

    assert store.read().ends == {DAY: {SECOND: NOON, BEST: NOON}}


def test_an_outlook_is_read_as_it_was_written(open_demand_store: OpenDemandStore) -> None:
    one, other = open_demand_store(), open_demand_store()

    assert one.turn(one.read(), OUTLOOK, LATER)
    assert other.read() == OUTLOOK

    counted = replace(OUTLOOK, errors=(), made_at=NOON + timedelta(hours=1))
    assert other.turn(other.read(), counted, LATER)
    assert one.read() == counted


def test_of_many_instances_one_makes_the_turn(open_demand_store: OpenDemandStore) -> None:
    views = [open_demand_store() for _ in range(8)]
    for made_at in (NOON, NOON + timedelta(hours=1)):
        seen, new = [view.read() for view in views], replace(OUTLOOK, made_at=made_at)

        with ThreadPoolExecutor(8) as pool:
            won = list(pool.map(lambda v, s: v.turn(s, new, LATER), views, seen))  # noqa: B023

        assert won.count(True) == 1


def test_a_turn_drops_what_is_folded_and_nothing_that_comes_meanwhile(store: DemandStore) -> None:
    store.add({HOUR - 30: {CHATS: 5}, HOUR: {CHATS: 7}}, {DAY - 24: {BEST: NOON}}, LATER)
    seen = store.read()
    kept = Demand(cells=OUTLOOK.demand.cells, counts={HOUR: {CHATS: 7}}, folded_until=HOUR - 26)

    assert store.turn(seen, replace(OUTLOOK, demand=kept), LATER)
    store.add({HOUR: {CHATS: 1}}, {}, LATER)

    found = store.read()
    assert found.demand == replace(kept, counts={HOUR: {CHATS: 8}})
    assert found.ends == {}
