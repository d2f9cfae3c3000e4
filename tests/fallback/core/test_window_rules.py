"""For how long each failure sets a model aside."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fallback.core.failure import Failure, FailureKind, Opens, Scope
from fallback.core.probes import ProbeResult, probe_result
from fallback.core.window_rules import (
    Streak,
    WindowRules,
    counts_against_model,
    end_of,
    next_quota_day,
    streak_after,
    streak_after_answer,
    window_after,
)
from fallback.core.windows import EVERY_MODEL, ISOLATED, Window, from_epoch_ms, to_epoch_ms

NOW = datetime(2026, 11, 22, 12, 0, 0, tzinfo=UTC)
RULES = WindowRules()
K = FailureKind

# Hypothesis takes its bounds without a zone.
instants = st.datetimes(
    datetime(2000, 1, 1),
    datetime(2100, 1, 1),
    timezones=st.just(UTC),
)
failures = st.builds(
    Failure,
    kind=st.sampled_from(list(K)),
    retry_delay_seconds=st.none() | st.floats(0, 1e12),
)


def after(seconds: float) -> datetime:
    return NOW + timedelta(seconds=seconds)


def seconds_of(
    kind: FailureKind, delay: float | None = None, *, jitter: float = 0.0
) -> float | None:
    failure = Failure(kind=kind, retry_delay_seconds=delay)
    window = window_after(failure, NOW, RULES, jitter=jitter)
    return None if window is None else (window.until - NOW).total_seconds()


def streak_of(*kinds: FailureKind, pause: float = 1) -> Streak | None:
    """What failures at these intervals, ending at NOW, add up to."""
    streak: Streak | None = None
    for position, kind in enumerate(kinds):
        at = after(-pause * (len(kinds) - 1 - position))
        streak = streak_after(Failure(kind=kind), at, streak, RULES)
    return streak


def tripped(
    kind: FailureKind = K.OVERLOADED, *, standing: Window | None = None, at: float = 0
) -> float | None:
    """The length of the window that a failure opens which is one too many."""
    window = window_after(
        Failure(kind=kind), after(at), RULES, standing=standing, streak=Streak(9, 9, after(at))
    )
    return None if window is None else (window.until - after(at)).total_seconds()


def reopenings(kind: FailureKind, delay: float | None = None, count: int = 8) -> list[float]:
    """The lengths of the windows that failed probes open, one after another."""
    failure = Failure(kind=kind, retry_delay_seconds=delay)
    standing, now, lengths = Window(NOW, kind), NOW, []
    for _ in range(count):
        window = window_after(failure, now, RULES, standing=standing, is_probe=True)
        assert window is not None
        lengths.append((window.until - now).total_seconds())
        standing, now = window, window.until
    return lengths


@pytest.mark.parametrize(
    ("kind", "delay", "seconds"),
    [
        (K.RATE_LIMITED, 45.5, 45.5),
        (K.RATE_LIMITED, 0.0, 1.0),
        (K.RATE_LIMITED, 0.3, 1.0),
        (K.RATE_LIMITED, 500.0, 120.0),
        (K.RATE_LIMITED, None, 15.0),
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
        (K.INPUT_QUOTA, 41.0, 41.0),
        (K.INPUT_QUOTA, None, 15.0),
        (K.SPEND_RATE_LIMITED, None, 120.0),
        (K.SPEND_RATE_LIMITED, 300.0, 300.0),
        (K.FORBIDDEN, None, 60.0),
        (K.UNSUPPORTED_FIELD, None, None),
        (K.INCOMPLETE_ANSWER, 20.0, None),
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

    window = window_after(failure, NOW, RULES, jitter=0.9)

    assert window is not None
    assert window.until == datetime(2026, 11, 23, 8, 0, tzinfo=UTC)


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


TRANSIENT = (K.OVERLOADED, K.SERVER_ERROR, K.CONNECTION_FAILED, K.UNKNOWN)


def trips(*kinds: FailureKind, pause: float = 1) -> bool:
    streak = streak_of(*kinds, pause=pause)
    return streak is not None and streak.trips(RULES)


@pytest.mark.parametrize("kind", TRANSIENT)
def test_four_transient_failures_in_a_row_are_more_than_chance(kind: FailureKind) -> None:
    assert not trips(*[kind] * (RULES.tripping_failures - 1))
    assert trips(*[kind] * RULES.tripping_failures)
    assert tripped(kind) == RULES.transient_first == 5


def test_three_silences_in_a_row_are() -> None:
    assert not trips(*[K.TIMED_OUT] * (RULES.tripping_silences - 1))
    assert trips(*[K.TIMED_OUT] * RULES.tripping_silences)
    assert not trips(K.TIMED_OUT, K.TIMED_OUT, K.OVERLOADED)
    assert trips(K.TIMED_OUT, K.OVERLOADED, K.TIMED_OUT, K.SERVER_ERROR)
    assert tripped(K.TIMED_OUT) == RULES.silence_first


def test_failures_that_are_far_apart_are_not_in_a_row() -> None:
    assert trips(*[K.OVERLOADED] * 4, pause=RULES.transient_memory)
    assert not trips(*[K.OVERLOADED] * 4, pause=RULES.transient_memory + 1)


@pytest.mark.parametrize("kind", [kind for kind in K if kind not in (*TRANSIENT, K.TIMED_OUT)])
def test_what_is_not_transient_is_no_part_of_a_row(kind: FailureKind) -> None:
    row = streak_of(K.OVERLOADED)

    assert streak_after(Failure(kind=kind), NOW, row, RULES) is row
    named = Failure(kind=K.OVERLOADED, retry_delay_seconds=3)
    assert streak_after(named, NOW, row, RULES) is row


AMBIGUOUS = (K.SERVER_ERROR, K.TIMED_OUT, K.UNKNOWN)
USELESS = (K.INCOMPLETE_ANSWER, K.EMPTY_ANSWER, K.UNUSABLE_ANSWER)


def failed(*attempts: tuple[str, FailureKind]) -> list[tuple[str, Failure]]:
    return [(model, Failure(kind=kind)) for model, kind in attempts]


@pytest.mark.parametrize("kind", AMBIGUOUS)
@pytest.mark.parametrize("before", AMBIGUOUS)
def test_what_a_request_may_have_caused_counts_at_the_first_model_that_it_happens_at(
    kind: FailureKind, before: FailureKind
) -> None:
    failure = Failure(kind=kind)

    assert counts_against_model(failure, "a", [])
    assert counts_against_model(failure, "a", failed(("a", before)))
    assert counts_against_model(failure, "b", failed(("a", K.OVERLOADED), ("a", K.EMPTY_ANSWER)))
    assert not counts_against_model(failure, "b", failed(("a", before)))
    assert not counts_against_model(failure, "a", failed(("a", before), ("b", before)))


@pytest.mark.parametrize("kind", USELESS)
def test_a_reply_of_no_use_counts_against_no_model(kind: FailureKind) -> None:
    assert not counts_against_model(Failure(kind=kind, retry_delay_seconds=5), "a", [])
    assert not counts_against_model(Failure(kind=kind), "a", [])
    assert tripped(kind) is None


@pytest.mark.parametrize("kind", [kind for kind in K if kind not in (*AMBIGUOUS, *USELESS)])
def test_what_a_request_cannot_cause_counts_at_every_model(kind: FailureKind) -> None:
    earlier = failed(("a", K.SERVER_ERROR), ("b", K.INCOMPLETE_ANSWER))

    assert counts_against_model(Failure(kind=kind), "c", earlier)


def test_a_failure_that_time_will_mend_is_not_the_request_s() -> None:
    failure = Failure(kind=K.SERVER_ERROR, retry_delay_seconds=20)

    assert counts_against_model(failure, "b", failed(("a", K.SERVER_ERROR)))


@pytest.mark.parametrize(
    ("kind", "delay", "lengths"),
    [
        (K.OVERLOADED, None, [5] * 8),
        (K.TIMED_OUT, None, [30, 60, 60, 60, 60, 60, 60, 60]),
        (K.FORBIDDEN, None, [120, 240, 480, 960, 1920, 3840, 7680, 15360]),
        (K.RATE_LIMITED, None, [30, 60, 120, 120, 120, 120, 120, 120]),
        (K.UNNAMED_QUOTA, None, [600, 900, 900, 900, 900, 900, 900, 900]),
        (K.UNAUTHORIZED, None, [60] * 8),
        (K.NOT_FOUND, None, [21600] * 8),
        (K.OVERLOADED, 7.0, [7] * 8),
        (K.RATE_LIMITED, 7.0, [7] * 8),
    ],
)
def test_a_probe_that_fails_reopens_the_window_for_longer_unless_an_instant_was_named(
    kind: FailureKind, delay: float | None, lengths: list[float]
) -> None:
    assert reopenings(kind, delay) == lengths


def test_no_number_of_reopenings_is_too_large() -> None:
    window = Window(NOW, K.TIMED_OUT, failed_probes=10**9)

    again = window_after(Failure(kind=K.TIMED_OUT), NOW, RULES, standing=window, is_probe=True)

    assert again is not None
    assert again.until == after(RULES.silence_cap)
    assert again.failed_probes == 10**9 + 1


def test_what_was_under_way_when_the_window_opened_does_not_lengthen_it_without_a_reason() -> None:
    standing = Window(after(15), K.OVERLOADED)

    assert tripped(standing=standing, at=2) is None
    assert tripped(K.RATE_LIMITED, standing=standing, at=2) == 15


def test_what_began_before_a_window_that_is_over_changes_nothing() -> None:
    ended = Window(after(1), K.RATE_LIMITED)

    for kind in K:
        assert tripped(kind, standing=ended, at=1) is None


@pytest.mark.parametrize("kind", [K.OVERLOADED, K.RATE_LIMITED, K.QUOTA_EXHAUSTED, K.NOT_FOUND])
def test_what_a_person_has_set_aside_stays_as_they_said(kind: FailureKind) -> None:
    by_hand = Window(after(3600), ISOLATED)

    assert tripped(kind, standing=by_hand) is None


def test_a_window_that_lasts_long_may_be_probed_each_half_hour() -> None:
    for kind, is_long in ((K.QUOTA_EXHAUSTED, True), (K.NOT_FOUND, True), (K.UNNAMED_QUOTA, False)):
        window = window_after(Failure(kind=kind), NOW, RULES)
        assert window is not None
        assert window.probe_at == (after(1800) if is_long else None)


@pytest.mark.parametrize(
    ("name", "kind", "verdict"),
    [
        ("model", K.RATE_LIMITED, ProbeResult.EXHAUSTED),
        ("model", K.TIMED_OUT, ProbeResult.EXHAUSTED),
        ("model", K.EMPTY_ANSWER, ProbeResult.ANSWERS),
        ("model", K.INVALID_REQUEST, ProbeResult.UNKNOWN),
        ("model", K.UNAUTHORIZED, ProbeResult.UNKNOWN),
        (EVERY_MODEL, K.UNAUTHORIZED, ProbeResult.EXHAUSTED),
        (EVERY_MODEL, K.RATE_LIMITED, ProbeResult.ANSWERS),
        (EVERY_MODEL, K.EMPTY_ANSWER, ProbeResult.ANSWERS),
        (EVERY_MODEL, K.CONNECTION_FAILED, ProbeResult.UNKNOWN),
        (EVERY_MODEL, K.INVALID_REQUEST, ProbeResult.UNKNOWN),
    ],
)
def test_what_a_failed_probe_says(name: str, kind: FailureKind, verdict: ProbeResult) -> None:
    assert probe_result(name, Failure(kind=kind)) is verdict


@given(
    failure=failures,
    jitter=st.floats(0, 1, exclude_max=True),
    now=instants,
    failures_in_a_row=st.integers(0, 10),
    failed_probes=st.none() | st.integers(0, 100),
)
def test_a_window_ends_in_the_future_in_utc_and_within_25_hours(
    failure: Failure,
    jitter: float,
    now: datetime,
    failures_in_a_row: int,
    failed_probes: int | None,
) -> None:
    window = window_after(
        failure,
        now,
        RULES,
        standing=None if failed_probes is None else Window(now, "x", failed_probes=failed_probes),
        is_probe=failed_probes is not None,
        streak=Streak(failures_in_a_row, failures_in_a_row, now),
        jitter=jitter,
    )

    if failure.scope is Scope.REQUEST:
        assert window is None
    if window is not None:
        assert timedelta(seconds=1) <= window.until - now <= timedelta(hours=25)
        assert window.until.tzinfo is UTC
        assert from_epoch_ms(to_epoch_ms(window.until)) == window.until
        assert window.reason == failure.kind
        assert window.probe_at is None or now < window.probe_at < window.until


@pytest.mark.parametrize("kind", FailureKind)
def test_every_kind_that_opens_a_window_has_a_length_and_no_other(kind: FailureKind) -> None:
    assert (tripped(kind) is None) == (kind.opens is Opens.NEVER)
    if kind.opens is Opens.NEVER:
        with pytest.raises(AssertionError, match=kind):
            end_of(Failure(kind=kind), NOW, RULES)


def test_an_answer_ends_the_row_but_for_silences_that_began_after_it() -> None:
    silent, busy = Failure(kind=K.TIMED_OUT), Failure(kind=K.OVERLOADED)
    row = streak_after(busy, after(8), None, RULES, began_at=after(1))
    row = streak_after(silent, after(9), row, RULES, began_at=after(5))
    assert row is not None

    assert streak_after_answer(row, began_at=after(6)) is None
    left = streak_after_answer(row, began_at=after(4))

    assert left is not None
    assert (left.failures, left.silences) == (1, 1)


def test_an_answer_ends_a_row_of_other_failures_whenever_it_began() -> None:
    row = streak_after(Failure(kind=K.OVERLOADED), after(8), None, RULES, began_at=after(5))
    assert row is not None

    assert streak_after_answer(row, began_at=after(1)) is None
