"""One record of a network: its visitors, and all of them together."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from nexus.fairness.core.allowance import Allowance, Limit, Limited, Usage
from nexus.fairness.core.ledger import (
    MAX_VISITORS,
    TOTAL,
    Ledger,
    Refused,
    charge,
    merge,
    surcharge,
)

NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)
ONE = Allowance(burst=2, per_minute=20, per_day=100)
ALL = Allowance(burst=5, per_minute=100, per_day=8)


def sent(ledger: Ledger, name: str, times: int = 1, now: datetime = NOON) -> Ledger:
    for _ in range(times):
        charged = charge(ledger, {name: ONE, TOTAL: ALL}, now)
        assert not isinstance(charged, Refused)
        ledger = charged
    return ledger


def test_a_message_counts_for_the_visitor_and_the_network() -> None:
    ledger = sent(sent({}, "a"), "b", 2)

    assert {name: usage.used for name, usage in ledger.items()} == {"a": 1, "b": 2, TOTAL: 3}


def test_one_visitor_s_limit_is_not_the_other_s() -> None:
    ledger = sent({}, "a", 2)

    assert charge(ledger, {"a": ONE, TOTAL: ALL}, NOON) == Refused(
        {"a": Limited(Limit.RATE, NOON + timedelta(seconds=3))}
    )
    sent(ledger, "b", 2)


def test_new_names_do_not_help_against_the_network_s_limit() -> None:
    ledger: Ledger = {}
    for number in range(5):
        ledger = sent(ledger, f"new {number}")

    assert charge(ledger, {"another": ONE, TOTAL: ALL}, NOON) == Refused(
        {TOTAL: Limited(Limit.RATE, NOON + timedelta(seconds=0.6))}
    )


def test_all_limits_that_refuse_a_message_are_named() -> None:
    day_is_over = sent(sent({}, "a", 2), "b", 2)
    later = NOON + timedelta(hours=1)
    day_is_over = sent(sent(day_is_over, "a", 2, later), "c", 2, later)

    refused = charge(day_is_over, {"a": ONE, TOTAL: ALL}, later)

    assert refused == Refused(
        {
            "a": Limited(Limit.RATE, later + timedelta(seconds=3)),
            TOTAL: Limited(Limit.DAY, datetime(2026, 11, 24, tzinfo=UTC)),
        }
    )


def test_a_refused_message_counts_for_nobody() -> None:
    ledger = sent({}, "a", 2)
    before = dict(ledger)

    assert isinstance(charge(ledger, {"a": ONE, TOTAL: ALL}, NOON), Refused)
    assert ledger == before


def test_what_was_counted_apart_is_joined() -> None:
    here, there = sent({}, "a", 2), sent(sent({}, "a"), "b")

    joined = merge(here, there, NOON, ONE.horizon)

    assert {name: usage.used for name, usage in joined.items()} == {"a": 2, "b": 1, TOTAL: 2}
    assert merge(joined, here, NOON, ONE.horizon) == joined


usages = st.builds(
    Usage,
    st.integers(-7200, 7200).map(lambda seconds: NOON + timedelta(seconds=seconds)),
    st.integers(-1, 1).map(lambda days: NOON.date() + timedelta(days=days)),
    st.sampled_from([0, 0.25, 1, 7]),
)
ledgers = st.dictionaries(st.sampled_from(["a", "b", TOTAL]), usages)


@given(ledgers, ledgers, ledgers)
def test_ledgers_merge_in_any_order_and_any_number_of_times(
    one: Ledger, other: Ledger, third: Ledger
) -> None:
    def joined(one: Ledger, other: Ledger) -> Ledger:
        return merge(one, other, NOON, ONE.horizon)

    assert joined(one, other) == joined(other, one)
    assert joined(joined(one, other), other) == joined(one, other)
    assert joined(joined(one, other), third) == joined(one, joined(other, third))
    for usage in joined(one, other).values():
        assert usage.due_at <= NOON + ONE.horizon
        assert usage.day <= NOON.date()


def test_what_a_message_costs_counts_for_all_its_names() -> None:
    ledger = charge({}, {"a": ALL, TOTAL: ALL}, NOON, 2)
    assert not isinstance(ledger, Refused)

    ledger = surcharge(ledger, {"a": ALL, TOTAL: ALL}, NOON, 0.25)

    assert {name: usage.used for name, usage in ledger.items()} == {"a": 2.25, TOTAL: 2.25}


def test_a_record_keeps_the_busiest_visitors_and_the_sum() -> None:
    wide = Allowance(burst=10_000, per_minute=20, per_day=10_000)
    ledger: Ledger = {}
    for number in range(MAX_VISITORS * 2):
        for _ in range(3 if number == 0 else 1):
            charged = charge(ledger, {f"{number}": wide, TOTAL: wide}, NOON)
            assert not isinstance(charged, Refused)
            ledger = charged

    assert len(ledger) == MAX_VISITORS + 1
    assert ledger["0"].used == 3
    assert ledger[TOTAL].used == MAX_VISITORS * 2 + 2
