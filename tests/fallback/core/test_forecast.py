"""When a quota of the day will end, and how far off that may be."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from fallback.core.demand import CHATS, Demand, hour_of
from fallback.core.forecast import Forecast, band, error_of, forecasts, today

MIDNIGHT = datetime(2026, 11, 23, 8, tzinfo=UTC)
NOON = MIDNIGHT + timedelta(hours=12)
NEXT_MIDNIGHT = MIDNIGHT + timedelta(hours=24)
EVEN = (60.0,) * 168
"""One chat a minute."""


def demand(calls: dict[str, int], chats: int = 60) -> Demand:
    """Twelve hours of today, with so many calls an hour."""
    first = hour_of(MIDNIGHT)
    hours = range(first, first + 12)
    return Demand(cells=EVEN, counts={hour: {CHATS: chats, **calls} for hour in hours})


def ends(calls: dict[str, int], limits: dict[str, int], chats: int = 60) -> list[datetime]:
    found = forecasts(demand(calls, chats), ["a", "b"], limits, [], NOON)
    return [forecast.ends_at for forecast in found]


def test_a_quota_ends_when_the_usual_chats_have_used_it() -> None:
    assert ends({"a": 60}, {"a": 12 * 60 + 90}) == [NOON + timedelta(minutes=90)]


def test_a_quota_that_is_enough_lasts_until_midnight_in_california() -> None:
    (found,) = forecasts(demand({"a": 60}), ["a"], {"a": 5000}, [], NOON)

    assert found.lasts
    assert found.ends_at == found.day_ends_at == NEXT_MIDNIGHT
    assert (found.used, found.limit) == (720, 5000)


def test_a_busier_day_ends_it_sooner() -> None:
    (found,) = ends({"a": 120}, {"a": 12 * 120 + 120}, chats=120)

    assert timedelta(hours=1) < found - NOON < timedelta(hours=1, minutes=10)


def test_a_model_that_gets_only_a_part_of_the_chats_lasts_longer() -> None:
    assert ends({"a": 30}, {"a": 12 * 30 + 60}) == [NOON + timedelta(hours=2)]


def test_the_next_model_takes_what_the_first_does_not() -> None:
    assert ends({"a": 30, "b": 30}, {"a": 12 * 30 + 60, "b": 12 * 30 + 120}) == [
        NOON + timedelta(hours=2),
        NOON + timedelta(hours=3),
    ]


def test_nothing_is_said_of_a_model_after_one_whose_limit_is_not_known() -> None:
    assert ends({"a": 60}, {"b": 1000}) == []
    assert len(ends({"a": 60}, {"a": 1000})) == 1


def test_what_is_used_up_has_ended() -> None:
    assert ends({"a": 60}, {"a": 700}) == [NOON]


def test_what_is_used_up_has_ended_in_an_hour_without_chats_too() -> None:
    silent = replace(demand({"a": 60}), cells=(0.0,) * 168)

    (found,) = forecasts(silent, ["a"], {"a": 720}, [], NOON)

    assert found.ends_at == NOON


def test_of_a_quota_that_was_refused_nothing_is_foreseen() -> None:
    spent = demand({"a": 30, "b": 30})

    (found,) = forecasts(spent, ["a", "b"], {"b": 12 * 30 + 60}, [], NOON, ended={"a"})

    assert (found.key, found.ends_at) == ("b", NOON + timedelta(hours=1))


def test_the_first_hour_of_a_day_is_like_a_usual_one() -> None:
    (found,) = forecasts(Demand(cells=EVEN), ["a"], {"a": 90}, [], MIDNIGHT)

    assert found.ends_at == MIDNIGHT + timedelta(minutes=90)


def test_without_another_day_there_is_no_forecast() -> None:
    fresh = replace(demand({"a": 60}), cells=Demand().cells)

    assert forecasts(fresh, ["a"], {"a": 1000}, [], NOON) == []


@pytest.mark.parametrize(
    ("now", "hours"),
    [
        (datetime(2026, 11, 1, 6, 59, tzinfo=UTC), 23),
        (datetime(2026, 11, 2, 7, 59, tzinfo=UTC), 24),
        (datetime(2026, 3, 9, 6, 59, tzinfo=UTC), 22),
        (MIDNIGHT, 0),
    ],
)
def test_a_day_begins_at_midnight_in_california_in_summer_and_winter(
    now: datetime, hours: int
) -> None:
    assert len(today(now)) == hours


# The error and the band.

SAID = Forecast(
    key="a",
    made_at=NOON,
    ends_at=NOON + timedelta(hours=1),
    day_ends_at=NEXT_MIDNIGHT,
    band=timedelta(minutes=20),
    used=0,
    limit=1000,
)
LASTS = replace(SAID, made_at=NEXT_MIDNIGHT - timedelta(hours=1), ends_at=NEXT_MIDNIGHT)


@pytest.mark.parametrize(
    ("forecast", "ended_at", "error"),
    [
        (SAID, SAID.ends_at + timedelta(minutes=12), 12),
        (SAID, SAID.ends_at - timedelta(minutes=12), 12),
        (replace(SAID, ends_at=NOON + timedelta(hours=4)), NOON + timedelta(hours=3), 30),
        (SAID, NOON, None),
        (SAID, None, None),
        (LASTS, None, None),
        (LASTS, NEXT_MIDNIGHT - timedelta(minutes=30), 30),
    ],
)
def test_the_error_is_that_of_one_hour_ahead(
    forecast: Forecast, ended_at: datetime | None, error: float | None
) -> None:
    assert error_of(forecast, ended_at) == error


def test_nine_of_ten_past_errors_are_within_the_band() -> None:
    errors = [float(minutes) for minutes in range(1, 22)]

    assert band(errors, timedelta(hours=1)) == timedelta(minutes=19)
    assert band(errors, timedelta(minutes=10)) == timedelta(minutes=19)
    assert band(errors, timedelta(hours=4)) == timedelta(minutes=38)


def test_before_there_are_errors_the_band_is_a_guess() -> None:
    assert band([], timedelta(hours=1)) == timedelta(minutes=20)
