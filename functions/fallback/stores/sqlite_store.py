"""What the stores in an SQLite file share."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import Any, ClassVar, NamedTuple

from fallback.core.windows import to_epoch_ms
from fallback.stores.sqlite_file import SqliteFile

FORGET = "DELETE FROM {0} WHERE expires_at_ms < CAST(strftime('%s', 'now') AS INTEGER) * 1000"
"""Drops the rows of a table that nobody needs any more."""

# A version is random, so that a row that has gone and come back is not taken for the old one.
_CREATE = """
CREATE TABLE IF NOT EXISTS {0} (
    {1} TEXT PRIMARY KEY,
    {2} TEXT NOT NULL,
    expires_at_ms INTEGER NOT NULL,
    version INTEGER NOT NULL DEFAULT (random())
) STRICT
"""
_READ = "SELECT {1}, {2}, version FROM {0}"
_OF_KEY = " WHERE {1} = :key"
_INSERT = """
INSERT INTO {0} ({1}, {2}, expires_at_ms) VALUES (:key, :text, :expires_at_ms)
ON CONFLICT DO NOTHING RETURNING version
"""
_REPLACE = """
UPDATE {0} SET {2} = :text, expires_at_ms = :expires_at_ms, version = random()
WHERE {1} = :key AND version = :version RETURNING version
"""


class SqliteStore:
    """A store in one file. Safe for many threads."""

    TABLES: ClassVar[Sequence[str]] = ()

    def __init__(self, path: Path) -> None:
        """Opens nothing yet: a process that forks first must not share a connection.

        Args:
            path: The database file; its folder is made when needed.
        """
        self._file = SqliteFile(path, self._create)

    def _create(self, connection: sqlite3.Connection) -> None:
        for table in self.TABLES:
            connection.execute(table)


class TextTable(NamedTuple):
    """A table of texts by key, each replaced on the condition that it is as it was read.

    Its name and its columns are constants: SQL cannot take them as parameters.
    """

    name: str
    key: str
    text: str

    @property
    def create(self) -> str:
        """The statement that makes it."""
        return _CREATE.format(*self)

    def read(self, connection: sqlite3.Connection, key: str | None = None) -> list[Any]:
        """One row, if it is there, or all: each a key, its text and its version."""
        query = _READ if key is None else _READ + _OF_KEY
        return connection.execute(query.format(*self), {"key": key}).fetchall()

    def write(
        self,
        connection: sqlite3.Connection,
        key: str,
        text: str,
        expires_at: datetime,
        version: object,
    ) -> object | None:
        """Writes a row; gives its new version, or None if it is not as it was read."""
        row = {
            "key": key,
            "text": text,
            "expires_at_ms": to_epoch_ms(expires_at),
            "version": version,
        }
        if version is None:
            connection.execute(FORGET.format(self.name))
        statement = _INSERT if version is None else _REPLACE
        written = connection.execute(statement.format(*self), row).fetchone()
        return None if written is None else written[0]
