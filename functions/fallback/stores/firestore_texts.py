"""Texts and marks in Firestore: shared by all instances of both functions.

A table is a collection. A document has the text in the field that the table names, if it has one,
and `expires_at` (for the TTL policy). It is replaced on the condition that it is as it was read, by
its update time: no lock, no transaction, and of many writers one succeeds.
"""

from __future__ import annotations

from collections.abc import Mapping, Set
from datetime import datetime

from fallback.ports import MarkTable, TextTable
from fallback.stores.firestore_calls import FirestoreStore


class FirestoreTextStore(FirestoreStore):
    """Keeps texts and marks in Firestore. Safe for many threads."""

    def read(self, table: TextTable, key: str) -> tuple[object, object | None]:
        """One text; see `fallback.ports.TextStore`."""
        found = self._get(table.name, key)
        return (found.to_dict() or {}).get(table.text), found.update_time

    def read_all(self, table: TextTable) -> Mapping[str, tuple[object, object]]:
        """All texts; see `fallback.ports.TextStore`."""
        return {
            found.id: ((found.to_dict() or {}).get(table.text), found.update_time)
            for found in self._find(table.name)
        }

    def write(
        self, table: TextTable, key: str, text: str, expires_at: datetime, version: object | None
    ) -> object | None:
        """Replaces a text as it was read; see `fallback.ports.TextStore`."""
        fields = {table.text: text, "expires_at": expires_at}
        return self._replace(table.name, key, fields, version)

    def mark(self, table: MarkTable, key: str, expires_at: datetime) -> bool:
        """Marks a key; see `fallback.ports.TextStore`."""
        return self._replace(table.name, key, {"expires_at": expires_at}, None) is not None

    def unmark(self, table: MarkTable, key: str) -> None:
        """Forgets a mark; see `fallback.ports.TextStore`."""
        self._delete(table.name, key)

    def marked(self, table: MarkTable) -> Set[str]:
        """All marked keys; see `fallback.ports.TextStore`."""
        return {document.id for document in self._find(table.name)}
