"""Of tickets that do not come back, a holder has a few, and a network so many."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from nexus.waiting_room.core.ticket import Holder, Ticket
from nexus.waiting_room.newcomers import Newcomers

NOW = datetime(2026, 11, 27, 12, tzinfo=UTC)


def holder(chat: str, network: str = "one") -> Holder:
    return Holder(visitor="", network=network, chat=chat)


def ticket(number: int) -> Ticket:
    return Ticket(epoch=1, number=number, given_at=NOW)


def test_a_network_has_so_many_and_no_more_until_one_comes_back() -> None:
    newcomers = Newcomers(3)
    for number, chat in enumerate(("a", "b", "c")):
        assert newcomers.may_have_one("one", NOW)
        newcomers.add(holder(chat), NOW, is_free=True).ticket = ticket(number)

    assert not newcomers.may_have_one("one", NOW)
    assert newcomers.may_have_one("other", NOW)
    newcomers.came_back(ticket(7), "one")
    assert not newcomers.may_have_one("one", NOW)
    for _ in range(2):
        newcomers.came_back(ticket(1).paid(), "one")
    assert newcomers.may_have_one("one", NOW)
    newcomers.add(holder("d"), NOW, is_free=True)
    assert not newcomers.may_have_one("one", NOW)


def test_what_was_counted_or_got_no_number_or_is_old_does_not_count() -> None:
    newcomers = Newcomers(1)
    newcomers.add(holder("a"), NOW, is_free=False)
    newcomers.remove(newcomers.add(holder("a"), NOW, is_free=True))
    assert newcomers.may_have_one("one", NOW)

    newcomers.add(holder("a"), NOW, is_free=True)

    assert not newcomers.may_have_one("one", NOW + timedelta(minutes=9))
    assert newcomers.may_have_one("one", NOW + timedelta(minutes=11))


def test_whoever_asks_again_and_again_gets_the_last_ticket_again() -> None:
    newcomers = Newcomers(None)
    for number in (1, 2, 3):
        assert newcomers.ticket(holder("a"), NOW) is None
        newcomers.add(holder("a"), NOW, is_free=number > 1).ticket = ticket(number)

    assert newcomers.ticket(holder("a"), NOW) == ticket(3)
    assert newcomers.ticket(holder("b"), NOW) is None
    newcomers.came_back(ticket(2), "one")
    assert newcomers.ticket(holder("a"), NOW) is None


def test_without_limits_any_number_may_be_out() -> None:
    newcomers = Newcomers(None)
    for number in range(1_001):
        newcomers.add(holder(str(number)), NOW, is_free=True)

    assert newcomers.may_have_one("one", NOW)
