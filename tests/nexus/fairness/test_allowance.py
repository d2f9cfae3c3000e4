"""One message more, or not: by rate, by day, and to the millisecond."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from nexus.fairness.core.allowance import (
    Allowance,
    Limit,
    Limited,
    Standing,
    Usage,
    add,
    later,
    spend,
    standing,
)
from nexus.fairness.core.rules import VisitorRules, units_of

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
gaps = st.one_of(
    st.just(timedelta()),
    st.integers(0, 5_000_000).map(lambda us: timedelta(microseconds=us)),
    st.integers(0, 12 * 3600).map(lambda s: timedelta(seconds=s)),
)
pauses = st.lists(gaps, max_size=60)


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


def test_a_clock_that_is_ahead_locks_nobody_out() -> None:
    hour_ahead = spend(Usage(at(3600 + 9), TODAY, 3), SMALL, NOON)
    day_ahead = spend(Usage(NOON, TODAY + timedelta(days=1), 100), SMALL, NOON)

    assert hour_ahead == Usage(at(3), TODAY, 4)
    assert day_ahead == Usage(at(3), TODAY, 1)


def test_clocks_that_differ_by_a_second_share_a_limit() -> None:
    assert spend(Usage(at(10), TODAY, 3), SMALL, NOON) == Limited(Limit.RATE, at(4))


units = st.one_of(st.integers(1, 30), st.just(1))
extras = st.sampled_from([0, 0, 0.25, 1, 3])


@given(allowances, starts, st.lists(st.tuples(gaps, units, extras), max_size=60))
@example(SMALL, datetime(2026, 11, 23, 23, 59, 59, tzinfo=UTC), [(timedelta(), 1, 0)] * 20)
def test_no_window_and_no_day_holds_more_units_than_allowed(
    allowance: Allowance, start: datetime, messages: list[tuple[timedelta, int, float]]
) -> None:
    usage, now = None, start
    allowed: list[tuple[datetime, float]] = []
    for gap, cost, extra in messages:
        now += gap
        spent = spend(usage, allowance, now, cost)
        if isinstance(spent, Usage):
            allowed.append((now, allowance.capped(cost)))
            usage = add(spent, allowance, now, extra)  # It never lets anything more in.

    for first in range(len(allowed)):
        for last in range(first, len(allowed)):
            seconds = (allowed[last][0] - allowed[first][0]).total_seconds()
            most = allowance.burst + allowance.per_minute / 60 * seconds
            assert sum(paid for _, paid in allowed[first : last + 1]) <= most + 1e-6
    days: dict[date, float] = {}
    for instant, paid in allowed:
        days[instant.date()] = days.get(instant.date(), 0) + paid
    assert max(days.values(), default=0) <= allowance.per_day


@given(allowances, starts, st.lists(st.integers(1, 30), max_size=20))
def test_units_add_up(allowance: Allowance, now: datetime, costs: list[int]) -> None:
    usage = Usage(now, now.date(), 0)
    sum_of_units: float = 0
    for cost in costs:
        spent = spend(usage, allowance, now, cost)
        if isinstance(spent, Usage):
            usage, sum_of_units = spent, sum_of_units + allowance.capped(cost)

    assert usage.used == sum_of_units
    assert usage.due_at - now >= sum_of_units * allowance.interval


@given(allowances, starts, st.lists(extras, max_size=50))
def test_extra_units_keep_nobody_out_for_longer_than_a_burst_and_a_message_take(
    allowance: Allowance, now: datetime, all_extras: list[float]
) -> None:
    usage: Usage | None = None
    for extra in all_extras:
        usage = add(usage, allowance, now, extra)

    refused = spend(usage, replace(allowance, per_day=10_000), now)
    if isinstance(refused, Limited):
        most = (allowance.burst + 1) * allowance.interval
        assert refused.retry_at - now <= most + MILLISECOND
    assert usage is None or usage.used == sum(all_extras)


def test_extra_units_are_owed_when_the_burst_is_used_up() -> None:
    used_up = Usage(at(9), TODAY, 3)

    owing = add(used_up, SMALL, NOON, 2)

    assert owing == Usage(at(15), TODAY, 5)
    assert spend(owing, SMALL, at(8)) == Limited(Limit.RATE, at(9))
    assert isinstance(spend(owing, SMALL, at(9)), Usage)
    assert add(used_up, SMALL, NOON, 100).due_at == at(18)


def test_a_message_larger_than_a_burst_costs_a_burst() -> None:
    assert spend(None, SMALL, NOON, 30) == Usage(at(9), TODAY, 3)


@pytest.mark.parametrize(
    ("usage", "left"),
    [
        (None, Standing(3, 3, timedelta())),
        (Usage(at(3), TODAY, 1), Standing(3, 2, timedelta(seconds=3))),
        (Usage(at(4), TODAY, 1), Standing(3, 1, timedelta(seconds=4))),
        (Usage(at(9), TODAY, 3), Standing(3, 0, timedelta(seconds=9))),
        (Usage(at(15), TODAY, 5), Standing(3, 0, timedelta(seconds=15))),
        (Usage(at(3), TODAY, 99), Standing(100, 1, timedelta(hours=12))),
        (Usage(at(9), TODAY, 100), Standing(100, 0, timedelta(hours=12))),
        (Usage(at(3), TODAY - timedelta(days=1), 100), Standing(3, 2, timedelta(seconds=3))),
    ],
)
def test_what_is_left_is_that_of_the_tighter_limit(usage: Usage | None, left: Standing) -> None:
    assert standing(usage, SMALL, NOON) == left


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
    # Where clocks agree, nothing is of a day that has not begun, or due later than a burst.
    now = max(now, datetime.combine(max(one.day, other.day), time(), UTC))
    now = max(now, *(usage.due_at - allowance.horizon for usage in (one, other)))
    if isinstance(spend(one, allowance, now), Limited):
        assert isinstance(spend(joined, allowance, now), Limited)


@pytest.mark.parametrize("per_minute", [20, 7, 0.5])
def test_an_interval_is_never_shorter_than_the_rate(per_minute: float) -> None:
    allowance = Allowance(burst=1, per_minute=per_minute, per_day=1)

    assert allowance.interval.total_seconds() * per_minute >= 60


def test_a_network_has_so_many_visitors_allowances() -> None:
    rules = VisitorRules(burst=3, per_minute=20, per_day=100, address_factor=2.5, block_factor=10)

    assert rules.networks == (
        Allowance(burst=7, per_minute=50, per_day=250),
        Allowance(burst=70, per_minute=500, per_day=2500),
    )


def test_a_small_part_of_an_allowance_is_not_nothing() -> None:
    assert Allowance(burst=1, per_minute=1, per_day=1).times(0.8).burst == 1


@pytest.mark.parametrize(
    ("tokens", "cost"), [(0, 1), (10, 1), (8192, 1), (8193, 2), (75_000, 10), (262_144, 32)]
)
def test_a_long_conversation_costs_a_unit_for_each_8192_tokens(tokens: int, cost: int) -> None:
    assert units_of(tokens) == cost
