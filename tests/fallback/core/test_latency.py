"""A learned distribution is exact within its error, fades, and is not trusted too soon."""

from __future__ import annotations

import math
import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fallback.core.latency import (
    MIN_SAMPLES,
    RELATIVE_ERROR,
    Distribution,
    LatePoint,
    size_class,
)

TIMES = st.lists(st.floats(0.001, 600), min_size=1, max_size=300)


@given(TIMES, st.floats(0, 1))
def test_every_quantile_is_within_the_relative_error(times: list[float], share: float) -> None:
    distribution = Distribution()
    for seconds in times:
        distribution.add(seconds)

    exact = sorted(times)[math.floor(share * (len(times) - 1))]

    assert distribution.quantile(share) == pytest.approx(exact, rel=RELATIVE_ERROR * 1.000001)


def test_a_distribution_of_nothing_has_no_quantile() -> None:
    with pytest.raises(ValueError, match="nothing"):
        Distribution().quantile(0.5)


def test_a_time_too_short_to_measure_counts_as_a_millisecond() -> None:
    distribution = Distribution()
    distribution.add(0.0)

    assert distribution.quantile(0.5) == pytest.approx(0.001, rel=RELATIVE_ERROR)


def test_old_times_fade() -> None:
    distribution = Distribution()
    for seconds in [10.0] * 3000 + [1.0] * 20_000:
        distribution.add(seconds)

    assert distribution.quantile(0.99) == pytest.approx(1.0, rel=2 * RELATIVE_ERROR)
    assert distribution.count <= 2000


def test_a_late_point_is_trusted_only_after_enough_samples() -> None:
    late = LatePoint()
    for _ in range(MIN_SAMPLES - 1):
        late.add(2.0)
    assert late.seconds is None

    late.add(2.0)

    assert late.seconds == pytest.approx(2.0, rel=RELATIVE_ERROR)


def test_a_late_point_is_what_one_time_in_a_hundred_exceeds() -> None:
    chance = random.Random(7)
    late = LatePoint()
    for _ in range(1999):
        late.add(0.7 * chance.lognormvariate(0, 0.5))

    assert late.seconds == pytest.approx(0.7 * math.exp(0.5 * 2.326), rel=0.15)


@pytest.mark.parametrize(
    ("tokens", "expected"),
    [(0, 0), (1023, 0), (1024, 1), (8191, 1), (8192, 2), (65_535, 2), (65_536, 3), (10**6, 3)],
)
def test_sizes_that_wait_alike_are_one_class(tokens: int, expected: int) -> None:
    assert size_class(tokens) == expected
