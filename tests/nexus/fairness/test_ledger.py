"""One record of a network: its visitors, and all of them together."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from nexus.fairness.core.allowance import Allowance, Limit, Limited
from nexus.fairness.core.ledger import MAX_VISITORS, TOTAL, Ledger, charge, merge

NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)
ONE = Allowance(burst=2, per_minute=20, per_day=100)
ALL = Allowance(burst=5, per_minute=100, per_day=8)


def sent(ledger: Ledger, name: str, times: int = 1, now: datetime = NOON) -> Ledger:
    for _ in range(times):
        charged = charge(ledger, {name: ONE, TOTAL: ALL}, now)
        assert not isinstance(charged, tuple)
        ledger = charged
    return ledger


def test_a_message_counts_for_the_visitor_and_the_network() -> None:
    ledger = sent(sent({}, "a"), "b", 2)

    assert {name: usage.used for name, usage in ledger.items()} == {"a": 1, "b": 2, TOTAL: 3}


def test_one_visitor_s_limit_is_not_the_other_s() -> None:
    ledger = sent({}, "a", 2)

    assert charge(ledger, {"a": ONE, TOTAL: ALL}, NOON) == (
        "a",
        Limited(Limit.RATE, NOON + timedelta(seconds=3)),
    )
    sent(ledger, "b", 2)


def test_new_names_do_not_help_against_the_network_s_limit() -> None:
    ledger: Ledger = {}
    for number in range(5):
        ledger = sent(ledger, f"new {number}")

    assert charge(ledger, {"another": ONE, TOTAL: ALL}, NOON) == (
        TOTAL,
        Limited(Limit.RATE, NOON + timedelta(seconds=0.6)),
    )


def test_what_keeps_a_message_out_longest_counts() -> None:
    day_is_over = sent(sent({}, "a", 2), "b", 2)
    later = NOON + timedelta(hours=1)
    day_is_over = sent(sent(day_is_over, "a", 2, later), "c", 2, later)

    refused = charge(day_is_over, {"a": ONE, TOTAL: ALL}, later)

    assert refused == (TOTAL, Limited(Limit.DAY, datetime(2026, 11, 24, tzinfo=UTC)))


def test_a_refused_message_counts_for_nobody() -> None:
    ledger = sent({}, "a", 2)
    before = dict(ledger)

    assert isinstance(charge(ledger, {"a": ONE, TOTAL: ALL}, NOON), tuple)
    assert ledger == before


def test_what_was_counted_apart_is_joined() -> None:
    here, there = sent({}, "a", 2), sent(sent({}, "a"), "b")

    joined = merge(here, there)

    assert {name: usage.used for name, usage in joined.items()} == {"a": 2, "b": 1, TOTAL: 2}
    assert merge(joined, here) == joined


def test_a_record_keeps_the_busiest_visitors_and_the_sum() -> None:
    wide = Allowance(burst=10_000, per_minute=20, per_day=10_000)
    ledger: Ledger = {}
    for number in range(MAX_VISITORS * 2):
        for _ in range(3 if number == 0 else 1):
            charged = charge(ledger, {f"{number}": wide, TOTAL: wide}, NOON)
            assert not isinstance(charged, tuple)
            ledger = charged

    assert len(ledger) == MAX_VISITORS + 1
    assert ledger["0"].used == 3
    assert ledger[TOTAL].used == MAX_VISITORS * 2 + 2
