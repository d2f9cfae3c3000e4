"""Nothing has become half as dear again, against a function that does nothing."""

from __future__ import annotations

import pytest

from measure.bench.quick import LIMITS, least_of_some, over


@pytest.mark.parametrize("name", list(LIMITS))
def test_a_limit_is_above_the_noise_and_below_a_doubling(name: str) -> None:
    limit = LIMITS[name]

    assert 1.4 * limit.measured <= limit.at_most <= 1.75 * limit.measured


def test_a_figure_over_its_limit_is_found() -> None:
    figures = {name: limit.at_most for name, limit in LIMITS.items()}

    assert over(figures) == []
    assert over({**figures, "poll": 2 * LIMITS["poll"].measured}) == ["poll"]


@pytest.mark.slow
def test_no_figure_is_over_its_limit() -> None:
    figures = least_of_some()

    assert figures.keys() == LIMITS.keys()
    assert over(figures) == [], figures
