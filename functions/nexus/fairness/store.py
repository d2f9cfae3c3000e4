"""How visitors are stored: ledgers as texts, which are JSON and small, and revoked codes as marks.

`{"*": [due, day, used], …}`: UTC epoch milliseconds, an ISO date, a number of units.
"""

from __future__ import annotations

import json
import math
from collections.abc import Set
from dataclasses import dataclass, field
from datetime import date, datetime

from fallback.core.windows import from_epoch_ms, to_epoch_ms
from fallback.ports import MarkTable, StoreUnavailableError, TextStore, TextTable
from nexus.fairness.core.allowance import Usage
from nexus.fairness.core.ledger import Ledger

VISITORS = TextTable("visitors", key="name", text="usages")
REVOKED = MarkTable("revoked_codes", key="id")


@dataclass(frozen=True, slots=True)
class Record:
    """A ledger as a store has it.

    Attributes:
        ledger: Usage by name.
        version: The state of the store that it was read from; None where there is no record yet.
    """

    ledger: Ledger
    version: object | None = field(default=None, compare=False)


class VisitorStore:
    """Ledgers and revoked codes, shared by all instances. Safe for many threads.

    Each call may take seconds when the store is in trouble; it then raises
    `fallback.ports.StoreUnavailableError`.
    """

    def __init__(self, store: TextStore) -> None:
        """Takes the store of the texts, which has the tables VISITORS and REVOKED."""
        self._store = store

    def read(self, name: str) -> Record:
        """A record; an empty one where there is none."""
        text, version = self._store.read(VISITORS, name)
        return Record(from_text(text), version)

    def write(self, name: str, record: Record, expires_at: datetime) -> object | None:
        """Replaces a record, if it is still as it was read: of many callers, one succeeds.

        Args:
            name: The record's.
            record: The new ledger, with the version of the one that it was made from.
            expires_at: The instant (UTC) from which on nobody needs it.

        Returns:
            The version that it has now; None where it was not as it was read, and is as it was.
        """
        text = to_text(record.ledger)
        return self._store.write(VISITORS, name, text, expires_at, record.version)

    def revoke(self, code_id: str, expires_at: datetime) -> None:
        """Makes an access code worthless; what it says of itself ends at `expires_at`."""
        is_new = self._store.mark(REVOKED, code_id, expires_at)
        if not is_new and code_id not in self.revoked():
            raise StoreUnavailableError("the code could not be marked")

    def revoked(self) -> Set[str]:
        """The ids of all codes that are revoked."""
        return self._store.marked(REVOKED)


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
