"""Days with a morning peak and 10 % noise: the forecast is close, and pacing fills the day."""

from __future__ import annotations

from datetime import timedelta

import pytest

from measure.simulation.quota_days import SEEDS, Days, is_there_at_23, last_day, within


@pytest.mark.parametrize("limit_share", [0.5, 0.65, 0.8])
def test_a_forecast_is_close_and_knows_how_close(limit_share: float) -> None:
    played = [last_day(Days(limit_share=limit_share), seed) for seed in SEEDS]

    assert within(played, timedelta(minutes=30), timedelta(minutes=15)) >= 18
    assert within(played, timedelta(hours=2), timedelta(minutes=30)) >= 18
    assert within(played, timedelta(minutes=30), None) >= 15
    assert within(played, timedelta(hours=2), None) >= 15


@pytest.mark.parametrize("day_noise", [0.0, 0.1])
def test_with_pacing_the_best_model_lasts_and_little_of_it_is_left(day_noise: float) -> None:
    days = Days(day_noise=day_noise)
    played = [last_day(days, seed, pacing=True) for seed in SEEDS]

    assert all(map(is_there_at_23, played))
    assert min(day.used_share for day in played) >= 0.92


def test_without_pacing_the_best_model_is_gone_in_the_afternoon() -> None:
    assert not is_there_at_23(last_day(Days(), 1))
