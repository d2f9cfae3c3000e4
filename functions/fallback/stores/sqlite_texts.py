"""Texts and marks in an SQLite file: the embedded default, in the same file as the windows."""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping, Set
from datetime import datetime
from pathlib import Path

from fallback.core.windows import to_epoch_ms
from fallback.ports import MarkTable, Table, TextTable
from fallback.stores.sqlite_file import SqliteStore, returned

# A version is random, so that a row that has gone and come back is not taken for the old one.
_CREATE_TEXTS = """
CREATE TABLE IF NOT EXISTS {0} (
    {1} TEXT PRIMARY KEY,
    {2} TEXT NOT NULL,
    expires_at_ms INTEGER NOT NULL,
    version INTEGER NOT NULL DEFAULT (random())
) STRICT
"""
_CREATE_MARKS = """
CREATE TABLE IF NOT EXISTS {0} ({1} TEXT PRIMARY KEY, expires_at_ms INTEGER NOT NULL) STRICT
"""
_FORGET = "DELETE FROM {0} WHERE expires_at_ms < CAST(strftime('%s', 'now') AS INTEGER) * 1000"
_READ_ALL = "SELECT {1}, {2}, version FROM {0}"
_READ_ONE = "SELECT {2}, version FROM {0} WHERE {1} = ?"
_INSERT = """
INSERT INTO {0} ({1}, {2}, expires_at_ms) VALUES (:key, :text, :expires_at_ms)
ON CONFLICT DO NOTHING RETURNING version
"""
_REPLACE = """
UPDATE {0} SET {2} = :text, expires_at_ms = :expires_at_ms, version = random()
WHERE {1} = :key AND version = :version RETURNING version
"""
_MARK = "INSERT INTO {0} ({1}, expires_at_ms) VALUES (?, ?) ON CONFLICT DO NOTHING"
_UNMARK = "DELETE FROM {0} WHERE {1} = ?"
_MARKED = "SELECT {1} FROM {0}"


class SqliteTextStore(SqliteStore):
    """Keeps texts and marks in one file; drops those that nobody needs. Safe for many threads."""

    def __init__(self, path: Path, *tables: Table) -> None:
        """Opens nothing yet.

        Args:
            path: The database file.
            tables: All that are used.
        """
        super().__init__(path)
        self._tables = tables

    def read(self, table: TextTable, key: str) -> tuple[object, object | None]:
        """One text; see `fallback.ports.TextStore`."""
        with self._transaction() as connection:
            row = connection.execute(_READ_ONE.format(*table), (key,)).fetchone()
            return row or (None, None)

    def read_all(self, table: TextTable) -> Mapping[str, tuple[object, object]]:
        """All texts; see `fallback.ports.TextStore`."""
        with self._transaction() as connection:
            rows = connection.execute(_READ_ALL.format(*table))
            return {key: (text, version) for key, text, version in rows}

    def write(
        self, table: TextTable, key: str, text: str, expires_at: datetime, version: object | None
    ) -> object | None:
        """Replaces a text as it was read; see `fallback.ports.TextStore`."""
        row = {
            "key": key,
            "text": text,
            "expires_at_ms": to_epoch_ms(expires_at),
            "version": version,
        }
        statement = _INSERT if version is None else _REPLACE
        with self._transaction() as connection:
            if version is None:
                connection.execute(_FORGET.format(*table))
            return returned(connection.execute(statement.format(*table), row))

    def mark(self, table: MarkTable, key: str, expires_at: datetime) -> bool:
        """Marks a key; see `fallback.ports.TextStore`."""
        with self._transaction() as connection:
            connection.execute(_FORGET.format(*table))
            row = (key, to_epoch_ms(expires_at))
            return connection.execute(_MARK.format(*table), row).rowcount == 1

    def unmark(self, table: MarkTable, key: str) -> None:
        """Forgets a mark; see `fallback.ports.TextStore`."""
        with self._transaction() as connection:
            connection.execute(_UNMARK.format(*table), (key,))

    def marked(self, table: MarkTable) -> Set[str]:
        """All marked keys; see `fallback.ports.TextStore`."""
        with self._transaction() as connection:
            return {key for (key,) in connection.execute(_MARKED.format(*table))}

    def _create(self, connection: sqlite3.Connection) -> None:
        for table in self._tables:
            create = _CREATE_TEXTS if isinstance(table, TextTable) else _CREATE_MARKS
            connection.execute(create.format(*table))
