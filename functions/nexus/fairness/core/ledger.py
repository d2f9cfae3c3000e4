"""What one network's visitors have sent, in one record: each of them, and all together.

All limits are in one record, so that one write counts a message for all of them. A record keeps
only the busiest names. Forgetting a quiet visitor costs nothing: whoever drops a signed id is a
newcomer anyway, and the limit of the network holds for all of them.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from nexus.fairness.core.allowance import Allowance, Limited, Usage, add, believed, later, spend

TOTAL = "*"
"""The name of the sum in a record."""

MAX_VISITORS = 200

Ledger = Mapping[str, Usage]
"""Usage by name."""


@dataclass(frozen=True, slots=True)
class Refused:
    """A message that counts for nobody.

    Attributes:
        limits: The limits that refuse it, by name.
    """

    limits: Mapping[str, Limited]


def charge(
    ledger: Ledger, allowances: Mapping[str, Allowance], now: datetime, units: float = 1
) -> Ledger | Refused:
    """Counts one message against several allowances: all of them, or none.

    Args:
        ledger: What was sent before.
        allowances: By the names that the message counts for.
        now: The present instant (UTC).
        units: What the message costs.

    Returns:
        The ledger with the message, or the limits that refuse it.
    """
    spent = {name: spend(ledger.get(name), limit, now, units) for name, limit in allowances.items()}
    refused = {name: result for name, result in spent.items() if isinstance(result, Limited)}
    if refused:
        return Refused(refused)
    usages = {name: result for name, result in spent.items() if isinstance(result, Usage)}
    return busiest({**ledger, **usages})


def surcharge(
    ledger: Ledger, allowances: Mapping[str, Allowance], now: datetime, units: float
) -> Ledger:
    """Counts further units of a message that has been let in."""
    usages = {name: add(ledger.get(name), limit, now, units) for name, limit in allowances.items()}
    return busiest({**ledger, **usages})


def merge(one: Ledger, other: Ledger, now: datetime, horizon: timedelta) -> Ledger:
    """Merges two ledgers of one network, as far as they can be true.

    Args:
        one: The usage that one instance knows.
        other: The usage that another knows.
        now: The present instant (UTC).
        horizon: How far ahead usage can be due; see `Allowance.horizon`.
    """
    merged = {name: believed(usage, now, horizon) for name, usage in one.items()}
    for name, theirs in other.items():
        usage = believed(theirs, now, horizon)
        merged[name] = later(merged[name], usage) if name in merged else usage
    return busiest(merged)


def busiest(ledger: Ledger) -> Ledger:
    """Trims a ledger to its sum and its busiest names."""
    if len(ledger) <= MAX_VISITORS + 1:
        return ledger
    visitors = sorted(
        (name for name in ledger if name != TOTAL),
        key=lambda name: (ledger[name].day, ledger[name].used, ledger[name].due_at),
    )
    kept = {TOTAL, *visitors[-MAX_VISITORS:]}
    return {name: usage for name, usage in ledger.items() if name in kept}
