"""Learned limits in an SQLite file: the embedded default, in the same file as the windows."""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path

from fallback.core.meter import Meter
from fallback.core.windows import to_epoch_ms
from fallback.stores.meter_text import from_text, to_text
from fallback.stores.sqlite_file import SqliteFile

# A version is random, so that a row that has gone and come back is not taken for the old one.
_TABLE = """
CREATE TABLE IF NOT EXISTS learned_limits (
    key TEXT PRIMARY KEY,
    meter TEXT NOT NULL,
    expires_at_ms INTEGER NOT NULL,
    version INTEGER NOT NULL DEFAULT (random())
) STRICT
"""
_READ = "SELECT meter, version FROM learned_limits WHERE key = ?"
_CREATE = """
INSERT INTO learned_limits (key, meter, expires_at_ms) VALUES (:key, :meter, :expires_at_ms)
ON CONFLICT (key) DO NOTHING RETURNING version
"""
_REPLACE = """
UPDATE learned_limits SET meter = :meter, expires_at_ms = :expires_at_ms, version = random()
WHERE key = :key AND version = :version RETURNING version
"""
_FORGET = """
DELETE FROM learned_limits
WHERE expires_at_ms < CAST(strftime('%s', 'now') AS INTEGER) * 1000
"""


class SqliteLimitStore:
    """Keeps meters in one file. Safe for many threads."""

    def __init__(self, path: Path) -> None:
        """Opens nothing yet: a process that forks first must not share a connection.

        Args:
            path: The database file; its folder is made when needed.
        """
        self._file = SqliteFile(path, _create)

    def read(self, key: str) -> Meter:
        """One meter; see `fallback.ports.LimitStore`."""
        with self._file.transaction() as connection:
            row = connection.execute(_READ, (key,)).fetchone()
            return Meter() if row is None else from_text(*row)

    def read_all(self) -> Mapping[str, Meter]:
        """All meters; see `fallback.ports.LimitStore`."""
        with self._file.transaction() as connection:
            rows = connection.execute("SELECT key, meter, version FROM learned_limits")
            return {key: from_text(text, version) for key, text, version in rows}

    def write(self, key: str, meter: Meter, expires_at: datetime) -> object | None:
        """Replaces a meter as it was read; see `fallback.ports.LimitStore`."""
        row = {
            "key": key,
            "meter": to_text(meter),
            "expires_at_ms": to_epoch_ms(expires_at),
            "version": meter.version,
        }
        with self._file.transaction() as connection:
            statement = _CREATE if meter.version is None else _REPLACE
            written = connection.execute(statement, row).fetchone()
            return None if written is None else written[0]


def _create(connection: sqlite3.Connection) -> None:
    connection.execute(_TABLE)
    with connection:
        connection.execute(_FORGET)
