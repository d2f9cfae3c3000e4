"""When the reserve is used."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from fallback.core.reserve import is_used, used_until

NOW = datetime(2026, 11, 27, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    ("shares", "is_short"),
    [([1.0], False), ([0.1], False), ([0.09], True), ([0.0, 0.5], False), ([0.09, 0.0], True)],
)
def test_it_is_used_when_all_others_have_under_a_tenth_left(
    shares: list[float], is_short: bool
) -> None:
    assert is_used(NOW, used_until(shares, NOW, None)) is is_short


def test_it_is_used_where_there_are_no_others() -> None:
    assert is_used(NOW, used_until([], NOW, None))


def test_it_rests_five_minutes_after_the_others_have_had_enough() -> None:
    until = used_until([0.0], NOW, None)

    for seconds, used in ((1, True), (299, True), (300, False)):
        now = NOW + timedelta(seconds=seconds)
        assert is_used(now, used_until([1.0], now, until)) is used


def test_being_short_again_begins_the_five_minutes_anew() -> None:
    later = NOW + timedelta(seconds=200)

    assert used_until([0.0], later, used_until([0.0], NOW, None)) == later + timedelta(minutes=5)
