"""What one network's visitors have sent, in one record: each of them, and all together.

Both limits are in one record, so that one write counts a message for both. A record keeps only the
busiest visitors. Forgetting a quiet one costs nothing: whoever drops a signed id is a new visitor
anyway, and the limit of the network holds for all of them.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from nexus.fairness.core.allowance import Allowance, Limited, Usage, later, spend

TOTAL = "*"
"""The name of the sum in a record."""

MAX_VISITORS = 200

Ledger = Mapping[str, Usage]
"""Usage by name."""


def charge(
    ledger: Ledger, allowances: Mapping[str, Allowance], now: datetime
) -> Ledger | tuple[str, Limited]:
    """Counts one message against several allowances: all of them, or none.

    Args:
        ledger: What was sent before.
        allowances: By the names that the message counts for.
        now: The present instant (UTC).

    Returns:
        The ledger with the message; or the name that refuses it longest, and its limit.
    """
    spent = {name: spend(ledger.get(name), limit, now) for name, limit in allowances.items()}
    refused = [(name, result) for name, result in spent.items() if isinstance(result, Limited)]
    if refused:
        return max(refused, key=lambda refusal: refusal[1].retry_at)
    usages = {name: result for name, result in spent.items() if isinstance(result, Usage)}
    return busiest({**ledger, **usages})


def merge(one: Ledger, other: Ledger) -> Ledger:
    """Merges two ledgers of one network."""
    names = [*one, *(name for name in other if name not in one)]
    usages = {name: later(one.get(name), other.get(name)) for name in names}
    return busiest({name: usage for name, usage in usages.items() if usage is not None})


def busiest(ledger: Ledger) -> Ledger:
    """Trims a ledger to its sum and its busiest visitors."""
    if len(ledger) <= MAX_VISITORS + 1:
        return ledger
    visitors = sorted(
        (name for name in ledger if name != TOTAL),
        key=lambda name: (ledger[name].day, ledger[name].used, ledger[name].due_at),
    )
    kept = {TOTAL, *visitors[-MAX_VISITORS:]}
    return {name: usage for name, usage in ledger.items() if name in kept}
