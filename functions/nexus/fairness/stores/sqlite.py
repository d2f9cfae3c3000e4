"""Visitors in an SQLite file: the embedded default, in the same file as the windows."""

from __future__ import annotations

import sqlite3
from collections.abc import Set
from datetime import datetime
from pathlib import Path

from fallback.core.windows import to_epoch_ms
from fallback.stores.sqlite_file import SqliteFile
from nexus.fairness.ports import Record
from nexus.fairness.stores.ledger_text import from_text, to_text

# A version is random, so that a row that has gone and come back is not taken for the old one.
_VISITORS = """
CREATE TABLE IF NOT EXISTS visitors (
    name TEXT PRIMARY KEY,
    usages TEXT NOT NULL,
    expires_at_ms INTEGER NOT NULL,
    version INTEGER NOT NULL DEFAULT (random())
) STRICT
"""
_REVOKED = """
CREATE TABLE IF NOT EXISTS revoked_codes (
    id TEXT PRIMARY KEY,
    expires_at_ms INTEGER NOT NULL
) STRICT
"""
_CREATE = """
INSERT INTO visitors (name, usages, expires_at_ms) VALUES (:name, :usages, :expires_at_ms)
ON CONFLICT (name) DO NOTHING RETURNING version
"""
_REPLACE = """
UPDATE visitors SET usages = :usages, expires_at_ms = :expires_at_ms, version = random()
WHERE name = :name AND version = :version RETURNING version
"""
_REVOKE = """
INSERT INTO revoked_codes (id, expires_at_ms) VALUES (?, ?) ON CONFLICT (id) DO NOTHING
"""
_OVER = "expires_at_ms < CAST(strftime('%s', 'now') AS INTEGER) * 1000"


class SqliteVisitorStore:
    """Keeps ledgers and revocations in one file. Safe for many threads."""

    def __init__(self, path: Path) -> None:
        """Opens nothing yet: a process that forks first must not share a connection.

        Args:
            path: The database file; its folder is made when needed.
        """
        self._file = SqliteFile(path, _create)

    def read(self, name: str) -> Record:
        """A record; see `fairness.ports.VisitorStore`."""
        with self._file.transaction() as connection:
            query = "SELECT usages, version FROM visitors WHERE name = ?"
            row = connection.execute(query, (name,)).fetchone()
            return Record({}) if row is None else Record(from_text(row[0]), row[1])

    def write(self, name: str, record: Record, expires_at: datetime) -> object | None:
        """Replaces a record as it was read; see `fairness.ports.VisitorStore`."""
        row = {
            "name": name,
            "usages": to_text(record.ledger),
            "expires_at_ms": to_epoch_ms(expires_at),
            "version": record.version,
        }
        with self._file.transaction() as connection:
            if record.version is None:
                connection.execute(f"DELETE FROM visitors WHERE {_OVER}")  # noqa: S608 - a constant
            statement = _CREATE if record.version is None else _REPLACE
            written = connection.execute(statement, row).fetchone()
            return None if written is None else written[0]

    def revoke(self, code_id: str, expires_at: datetime) -> None:
        """Makes a code worthless; see `fairness.ports.VisitorStore`."""
        with self._file.transaction() as connection:
            connection.execute(f"DELETE FROM revoked_codes WHERE {_OVER}")  # noqa: S608 - as above
            connection.execute(_REVOKE, (code_id, to_epoch_ms(expires_at)))

    def revoked(self) -> Set[str]:
        """All revoked codes; see `fairness.ports.VisitorStore`."""
        with self._file.transaction() as connection:
            return {code_id for (code_id,) in connection.execute("SELECT id FROM revoked_codes")}


def _create(connection: sqlite3.Connection) -> None:
    connection.execute(_VISITORS)
    connection.execute(_REVOKED)
