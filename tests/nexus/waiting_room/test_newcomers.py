"""One network gets only so many tickets that do not come back."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from nexus.waiting_room.newcomers import Newcomers

NOW = datetime(2026, 11, 27, 12, tzinfo=UTC)


def test_a_network_has_so_many_and_no_more_until_one_comes_back() -> None:
    newcomers = Newcomers(3)
    for _ in range(3):
        assert newcomers.may_have_one("one", NOW)
        newcomers.has_one("one", NOW)

    assert not newcomers.may_have_one("one", NOW)
    assert newcomers.may_have_one("other", NOW)
    newcomers.came_back("one")
    assert newcomers.may_have_one("one", NOW)


def test_what_was_given_long_ago_does_not_count() -> None:
    newcomers = Newcomers(1)
    newcomers.has_one("one", NOW)

    assert not newcomers.may_have_one("one", NOW + timedelta(minutes=9))
    assert newcomers.may_have_one("one", NOW + timedelta(minutes=11))


def test_without_limits_there_is_no_count() -> None:
    newcomers = Newcomers(None)
    newcomers.has_one("one", NOW)
    newcomers.came_back("one")

    assert newcomers.may_have_one("one", NOW)
