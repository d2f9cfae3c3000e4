"""Visitors in an SQLite file: the embedded default, in the same file as the windows."""

from __future__ import annotations

from collections.abc import Set
from datetime import datetime

from fallback.core.windows import to_epoch_ms
from fallback.stores.sqlite_file import FORGET, SqliteStore, TextTable
from nexus.fairness.ports import Record
from nexus.fairness.stores.ledger_text import from_text, to_text

_VISITORS = TextTable("visitors", key="name", text="usages")
_REVOKED = """
CREATE TABLE IF NOT EXISTS revoked_codes (
    id TEXT PRIMARY KEY,
    expires_at_ms INTEGER NOT NULL
) STRICT
"""
_REVOKE = """
INSERT INTO revoked_codes (id, expires_at_ms) VALUES (?, ?) ON CONFLICT (id) DO NOTHING
"""


class SqliteVisitorStore(SqliteStore):
    """Keeps ledgers and revocations in one file. Safe for many threads."""

    TABLES = (_VISITORS.create, _REVOKED)

    def read(self, name: str) -> Record:
        """A record; see `fairness.ports.VisitorStore`."""
        text, version = self._text(_VISITORS, name)
        return Record(from_text(text), version)

    def write(self, name: str, record: Record, expires_at: datetime) -> object | None:
        """Replaces a record as it was read; see `fairness.ports.VisitorStore`."""
        text = to_text(record.ledger)
        return self._replace_text(_VISITORS, name, text, expires_at, record.version)

    def revoke(self, code_id: str, expires_at: datetime) -> None:
        """Makes a code worthless; see `fairness.ports.VisitorStore`."""
        with self._transaction() as connection:
            connection.execute(FORGET.format("revoked_codes"))
            connection.execute(_REVOKE, (code_id, to_epoch_ms(expires_at)))

    def revoked(self) -> Set[str]:
        """All revoked codes; see `fairness.ports.VisitorStore`."""
        with self._transaction() as connection:
            return {code_id for (code_id,) in connection.execute("SELECT id FROM revoked_codes")}
