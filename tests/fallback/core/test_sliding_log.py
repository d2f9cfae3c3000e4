"""The log of the last minute: what fits, and when the next request does."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from fallback.core.sliding_log import SPAN, Entry, SlidingLog

NOW = datetime(2026, 11, 27, 12, tzinfo=UTC)


def at(seconds: float) -> datetime:
    return NOW + timedelta(seconds=seconds)


def log_of(*entries: tuple[float, int, int]) -> SlidingLog:
    log = SlidingLog()
    for seconds, calls, tokens in entries:
        log = log.plus(Entry(at(seconds), calls, tokens))
    return log


def test_an_empty_log_has_room() -> None:
    assert SlidingLog().fits_at(NOW, 10, max_calls=1, max_tokens=10) == NOW


def test_without_limits_everything_fits() -> None:
    assert log_of((0, 1000, 1_000_000)).fits_at(at(1), 1_000_000) == at(1)


def test_the_next_request_fits_when_the_oldest_call_leaves() -> None:
    log = log_of((0, 1, 5), (10, 1, 5), (20, 1, 5))

    assert log.fits_at(at(30), 0, max_calls=4) == at(30)
    assert log.fits_at(at(30), 0, max_calls=3) == at(0) + SPAN
    assert log.fits_at(at(30), 0, max_calls=2) == at(10) + SPAN


def test_a_larger_request_waits_longer() -> None:
    log = log_of((0, 1, 30), (10, 1, 30), (20, 1, 30))

    assert log.fits_at(at(30), 10, max_tokens=100) == at(30)
    assert log.fits_at(at(30), 40, max_tokens=100) == at(0) + SPAN
    assert log.fits_at(at(30), 70, max_tokens=100) == at(10) + SPAN
    assert log.fits_at(at(30), 100, max_tokens=100) == at(20) + SPAN


def test_a_request_above_the_whole_limit_is_for_the_provider_to_refuse() -> None:
    log = log_of((0, 1, 100))

    assert log.fits_at(at(1), 101, max_tokens=100) == at(1)
    assert log.fits_at(at(1), 101, max_calls=1, max_tokens=100) == at(0) + SPAN


def test_what_has_left_does_not_count() -> None:
    log = log_of((0, 1, 5), (10, 1, 5))

    assert log.fits_at(at(0) + SPAN, 0, max_calls=2) == at(0) + SPAN
    assert log.latest(at(0) + SPAN) == log_of((10, 1, 5))


def test_calls_of_one_instant_are_one_entry() -> None:
    assert log_of((0, 1, 5), (1, 1, 7), (0, 2, 1)) == log_of((0, 3, 6), (1, 1, 7))


def test_a_correction_changes_its_entry_and_takes_back_no_more_than_there_is() -> None:
    assert log_of((0, 1, 50), (0, 0, -20)) == log_of((0, 1, 30))
    assert log_of((0, 1, 50), (0, -1, -50)) == SlidingLog()
    assert log_of((0, 1, 50), (5, -1, -50)) == log_of((0, 1, 50))


@given(st.lists(st.tuples(st.integers(0, 200), st.integers(0, 40)), max_size=60))
def test_no_sixty_seconds_hold_more_than_the_limits(asked: list[tuple[int, int]]) -> None:
    """Whoever asks and goes only when it fits, keeps both limits in every 60 seconds."""
    log, went = SlidingLog(), []
    for seconds, tokens in sorted(asked):
        if log.fits_at(at(seconds), tokens, max_calls=5, max_tokens=100) == at(seconds):
            log = log.latest(at(seconds)).plus(Entry(at(seconds), 1, tokens))
            went.append((seconds, tokens))

    for begins in range(200):
        minute = [tokens for seconds, tokens in went if begins <= seconds <= begins + 60]
        assert len(minute) <= 5
        assert sum(minute) <= 100
