from __future__ import annotations

import pytest

from measure.bench.spread import Spread, percentile, ratios, spread


def test_a_spread_is_the_median_and_both_ends() -> None:
    assert spread([3.0, 1.0, 10.0]) == Spread(3.0, 1.0, 10.0)


@pytest.mark.parametrize(
    ("samples", "text"),
    [
        ([1.0], "1"),
        ([1.234, 1.236, 1.2], "1.2"),
        ([1.0, 2.0, 3.0], "2 (1–3)"),
        ([0.0123, 0.0198], "0.016 (0.012–0.02)"),
        ([1234.5, 99.6], "667 (100–1234)"),
        ([0.0], "0"),
        ([-1.26, 0.5], "-0.38 (-1.3–0.5)"),
    ],
)
def test_the_range_is_shown_where_it_can_be_seen(samples: list[float], text: str) -> None:
    assert spread(samples).text() == text


def test_a_ratio_is_taken_within_a_round() -> None:
    assert ratios([2.0, 20.0], [1.0, 10.0]) == [2.0, 2.0]


def test_where_rounds_are_missing_the_floors_median_stands_in() -> None:
    assert ratios([20.0], [1.0, 10.0, 30.0]) == [2.0]


@pytest.mark.parametrize(("percent", "value"), [(50, 50), (99, 99), (100, 100), (1, 1)])
def test_a_percentile_is_a_sample(percent: float, value: float) -> None:
    assert percentile([float(n) for n in range(100, 0, -1)], percent) == value


def test_the_percentile_of_one_sample_is_that_one() -> None:
    assert percentile([7.0], 99) == 7.0
