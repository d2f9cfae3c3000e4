"""What every store of learned limits keeps to: the same tests for SQLite and Firestore."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from fallback.core.meter import Meter
from fallback.core.quota import Dimension, LearnedLimit
from fallback.core.sliding_log import Entry, SlidingLog
from fallback.limits.store import LimitStore
from tests.contract.conftest import OpenLimitStore

NOW = datetime(2026, 11, 27, 12, 0, 0, 1000, tzinfo=UTC)
LATER = datetime(2100, 1, 1, tzinfo=UTC)
KEY = "gemini-3.8-flash@europe"
METER = Meter(
    {
        Dimension.REQUESTS_PER_MINUTE: LearnedLimit(10, NOW, is_told=False),
        Dimension.REQUESTS_PER_DAY: LearnedLimit(250, NOW),
    },
    SlidingLog((Entry(NOW, 1, 300), Entry(NOW + timedelta(milliseconds=7), 2, 20))),
    counted_from=NOW - timedelta(minutes=3),
)


@pytest.fixture
def store(open_limit_store: OpenLimitStore) -> LimitStore:
    return open_limit_store()


def test_a_new_store_knows_no_limit(store: LimitStore) -> None:
    assert store.read(KEY) == Meter()
    assert dict(store.read_all()) == {}


def test_what_one_stores_all_read(open_limit_store: OpenLimitStore) -> None:
    one, other = open_limit_store(), open_limit_store()

    assert one.write(KEY, METER, LATER)
    one.write("gemini-3.6-flash", Meter().plus(Entry(NOW, 1)), LATER)

    assert other.read(KEY) == METER
    assert other.read_all() == {KEY: METER, "gemini-3.6-flash": Meter().plus(Entry(NOW, 1))}


def test_a_meter_is_replaced_as_it_was_read(store: LimitStore) -> None:
    store.write(KEY, METER, LATER)

    assert store.write(KEY, store.read(KEY).plus(Entry(NOW, -1, -300)), LATER)

    assert store.read(KEY).log == SlidingLog(METER.log.entries[1:])


def test_a_meter_that_has_changed_is_not_replaced(open_limit_store: OpenLimitStore) -> None:
    one, other = open_limit_store(), open_limit_store()
    one.write(KEY, Meter(), LATER)
    seen = one.read(KEY)
    assert other.write(KEY, replace(METER, version=seen.version), LATER)

    assert one.write(KEY, seen, LATER) is None
    assert one.write(KEY, Meter(), LATER) is None

    assert one.read(KEY) == METER


def test_the_version_of_a_write_is_the_one_that_is_read(store: LimitStore) -> None:
    for _ in range(2):  # A meter that is made, and one that is replaced.
        version = store.write(KEY, replace(METER, version=store.read(KEY).version), LATER)

        assert version is not None
        assert store.read(KEY).version == version


def test_of_many_requests_for_the_last_places_as_many_get_one_as_there_are(
    open_limit_store: OpenLimitStore,
) -> None:
    views = [open_limit_store() for _ in range(4)]

    def ask(number: int) -> bool:
        at, view = NOW + timedelta(milliseconds=number), views[number % 4]
        while (meter := view.read(KEY)).log.calls < 5:
            if view.write(KEY, meter.plus(Entry(at, 1)), LATER):
                return True
        return False

    with ThreadPoolExecutor(8) as pool:
        got = list(pool.map(ask, range(16)))

    assert got.count(True) == views[0].read(KEY).log.calls == 5
