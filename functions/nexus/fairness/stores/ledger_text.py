"""A ledger as text: JSON, small, and the same in every store.

`{"*": [due, day, used], …}`: UTC epoch milliseconds, an ISO date, a number of units.
"""

from __future__ import annotations

import json
import math
from datetime import date

from fallback.core.windows import from_epoch_ms, to_epoch_ms
from nexus.fairness.core.allowance import Usage
from nexus.fairness.core.ledger import Ledger


def to_text(ledger: Ledger) -> str:
    """What is stored."""
    rows = {
        name: [to_epoch_ms(usage.due_at), usage.day.isoformat(), usage.used]
        for name, usage in ledger.items()
    }
    return json.dumps(rows, separators=(",", ":"))


def from_text(text: object) -> Ledger:
    """What was stored; empty if it is not ours, so that a bad record is replaced."""
    try:
        rows = json.loads(text) if isinstance(text, str) else {}
        return {
            str(name): Usage(from_epoch_ms(int(due)), date.fromisoformat(day), float(used))
            for name, (due, day, used) in rows.items()
            if math.isfinite(used)
        }
    except (ValueError, TypeError, AttributeError, OverflowError):
        return {}
