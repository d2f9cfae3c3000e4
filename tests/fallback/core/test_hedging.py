"""What hedges cost, and when a wait is late."""

from __future__ import annotations

import math
import random
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fallback.core.hedging import MOST_HEDGES, Budget, LatePoints
from fallback.core.latency import MIN_SAMPLES, RELATIVE_ERROR

CHATS = 10_000


def lognormal(chance: random.Random) -> float:
    return 0.7 * chance.lognormvariate(0, 0.5)


def heavy(chance: random.Random) -> float:
    """One first text in 400 takes longer than twice the 99th percentile."""
    return 0.5 * chance.paretovariate(2)


def hedges_of(times: Callable[[random.Random], float], seed: int) -> int:
    """How many hedges healthy chats make. What the next model overtakes is not learned."""
    chance = random.Random(seed)
    late_points, budget = LatePoints(), Budget()
    hedges = 0
    for _ in range(CHATS):
        budget.add_chat()
        late, seconds = late_points.first_text_seconds("model", 100), times(chance)
        wait = math.inf
        if seconds > late and budget.spend(is_due=False):
            wait = late
        elif seconds > 2 * late and budget.spend(is_due=True):
            wait = 2 * late
        hedges += wait < math.inf
        if seconds < wait + times(chance):
            late_points.learn_first_text("model", 100, seconds)
    return hedges


@pytest.mark.parametrize(("times", "on_credit"), [(lognormal, 0), (heavy, MOST_HEDGES)])
@pytest.mark.parametrize("seed", range(5))
def test_healthy_chats_make_one_call_more_in_a_hundred_at_most(
    times: Callable[[random.Random], float], on_credit: int, seed: int
) -> None:
    assert CHATS / 200 < hedges_of(times, seed) <= CHATS / 100 + on_credit


def test_a_budget_begins_empty_and_a_hundred_chats_pay_for_one_hedge() -> None:
    budget = Budget()
    for _ in range(99):
        budget.add_chat()
    assert not budget.spend(is_due=False)
    for _ in range(2):  # One in a hundred is not exact in floating point.
        budget.add_chat()

    assert budget.spend(is_due=False)
    assert not budget.spend(is_due=False)


def test_a_hedge_that_is_due_is_made_on_credit_which_later_chats_pay() -> None:
    budget = Budget()
    assert budget.spend(is_due=True)
    for _ in range(150):
        budget.add_chat()

    assert not budget.spend(is_due=False)


@given(st.lists(st.booleans(), max_size=50), st.integers(0, 5000))
def test_neither_savings_nor_debts_exceed_what_a_process_may_do_at_once(
    spends: list[bool], chats: int
) -> None:
    budget = Budget()
    for is_due in spends:
        budget.spend(is_due=is_due)
    for _ in range(chats):
        budget.add_chat()

    in_advance = 0
    while budget.spend(is_due=False):
        in_advance += 1

    assert in_advance <= MOST_HEDGES
    for _ in range((MOST_HEDGES + 1) * 101):
        budget.add_chat()
    assert budget.spend(is_due=False)


def learned(seconds: float, tokens: int = 100) -> LatePoints:
    late_points = LatePoints()
    for _ in range(MIN_SAMPLES):
        late_points.learn_first_text("model", tokens, seconds)
        late_points.learn_longest_gap("model", seconds)
    return late_points


def test_what_is_not_known_is_never_late() -> None:
    late_points = learned(3.0)

    assert late_points.first_text_seconds("other", 100) == math.inf
    assert late_points.first_text_seconds("model", 100_000) == math.inf
    assert late_points.text_seconds("other") == math.inf


def test_each_model_and_size_has_its_own_late_point() -> None:
    late_points = learned(3.0)
    for _ in range(MIN_SAMPLES):
        late_points.learn_first_text("model", 100_000, 9.0)

    found = [late_points.first_text_seconds("model", tokens) for tokens in (100, 100_000)]
    assert found == pytest.approx([3.0, 9.0], rel=RELATIVE_ERROR)
    assert late_points.text_seconds("model") == pytest.approx(3.0, rel=RELATIVE_ERROR)


def test_a_new_target_is_as_late_as_its_model_by_others() -> None:
    late_points = learned(3.0)
    late_points.learn_first_text("model@second", 100, 30.0)

    assert late_points.first_text_seconds("model@second", 100) == pytest.approx(3, rel=0.02)
    assert late_points.text_seconds("model@second") == pytest.approx(3, rel=0.02)
    for _ in range(MIN_SAMPLES):
        late_points.learn_first_text("model@second", 100, 7.0)
    assert late_points.first_text_seconds("model@second", 100) == pytest.approx(7, rel=0.02)


def test_nothing_is_late_before_anybody_would_feel_it() -> None:
    late_points = learned(0.02)

    assert late_points.first_text_seconds("model", 100) == 1.0
    assert late_points.text_seconds("model") == 2.0
