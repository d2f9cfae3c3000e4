"""Visitors in Firestore: shared by all instances of the chat function.

`visitors/{record}` holds `usages` (text) and `expires_at` (for the TTL policy), and
`revoked_codes/{id}` holds `expires_at`. A record is replaced on the condition that it is as it was
read, by its update time: no lock, no transaction, and no message that is not counted.
"""

from __future__ import annotations

from collections.abc import Set
from datetime import datetime

from fallback.stores.firestore_calls import FirestoreStore
from nexus.fairness.ports import Record
from nexus.fairness.stores.ledger_text import from_text, to_text

VISITORS = "visitors"
REVOKED = "revoked_codes"


class FirestoreVisitorStore(FirestoreStore):
    """Keeps ledgers and revocations in Firestore. Safe for many threads."""

    def read(self, name: str) -> Record:
        """A record; see `fairness.ports.VisitorStore`."""
        text, version = self._text(VISITORS, name, "usages")
        return Record(from_text(text), version)

    def write(self, name: str, record: Record, expires_at: datetime) -> object | None:
        """Replaces a record as it was read; see `fairness.ports.VisitorStore`."""
        fields = {"usages": to_text(record.ledger), "expires_at": expires_at}
        return self._replace(VISITORS, name, fields, record.version)

    def revoke(self, code_id: str, expires_at: datetime) -> None:
        """Makes a code worthless; see `fairness.ports.VisitorStore`."""
        self._set(REVOKED, code_id, {"expires_at": expires_at})

    def revoked(self) -> Set[str]:
        """All revoked codes; see `fairness.ports.VisitorStore`."""
        return {document.id for document in self._find(REVOKED)}
