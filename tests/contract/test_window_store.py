"""What every window store keeps to: the same tests for SQLite and Firestore."""

from __future__ import annotations

import random
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest

from fallback.core.windows import EVERY_MODEL, Window
from fallback.ports import WindowStore
from tests.contract.conftest import OpenStore

NOW = datetime(2026, 11, 22, 12, 0, 0, tzinfo=UTC)
MODEL = "gemini-3.8-flash"


def window(seconds: float, reason: str = "rate_limited") -> Window:
    return Window(NOW + timedelta(seconds=seconds), reason)


@pytest.fixture
def store(open_store: OpenStore) -> WindowStore:
    return open_store()


def test_a_new_store_is_empty(store: WindowStore) -> None:
    assert dict(store.read()) == {}


def test_what_is_written_is_read_to_the_millisecond(store: WindowStore) -> None:
    precise = Window(NOW + timedelta(milliseconds=1), "quota_exhausted")

    store.extend(MODEL, precise)
    store.extend(EVERY_MODEL, window(60, "unauthorized"))

    assert dict(store.read()) == {MODEL: precise, EVERY_MODEL: window(60, "unauthorized")}


def test_a_window_grows(store: WindowStore) -> None:
    store.extend(MODEL, window(10))
    store.extend(MODEL, window(20, "quota_exhausted"))

    assert dict(store.read()) == {MODEL: window(20, "quota_exhausted")}


def test_a_window_never_shrinks(store: WindowStore) -> None:
    store.extend(MODEL, window(20))
    store.extend(MODEL, window(10))

    assert store.read()[MODEL].until == window(20).until


def test_all_views_see_the_same(open_store: OpenStore) -> None:
    one, other = open_store(), open_store()

    one.extend(MODEL, window(10))
    assert other.read()[MODEL] == window(10)
    other.extend(MODEL, window(20))
    assert one.read()[MODEL] == window(20)


def test_ended_windows_are_read_too(store: WindowStore) -> None:
    ended = Window(datetime(2020, 1, 1, tzinfo=UTC), "overloaded")

    store.extend(MODEL, ended)

    assert store.read()[MODEL] == ended


def test_a_window_is_closed_as_it_was_seen(store: WindowStore) -> None:
    store.extend(MODEL, window(10))
    store.extend("gemini-3.7-flash", window(10))

    store.close(MODEL, window(10))

    assert list(store.read()) == ["gemini-3.7-flash"]


def test_a_window_that_has_grown_meanwhile_stays(open_store: OpenStore) -> None:
    one, other = open_store(), open_store()
    one.extend(MODEL, window(10))
    seen = one.read()[MODEL]
    other.extend(MODEL, window(20))

    one.close(MODEL, seen)

    assert other.read()[MODEL] == window(20)


def test_closing_what_is_closed_is_nothing(store: WindowStore) -> None:
    store.close(MODEL, window(10))

    assert dict(store.read()) == {}


def test_concurrent_writers_lose_nothing_and_shorten_nothing(open_store: OpenStore) -> None:
    lengths = list(range(1, 41))
    random.Random(7).shuffle(lengths)
    views = [open_store() for _ in range(4)]

    with ThreadPoolExecutor(8) as pool:
        writes = [
            pool.submit(views[i % 4].extend, MODEL, window(length))
            for i, length in enumerate(lengths)
        ]
        for write in writes:
            write.result()

    assert views[0].read()[MODEL].until == window(40).until
