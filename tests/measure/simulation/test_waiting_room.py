"""People in line before a model that returns."""

from __future__ import annotations

import pytest

from measure.simulation.waiting_report import CASES, page
from measure.simulation.waiting_room import RoomPlan, play


@pytest.mark.parametrize("title", ["nothing else happens", "exhausted again for 90 s"])
def test_all_who_wait_are_answered_in_order_at_the_rate_of_the_model(title: str) -> None:
    found = play(CASES[title])

    assert found.answered == found.stayed == 300
    assert found.last_seconds <= 1.1 * found.seconds_at_best
    assert found.overtaken <= 5
    assert found.refused_calls <= 2
    assert found.lost_places == 0
    assert found.right is not None
    assert found.right >= 0.9
    assert found.told >= 0.9
    assert title in page({title: found})


def test_those_who_left_do_not_hold_the_line() -> None:
    found = play(CASES["30 of 100 leave"])

    assert found.answered == found.stayed
    assert found.share == pytest.approx(found.stayed / 300, abs=0.1)
    assert found.refused_calls == 0
    assert found.told >= 0.7
    assert found.right is not None
    assert found.right >= 0.9


def test_others_outside_of_nexus_cost_three_refusals_at_most() -> None:
    found = play(CASES["the same outside of Nexus"])

    assert found.answered == found.stayed == 300
    assert found.last_seconds <= 1.1 * found.seconds_at_best
    assert found.refused_calls <= 3


def test_models_that_return_one_by_one_bring_their_part_to_the_pace() -> None:
    found = play(CASES["five models of 12 return, 5 s apart"])

    assert found.answered == found.stayed == 300
    assert found.last_seconds <= 1.25 * found.seconds_at_best
    assert found.overtaken <= 5
    assert found.refused_calls <= 3


def test_fifty_instances_that_write_at_once_keep_the_order_and_give_no_number_in_vain() -> None:
    found = play(
        RoomPlan(people=1500, per_minute=3000, instances=50, arrive_seconds=12, returns=30)
    )

    assert found.answered == 1500
    assert found.share > 0.9
    assert found.overtaken <= 100  # As many as are called in two seconds.
