"""What every window store keeps to: the same tests for SQLite and Firestore."""

from __future__ import annotations

import random
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
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


def test_the_longer_window_keeps_its_reason(store: WindowStore) -> None:
    store.extend(MODEL, window(20, "quota_exhausted"))
    store.extend(MODEL, window(10, "overloaded"))
    assert store.read()[MODEL] == window(20, "quota_exhausted")

    store.extend(MODEL, window(30, "not_found"))
    assert store.read()[MODEL] == window(30, "not_found")


def test_what_is_known_after_a_shorter_window_can_be_leased(store: WindowStore) -> None:
    store.extend(MODEL, window(20, "quota_exhausted"))
    store.extend(MODEL, window(10, "overloaded"))

    leased = store.lease(MODEL, store.read()[MODEL], window(50).until)

    assert leased == replace(window(20, "quota_exhausted"), leased_until=window(50).until)


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


def test_what_ended_before_an_instant_is_left_out_where_it_is_not_wanted(
    store: WindowStore,
) -> None:
    store.extend(MODEL, window(10))
    store.extend("gemini-3.6-flash", window(20))

    assert list(store.read(window(20).until)) == ["gemini-3.6-flash"]
    assert list(store.read(window(20.001).until)) == []
    assert len(store.read(window(10).until)) == 2


def test_all_that_a_probe_needs_is_kept(store: WindowStore) -> None:
    long = Window(
        NOW + timedelta(hours=9), "quota_exhausted", probe_at=window(1800).until, failed_probes=3
    )

    store.extend(MODEL, long)

    assert store.read()[MODEL] == long


def test_a_window_is_closed_as_it_was_seen(store: WindowStore) -> None:
    store.extend(MODEL, window(10))
    store.extend("gemini-3.6-flash", window(10))

    assert store.close(MODEL, store.read()[MODEL])

    assert list(store.read()) == ["gemini-3.6-flash"]


def test_a_window_that_has_grown_meanwhile_stays(open_store: OpenStore) -> None:
    one, other = open_store(), open_store()
    one.extend(MODEL, window(10))
    seen = one.read()[MODEL]
    other.extend(MODEL, window(20))

    assert not one.close(MODEL, seen)

    assert other.read()[MODEL] == window(20)


def test_closing_what_is_closed_is_nothing(store: WindowStore) -> None:
    store.extend(MODEL, window(10))
    seen = store.read()[MODEL]

    assert store.close(MODEL, seen)
    assert not store.close(MODEL, seen)

    assert dict(store.read()) == {}


def test_the_version_of_a_write_is_the_one_that_is_read(store: WindowStore) -> None:
    version = store.extend(MODEL, window(10))

    assert version is not None
    assert store.close(MODEL, replace(window(10), version=version))


def test_one_of_many_gets_the_lease(open_store: OpenStore) -> None:
    views = [open_store() for _ in range(4)]
    views[0].extend(MODEL, window(0))
    seen = [view.read()[MODEL] for view in views]

    with ThreadPoolExecutor(16) as pool:
        claims = [
            pool.submit(views[i % 4].lease, MODEL, seen[i % 4], window(20).until) for i in range(16)
        ]
        leased = [claim.result() for claim in claims if claim.result() is not None]

    assert leased == [replace(window(0), leased_until=window(20).until)]
    assert views[1].read()[MODEL] == leased[0]


def test_a_lease_that_has_run_out_can_be_had_by_another(open_store: OpenStore) -> None:
    one, other = open_store(), open_store()
    one.extend(MODEL, window(0))
    first = one.lease(MODEL, one.read()[MODEL], window(20).until)
    assert first is not None

    second = other.lease(MODEL, other.read()[MODEL], window(50).until)

    assert second is not None
    assert not one.close(MODEL, first)
    assert one.extend(MODEL, replace(window(300), version=first.version)) is None
    assert one.read()[MODEL] == second
    assert other.close(MODEL, second)


