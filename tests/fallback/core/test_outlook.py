"""How the fleet's outlook goes on from hour to hour."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from fallback.core.demand import CHATS, Demand, hour_of, start_of
from fallback.core.hierarchy import Hierarchy, Model, Target
from fallback.core.meter import Meter
from fallback.core.outlook import Outlook, daily_limits, turned
from fallback.core.quota import Dimension, LearnedLimit

MIDNIGHT = datetime(2026, 11, 23, 8, tzinfo=UTC)
DAY_ENDS = MIDNIGHT + timedelta(hours=24)
DAY = hour_of(DAY_ENDS)
EVEN = (60.0,) * 168
LIMITS = {"a": 600}


def at(hours: float) -> datetime:
    return MIDNIGHT + timedelta(hours=hours)


def after(hours: int, known: Outlook | None = None) -> Outlook:
    """A chat a minute for so many hours, each of which has had its turn."""
    found = known or Outlook(demand=Demand(cells=EVEN))
    for hour in range(1, hours + 1):
        counts = {**found.demand.counts, hour_of(at(hour - 1)): {CHATS: 60, "a": 60}}
        counted = replace(found, demand=replace(found.demand, counts=counts))
        found = turned(counted, ["a", "b"], LIMITS, at(hour) + timedelta(minutes=3))
    return found


def test_a_turn_is_due_once_an_hour() -> None:
    made = after(1)

    assert Outlook().is_due(at(1))
    assert made.made_at == at(1)
    assert not made.is_due(at(1.9))
    assert made.is_due(at(2))


def test_each_turn_says_what_is_known_then() -> None:
    (first,), (later,) = after(1).forecasts, after(5).forecasts

    assert (first.made_at, later.made_at) == (at(1), at(5))
    assert first.ends_at == later.ends_at == at(10)


def test_what_came_is_compared_at_the_end_of_the_day() -> None:
    known = after(9)
    assert len(known.untried) == 9
    known = replace(known, ends={DAY: {"a": at(10.5)}})

    over = turned(known, ["a", "b"], LIMITS, DAY_ENDS)

    # Those of the last four hours before half past ten.
    assert over.errors == (30 / 3**0.5, 30 / 2**0.5, 30.0)
    assert over.ends == {DAY + 24: {}}
    assert [forecast.made_at for forecast in over.untried] == [DAY_ENDS]


def test_only_the_newest_errors_are_kept() -> None:
    known = replace(after(9), errors=(99.0,) * 60, ends={DAY: {"a": at(10.5)}})

    errors = turned(known, ["a"], LIMITS, DAY_ENDS).errors

    assert len(errors) == 60
    assert errors.count(99.0) == 57


def test_a_quota_that_has_ended_is_foreseen_no_more_today() -> None:
    known = replace(after(9), ends={DAY: {"a": at(9.5)}})

    today = turned(known, ["a"], LIMITS, at(11))
    tomorrow = turned(today, ["a"], LIMITS, DAY_ENDS + timedelta(hours=1))

    assert today.forecasts == ()
    assert today.ended(at(11)) == {"a": at(9.5)}
    assert len(tomorrow.forecasts) == 1
    assert start_of(DAY) == DAY_ENDS


def test_a_limit_is_what_a_refusal_has_told_else_what_is_configured() -> None:
    models = (Model("aa", "A", requests_per_day=250), Model("bb", "B"))
    targets = (Target("main"), Target("second", is_default=False))
    day = {Dimension.REQUESTS_PER_DAY: LearnedLimit(1000, MIDNIGHT)}
    minute = {Dimension.REQUESTS_PER_MINUTE: LearnedLimit(10, MIDNIGHT)}

    limits = daily_limits(
        Hierarchy("test", models, targets=targets).candidates,
        {"aa@second": Meter(day), "aa": Meter(minute)},
    )

    assert limits == {"aa": 250, "aa@second": 1000}
