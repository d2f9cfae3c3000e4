"""For how long each failure sets a model aside."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fallback.core.failure import Failure, FailureKind, Scope
from fallback.core.windows import (
    Streak,
    Window,
    WindowRules,
    from_epoch_ms,
    longer,
    merge,
    next_quota_day,
    to_epoch_ms,
    window_after,
)

NOW = datetime(2026, 11, 22, 12, 0, 0, tzinfo=UTC)
RULES = WindowRules()
K = FailureKind

# Hypothesis takes its bounds without a zone.
instants = st.datetimes(
    datetime(2000, 1, 1),
    datetime(2100, 1, 1),
    timezones=st.just(UTC),
)
windows = st.builds(Window, until=instants, reason=st.sampled_from(list(K)))


def seconds_of(
    kind: FailureKind, delay: float | None = None, *, jitter: float = 0.0
) -> float | None:
    failure = Failure(kind=kind, retry_delay_seconds=delay)
    window, _ = window_after(failure, None, NOW, RULES, jitter=jitter)
    return None if window is None else (window.until - NOW).total_seconds()


def after(seconds: float) -> datetime:
    return NOW + timedelta(seconds=seconds)


def fail(
    streak: Streak | None, seconds: float, kind: FailureKind = K.OVERLOADED, attempt: int = 1
) -> tuple[float | None, Streak | None]:
    """One failure so many seconds after NOW: the length of its window, and the streak."""
    window, streak = window_after(
        Failure(kind=kind), streak, after(seconds), RULES, attempt=attempt
    )
    length = None if window is None else (window.until - after(seconds)).total_seconds()
    return length, streak


@pytest.mark.parametrize(
    ("kind", "delay", "seconds"),
    [
        (K.RATE_LIMITED, 45.5, 45.5),
        (K.RATE_LIMITED, 0.0, 1.0),
        (K.RATE_LIMITED, 0.3, 1.0),
        (K.RATE_LIMITED, 500.0, 120.0),
        (K.RATE_LIMITED, None, 60.0),
        (K.UNNAMED_QUOTA, 39.0, 39.0),
        (K.UNNAMED_QUOTA, 5000.0, 900.0),
        (K.UNNAMED_QUOTA, None, 300.0),
        (K.NOT_FOUND, None, 21600.0),
        (K.NOT_FOUND, 30.0, 21600.0),
        (K.OVERLOADED, 20.0, 20.0),
        (K.OVERLOADED, 5000.0, 900.0),
        (K.SERVER_ERROR, 20.0, 20.0),
        (K.OVERLOADED, None, None),
        (K.SERVER_ERROR, None, None),
        (K.TIMED_OUT, None, None),
        (K.CONNECTION_FAILED, None, None),
        (K.INCOMPLETE_ANSWER, None, None),
        (K.UNKNOWN, None, None),
        (K.EMPTY_ANSWER, None, None),
        (K.UNUSABLE_ANSWER, None, None),
        (K.CONTEXT_TOO_LONG, None, None),
        (K.INVALID_REQUEST, None, None),
        (K.UNAUTHORIZED, None, 60.0),
        (K.UNSUPPORTED_REGION, None, 60.0),
        (K.OUT_OF_CREDIT, None, 60.0),
    ],
)
def test_one_failure_sets_aside_for_so_long(
    kind: FailureKind, delay: float | None, seconds: float | None
) -> None:
    assert seconds_of(kind, delay) == seconds


def test_jitter_is_little_and_stays_below_the_cap() -> None:
    assert seconds_of(K.RATE_LIMITED, 45.0, jitter=0.5) == 45.5
    assert seconds_of(K.RATE_LIMITED, 2.0, jitter=0.5) == 2.1
    assert seconds_of(K.RATE_LIMITED, 119.9, jitter=0.9) == 120.0


def test_a_day_ends_at_midnight_in_california_whatever_delay_is_named() -> None:
    failure = Failure(kind=K.QUOTA_EXHAUSTED, retry_delay_seconds=8.0)

    window, _ = window_after(failure, None, NOW, RULES, jitter=0.9)

    assert window == Window(datetime(2026, 11, 23, 8, 0, tzinfo=UTC), "quota_exhausted")


@pytest.mark.parametrize(
    ("now", "midnight"),
    [
        # Winter: UTC-8. Just before, at, and just after midnight.
        ("2026-11-22T07:59:59.999Z", "2026-11-22T08:00:00Z"),
        ("2026-11-22T08:00:00Z", "2026-11-23T08:00:00Z"),
        ("2026-11-22T08:00:00.001Z", "2026-11-23T08:00:00Z"),
        # Summer: UTC-7.
        ("2026-07-01T06:59:00Z", "2026-07-01T07:00:00Z"),
        # 8 March 2026 has 23 hours: it begins at UTC-8 and ends at UTC-7.
        ("2026-03-08T08:00:00Z", "2026-03-09T07:00:00Z"),
        # 1 November 2026 has 25 hours; both of its 1:30 o'clocks see the same midnight.
        ("2026-11-01T07:00:00Z", "2026-11-02T08:00:00Z"),
        ("2026-11-01T08:30:00Z", "2026-11-02T08:00:00Z"),
        ("2026-11-01T09:30:00Z", "2026-11-02T08:00:00Z"),
    ],
)
def test_the_next_quota_day(now: str, midnight: str) -> None:
    assert next_quota_day(datetime.fromisoformat(now)) == datetime.fromisoformat(midnight)


@given(instants)
def test_a_quota_day_begins_within_25_hours_at_midnight(now: datetime) -> None:
    midnight = next_quota_day(now)
    local = midnight.astimezone(ZoneInfo("America/Los_Angeles"))

    assert timedelta(0) < midnight - now <= timedelta(hours=25)
    assert (local.hour, local.minute, local.second) == (0, 0, 0)
    assert local.date() == now.astimezone(local.tzinfo).date() + timedelta(days=1)
    assert date.min < local.date()


def test_the_second_transient_failure_within_a_minute_opens_a_window_that_doubles() -> None:
    streak: Streak | None = None
    lengths = []
    at = 0.0
    for _ in range(9):
        length, streak = fail(streak, at)
        lengths.append(length)
        at += (length or 0) + 1  # The next failure comes just after the window's end.

    assert lengths == [None, 15, 30, 60, 120, 240, 300, 300, 300]


def test_two_transient_failures_far_apart_open_nothing() -> None:
    _, streak = fail(None, 0)

    assert fail(streak, 60)[0] == 15
    assert fail(streak, 60.001)[0] is None


def test_a_streak_calms_down_a_minute_after_its_window() -> None:
    _, streak = fail(None, 0)
    length, streak = fail(streak, 1)
    assert length == 15

    assert fail(streak, 16 + 60)[0] == 30
    assert fail(streak, 16 + 61)[0] is None


def test_failures_that_were_under_way_when_the_window_opened_do_not_double_it() -> None:
    _, streak = fail(None, 0)
    _, streak = fail(streak, 1)

    for _ in range(100):
        length, streak = fail(streak, 2)
        assert length is None

    assert fail(streak, 16.5)[0] == 30


def test_one_prompt_that_breaks_the_server_twice_is_one_sign() -> None:
    _, streak = fail(None, 0, K.SERVER_ERROR)
    length, streak = fail(streak, 1, K.SERVER_ERROR, attempt=2)
    assert length is None

    assert fail(streak, 2, K.SERVER_ERROR)[0] == 15


@pytest.mark.parametrize("kind", [K.EMPTY_ANSWER, K.CONTEXT_TOO_LONG, K.RATE_LIMITED])
def test_other_failures_leave_a_streak_as_it_is(kind: FailureKind) -> None:
    _, streak = fail(None, 0)

    assert fail(streak, 1, kind)[1] == streak


@given(
    kind=st.sampled_from(list(K)),
    delay=st.none() | st.floats(0, 1e12),
    jitter=st.floats(0, 1, exclude_max=True),
    now=instants,
    earlier=st.none() | st.floats(0, 100),
)
def test_a_window_ends_in_the_future_in_utc_and_within_25_hours(
    kind: FailureKind, delay: float | None, jitter: float, now: datetime, earlier: float | None
) -> None:
    failure = Failure(kind=kind, retry_delay_seconds=delay)
    streak = None
    if earlier is not None:
        _, streak = window_after(failure, None, now - timedelta(seconds=earlier), RULES)

    window, _ = window_after(failure, streak, now, RULES, jitter=jitter)

    if failure.scope is Scope.REQUEST:
        assert window is None
    if window is not None:
        assert timedelta(seconds=1) <= window.until - now <= timedelta(hours=25)
        assert window.until.tzinfo is UTC
        assert from_epoch_ms(to_epoch_ms(window.until)) == window.until
        assert window.reason == kind


@given(instants)
def test_stored_milliseconds_never_end_a_window_early(instant: datetime) -> None:
    stored = from_epoch_ms(to_epoch_ms(instant))

    assert timedelta(0) <= stored - instant < timedelta(milliseconds=1)


@given(st.dictionaries(st.text(), windows), st.dictionaries(st.text(), windows))
def test_merging_loses_nothing_and_shortens_nothing(
    one: dict[str, Window], other: dict[str, Window]
) -> None:
    merged = merge(one, other)

    assert merged.keys() == one.keys() | other.keys()
    for name, window in merged.items():
        ends = [known[name].until for known in (one, other) if name in known]
        assert window.until == max(ends)


def test_the_longer_window_stays() -> None:
    short, long = Window(after(1), "a"), Window(after(2), "b")

    assert longer(short, long) is long
    assert longer(long, short) is long
    assert longer(None, short) is short
    assert longer(short, None) is short
    assert longer(None, None) is None


def test_a_window_is_open_until_its_instant() -> None:
    window = Window(NOW, "x")

    assert window.is_open(NOW - timedelta(microseconds=1))
    assert not window.is_open(NOW)
