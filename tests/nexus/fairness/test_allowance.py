"""One message more, or not: by rate, by day, and to the millisecond."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from nexus.fairness.core.allowance import Allowance, Limit, Limited, Usage, later, spend
from nexus.fairness.core.rules import VisitorRules

NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)
TODAY = NOON.date()
SMALL = Allowance(burst=3, per_minute=20, per_day=100)
MILLISECOND = timedelta(milliseconds=1)

allowances = st.builds(
    Allowance,
    burst=st.integers(1, 20),
    per_minute=st.floats(0.05, 6000),
    per_day=st.integers(1, 60),
)
starts = st.datetimes(datetime(2026, 11, 22), datetime(2026, 11, 24), timezones=st.just(UTC))
pauses = st.lists(
    st.one_of(
        st.just(timedelta()),
        st.integers(0, 5_000_000).map(lambda us: timedelta(microseconds=us)),
        st.integers(0, 12 * 3600).map(lambda s: timedelta(seconds=s)),
    ),
    max_size=60,
)


def at(seconds: float) -> datetime:
    return NOON + timedelta(seconds=seconds)


def send(allowance: Allowance, instants: list[datetime]) -> list[datetime]:
    """The instants at which a message was allowed."""
    usage: Usage | None = None
    allowed = []
    for instant in instants:
        result = spend(usage, allowance, instant)
        if isinstance(result, Usage):
            usage = result
            allowed.append(instant)
    return allowed


def instants_of(start: datetime, gaps: list[timedelta]) -> list[datetime]:
    instants = [start]
    for gap in gaps:
        instants.append(instants[-1] + gap)
    return instants


def test_a_burst_then_the_steady_rate() -> None:
    instants = [at(0), at(0), at(0), at(0), at(2.999), at(3), at(3), at(6), at(8), at(9)]

    assert send(SMALL, instants) == [at(0), at(0), at(0), at(3), at(6), at(9)]


def test_a_rest_brings_the_burst_back_and_no_more() -> None:
    instants = [at(0), at(3600), at(3600), at(3600), at(3600)]

    assert send(SMALL, instants) == [at(0), at(3600), at(3600), at(3600)]


def test_a_refusal_says_which_limit_and_until_when() -> None:
    rate = spend(Usage(at(9), TODAY, 3), SMALL, NOON)
    day = spend(Usage(at(9), TODAY, 100), SMALL, NOON)

    assert rate == Limited(Limit.RATE, at(3))
    assert day == Limited(Limit.DAY, datetime(2026, 11, 24, tzinfo=UTC))


def test_the_later_of_two_limits_counts() -> None:
    slow = Allowance(burst=1, per_minute=1 / 1440, per_day=1)
    usage = spend(None, slow, NOON)
    assert isinstance(usage, Usage)

    assert spend(usage, slow, NOON) == Limited(Limit.RATE, NOON + timedelta(days=1))


def test_a_day_ends_at_midnight_utc() -> None:
    night = datetime(2026, 11, 23, 23, 59, 59, tzinfo=UTC)
    one_a_day = Allowance(burst=5, per_minute=600, per_day=1)

    allowed = send(one_a_day, [night, night + timedelta(seconds=0.999), night + 1000 * MILLISECOND])

    assert allowed == [night, night + timedelta(seconds=1)]


def test_a_day_that_another_clock_has_begun_already_is_not_begun_again() -> None:
    one_a_day = Allowance(burst=5, per_minute=600, per_day=1)
    tomorrow = Usage(NOON, TODAY + timedelta(days=1), 1)

    refused = spend(tomorrow, one_a_day, NOON)

    assert refused == Limited(Limit.DAY, datetime(2026, 11, 25, tzinfo=UTC))


@given(allowances, starts, pauses)
@example(SMALL, datetime(2026, 11, 23, 23, 59, 59, tzinfo=UTC), [timedelta()] * 20)
def test_no_window_holds_more_than_the_burst_and_the_rate(
    allowance: Allowance, start: datetime, gaps: list[timedelta]
) -> None:
    allowed = send(allowance, instants_of(start, gaps))

    for first in range(len(allowed)):
        for last in range(first, len(allowed)):
            seconds = (allowed[last] - allowed[first]).total_seconds()
            most = allowance.burst + allowance.per_minute / 60 * seconds
            assert last - first + 1 <= most + 1e-6


@given(allowances, starts, pauses)
def test_no_day_holds_more_than_its_number(
    allowance: Allowance, start: datetime, gaps: list[timedelta]
) -> None:
    days: dict[date, int] = {}
    for instant in send(allowance, instants_of(start, gaps)):
        days[instant.date()] = days.get(instant.date(), 0) + 1

    assert max(days.values()) <= allowance.per_day


@given(allowances, starts, pauses)
def test_a_refusal_is_exact(allowance: Allowance, start: datetime, gaps: list[timedelta]) -> None:
    usage: Usage | None = None
    instants = instants_of(start, gaps)
    # Whatever came before, as many as a burst at the end are too many.
    for instant in instants + instants[-1:] * 20:
        refused = spend(usage, allowance, instant)
        if isinstance(refused, Limited):
            break
        usage = refused
    else:
        raise AssertionError("nothing was refused")

    assert refused.retry_at > instant
    assert isinstance(spend(usage, allowance, refused.retry_at - MILLISECOND), Limited)
    assert isinstance(spend(usage, allowance, refused.retry_at), Usage)


usages = st.builds(
    Usage, starts, st.dates(date(2026, 11, 22), date(2026, 11, 24)), st.integers(0, 50)
)


@given(usages, usages, allowances, starts)
def test_usage_that_was_joined_allows_no_more_than_either(
    one: Usage, other: Usage, allowance: Allowance, now: datetime
) -> None:
    joined = later(one, other)

    assert joined == later(other, one)
    assert later(joined, one) == joined
    assert later(one, None) == later(None, one) == one
    # Nothing is of a day that has not begun, where clocks agree.
    now = max(now, datetime.combine(max(one.day, other.day), time(), UTC))
    if isinstance(spend(one, allowance, now), Limited):
        assert isinstance(spend(joined, allowance, now), Limited)


@pytest.mark.parametrize("per_minute", [20, 7, 0.5])
def test_an_interval_is_never_shorter_than_the_rate(per_minute: float) -> None:
    allowance = Allowance(burst=1, per_minute=per_minute, per_day=1)

    assert allowance.interval.total_seconds() * per_minute >= 60


def test_a_network_has_so_many_visitors_allowances() -> None:
    rules = VisitorRules(burst=3, per_minute=20, per_day=100, address_factor=2.5)

    assert rules.network == Allowance(burst=7, per_minute=50, per_day=250)
