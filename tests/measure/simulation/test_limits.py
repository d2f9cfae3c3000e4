"""Limits of a minute in a fleet, offered twice what they take."""

from __future__ import annotations

from dataclasses import replace

import pytest

from measure.simulation.limits_report import Case, play


@pytest.mark.parametrize("is_sliding", [False, True])
def test_a_fleet_uses_its_limits_up_and_is_hardly_refused(is_sliding: bool) -> None:
    case = Case(instances=8, minutes=10, is_sliding=is_sliding)

    kept, without = play(case), play(replace(case, meters=False))

    assert kept.refused <= 2
    assert kept.used >= 0.95
    assert without.refused > 20


def test_a_permit_is_one_write_at_most() -> None:
    assert play(Case(instances=8, minutes=6, is_sliding=True)).writes_for_each <= 1
