"""Which chats step down so that the best model's quota lasts all day."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from fallback.core.demand import CHATS, Demand, hour_of
from fallback.core.pacing import affordable_share, steps_down

MIDNIGHT = datetime(2026, 11, 23, 8, tzinfo=UTC)
NOON = MIDNIGHT + timedelta(hours=12)
EVEN = (60.0,) * 168
HALF_A_DAY = Demand(
    cells=EVEN,
    counts={hour_of(MIDNIGHT) + hour: {CHATS: 60, "a": 50} for hour in range(12)},
)


@pytest.mark.parametrize(
    ("limit", "share"), [(600 + 360, 0.5), (600 + 720, 1.0), (5000, 1.0), (600, 0.0), (10, 0.0)]
)
def test_the_best_model_takes_what_is_left_over_what_is_to_come(limit: int, share: float) -> None:
    assert affordable_share(HALF_A_DAY, ["a"], {"a": limit}, NOON) == share


def test_all_ways_to_the_best_model_count() -> None:
    assert affordable_share(HALF_A_DAY, ["a", "a@second"], {"a": 600, "a@second": 360}, NOON) == 0.5


def test_nothing_is_paced_of_which_too_little_is_known() -> None:
    assert affordable_share(HALF_A_DAY, ["a", "a@second"], {"a": 600}, NOON) == 1.0
    assert affordable_share(Demand(), ["a"], {"a": 10}, NOON) == 1.0
    assert affordable_share(Demand(cells=(0.0,) * 168), ["a"], {"a": 10}, NOON) == 1.0


def test_the_shortest_questions_step_down() -> None:
    recent = [100, 200, 300, 400]

    assert [steps_down(tokens, recent, 0.5, 0.0) for tokens in recent] == [True, True, False, False]


def test_among_chats_of_one_size_chance_decides() -> None:
    recent = [100] * 4

    assert steps_down(100, recent, 0.5, 0.4)
    assert not steps_down(100, recent, 0.5, 0.6)


def test_nobody_steps_down_while_there_is_enough() -> None:
    assert not steps_down(0, [0], 1.0, 0.0)
