"""Counts by the hour become hours of the week."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from fallback.core.demand import CHATS, Demand, folded, hour_of, start_of

MONDAY = datetime(2026, 11, 23, 8, tzinfo=UTC)
FIRST = hour_of(MONDAY)
WEEK = 168


def counted(chats: dict[int, int]) -> Demand:
    """So many chats in hours after the first."""
    return Demand(counts={FIRST + hour: {CHATS: number} for hour, number in chats.items()})


def at(hours: float) -> datetime:
    return MONDAY + timedelta(hours=hours)


def test_an_hour_begins_at_its_start_and_ends_before_the_next() -> None:
    assert start_of(FIRST) == MONDAY
    assert hour_of(MONDAY + timedelta(minutes=59, seconds=59)) == FIRST


def test_the_hours_of_the_longest_quota_day_stay_as_they_were_counted() -> None:
    demand = counted({0: 7})

    assert folded(demand, at(26)) == demand
    assert folded(demand, at(27)).counts == {}


def test_an_hour_is_like_the_same_hour_a_week_before() -> None:
    demand = folded(counted({0: 7, 1: 9}), at(28))

    assert demand.usual(FIRST + WEEK) == 7
    assert demand.usual(FIRST + WEEK + 1) == 9


def test_a_new_week_changes_what_is_usual_by_a_fifth() -> None:
    first = folded(counted({0: 100}), at(27))
    second = folded(
        Demand(
            cells=first.cells, counts={FIRST + WEEK: {CHATS: 200}}, folded_until=first.folded_until
        ),
        at(WEEK + 27),
    )

    assert second.usual(FIRST) == 120


def test_an_hour_without_chats_counts_as_one_without_chats() -> None:
    demand = folded(counted({0: 100, 2: 100}), at(29))

    assert demand.usual(FIRST + 1) == 0


def test_an_hour_of_the_week_that_is_new_is_like_the_same_hour_of_other_days() -> None:
    demand = folded(counted({0: 10, 1: 30}), at(28))

    assert demand.usual(FIRST + 24) == 10
    assert demand.usual(FIRST + 2) == 20


def test_a_new_service_knows_nothing() -> None:
    assert Demand().usual(FIRST) is None
    assert folded(Demand(), at(0)).usual(FIRST) is None


def test_counts_that_come_after_their_hour_was_folded_are_dropped() -> None:
    demand = folded(counted({0: 100}), at(27))
    late = Demand(cells=demand.cells, counts={FIRST: {CHATS: 5}}, folded_until=demand.folded_until)

    after = folded(late, at(28))

    assert after.usual(FIRST) == 100
    assert after.counts == {}


def test_a_long_pause_costs_no_more_than_a_week_of_work() -> None:
    demand = folded(counted({0: 100}), at(27))

    after = folded(demand, at(500 * WEEK))

    assert after.folded_until == FIRST + 500 * WEEK - 26
    assert after.usual(FIRST) == 80