def test_the_holder_of_a_lease_reopens_the_window(store: WindowStore) -> None:
    store.extend(MODEL, window(0))
    leased = store.lease(MODEL, store.read()[MODEL], window(20).until)
    assert leased is not None

    again = replace(window(30, "overloaded"), failed_probes=1, version=leased.version)

    assert store.extend(MODEL, again) is not None
    assert store.read()[MODEL] == again  # Its lease is over.


def test_a_window_that_grows_ends_a_lease(store: WindowStore) -> None:
    store.extend(MODEL, window(0))
    store.lease(MODEL, store.read()[MODEL], window(20).until)

    store.extend(MODEL, window(10))

    assert store.read()[MODEL] == window(10)


def test_a_window_that_is_gone_and_back_is_not_the_one_that_was_leased(store: WindowStore) -> None:
    for _ in range(3):
        store.extend(MODEL, window(0))
        leased = store.lease(MODEL, store.read()[MODEL], window(20).until)
        assert leased is not None
        store.close(MODEL, leased)
        store.extend(MODEL, window(0))

        assert not store.close(MODEL, leased)
        assert store.lease(MODEL, leased, window(50).until) is None


def test_concurrent_writers_lose_nothing_and_shorten_nothing(open_store: OpenStore) -> None:
    lengths = list(range(1, 101))
    random.Random(7).shuffle(lengths)
    views = [open_store() for _ in range(4)]

    with ThreadPoolExecutor(8) as pool:
        writes = [
            pool.submit(views[i % 4].extend, MODEL, window(length, f"reason {length}"))
            for i, length in enumerate(lengths)
        ]
        for write in writes:
            write.result()

    assert views[0].read()[MODEL] == window(100, "reason 100")


def for_large(seconds: float, min_tokens: int, reason: str = "input_quota") -> Window:
    return replace(window(seconds, reason), min_tokens=min_tokens)


LARGE = f"{MODEL}#input"


def test_a_size_is_kept_and_says_nothing_of_the_model(store: WindowStore) -> None:
    store.extend(LARGE, for_large(10, 5000))

    assert dict(store.read()) == {LARGE: for_large(10, 5000)}


def test_of_two_sizes_the_smaller_holds_and_of_two_ends_the_later(store: WindowStore) -> None:
    store.extend(LARGE, for_large(10, 5000))
    store.extend(LARGE, for_large(20, 7000))
    assert store.read()[LARGE] == for_large(20, 5000)

    store.extend(LARGE, for_large(15, 3000, "context_too_long"))
    assert store.read()[LARGE] == for_large(20, 3000)


def test_whoever_has_seen_the_window_may_raise_its_size(store: WindowStore) -> None:
    store.extend(LARGE, for_large(0, 3000))
    seen = store.read()[LARGE]

    assert store.extend(LARGE, replace(for_large(20, 9000), version=seen.version)) is not None

    assert store.read()[LARGE] == for_large(20, 9000)


def test_a_lease_leaves_the_size_alone(store: WindowStore) -> None:
    store.extend(LARGE, for_large(0, 3000))

    leased = store.lease(LARGE, store.read()[LARGE], window(20).until)

    assert leased == replace(for_large(0, 3000), leased_until=window(20).until)
    assert store.read()[LARGE] == leased
    assert store.close(LARGE, leased)


def test_concurrent_writers_keep_the_least_size_and_the_latest_end(open_store: OpenStore) -> None:
    lengths, sizes = list(range(1, 101)), list(range(1001, 1101))
    random.Random(7).shuffle(lengths)
    random.Random(8).shuffle(sizes)
    views = [open_store() for _ in range(4)]

    with ThreadPoolExecutor(8) as pool:
        writes = [
            pool.submit(views[i % 4].extend, LARGE, for_large(length, size, f"reason {length}"))
            for i, (length, size) in enumerate(zip(lengths, sizes, strict=True))
        ]
        for write in writes:
            write.result()

    assert views[0].read()[LARGE] == for_large(100, 1001, "reason 100")
