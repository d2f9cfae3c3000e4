"""Of tickets that do not come back, a holder has a few, and nobody more than it could pay for."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from nexus.waiting_room.core.ticket import Account, Holder, Ticket
from nexus.waiting_room.newcomers import Given, Newcomers

NOW = datetime(2026, 11, 27, 12, tzinfo=UTC)
ANYTHING = Account("record")


def holder(chat: str) -> Holder:
    return Holder(visitor="", network="network", chat=chat)


def ticket(number: int) -> Ticket:
    return Ticket(epoch=1, number=number, given_at=NOW)


def give(newcomers: Newcomers, account: Account, number: int, chat: str = "a") -> Given | None:
    """Gives a ticket for a message that has not been counted."""
    given = newcomers.add(holder(chat), account, NOW, is_paid=False)
    if given is not None:
        given.ticket = ticket(number)
    return given


def test_nobody_has_more_tickets_out_than_it_can_pay_for() -> None:
    newcomers, mine = Newcomers(), Account("record", {"me": 2, "all": 9})
    for number in (1, 2):
        assert newcomers.may_have_one(mine, NOW)
        assert give(newcomers, mine, number)

    assert not newcomers.may_have_one(mine, NOW)
    assert give(newcomers, mine, 3) is None
    assert newcomers.may_have_one(Account("record", {"another": 2, "all": 9}), NOW)
    assert newcomers.may_have_one(Account("another record", {"me": 2, "all": 9}), NOW)


def test_what_came_back_has_been_paid_for_and_leaves_so_much_less() -> None:
    newcomers, all_left, one_left = Newcomers(), *(Account("r", {"me": left}) for left in (2, 1))
    give(newcomers, all_left, 1)
    give(newcomers, all_left, 2)

    newcomers.came_back(ticket(7), one_left)
    assert not newcomers.may_have_one(all_left, NOW)
    for _ in range(2):
        newcomers.came_back(ticket(1).paid(), one_left)

    assert not newcomers.may_have_one(one_left, NOW)
    assert newcomers.may_have_one(all_left, NOW)  # Its allowance has come back by then.


def test_the_visitors_of_a_network_have_no_more_out_than_it_can_pay_for() -> None:
    newcomers = Newcomers()
    given = [
        give(newcomers, Account("record", {f"visitor {number}": 10, "all": 3}), number)
        for number in range(5)
    ]

    assert [one is not None for one in given] == [True, True, True, False, False]


def test_a_long_message_leaves_less_for_others() -> None:
    newcomers, left = Newcomers(), {"me": 10}
    give(newcomers, Account("record", left, units=8), 1)

    assert newcomers.may_have_one(Account("record", left, units=2), NOW)
    assert not newcomers.may_have_one(Account("record", left, units=3), NOW)


def test_who_has_none_out_may_have_one_and_learns_of_the_limit_when_it_comes_back() -> None:
    newcomers, spent = Newcomers(), Account("record", {"me": 0})

    assert give(newcomers, spent, 1)
    assert give(newcomers, spent, 2) is None


def test_what_was_counted_or_got_no_number_or_is_old_does_not_count() -> None:
    newcomers, mine = Newcomers(), Account("record", {"me": 1})
    assert newcomers.add(holder("a"), mine, NOW, is_paid=True)
    without_number = give(newcomers, mine, 1)
    assert without_number
    newcomers.remove(without_number)
    assert newcomers.may_have_one(mine, NOW)

    give(newcomers, mine, 2)

    assert not newcomers.may_have_one(mine, NOW + timedelta(minutes=9))
    assert newcomers.may_have_one(mine, NOW + timedelta(minutes=11))


def test_whoever_asks_again_and_again_gets_the_last_ticket_again() -> None:
    newcomers = Newcomers()
    for number in (1, 2, 3):
        assert newcomers.ticket(holder("a"), ANYTHING, NOW) is None
        give(newcomers, ANYTHING, number)

    assert newcomers.ticket(holder("a"), ANYTHING, NOW) == ticket(3)
    assert newcomers.ticket(holder("b"), ANYTHING, NOW) is None
    newcomers.came_back(ticket(2), ANYTHING)
    assert newcomers.ticket(holder("a"), ANYTHING, NOW) is None


def test_without_limits_any_number_may_be_out() -> None:
    newcomers = Newcomers()
    for number in range(1_001):
        give(newcomers, ANYTHING, number, chat=str(number))

    assert newcomers.may_have_one(ANYTHING, NOW)
