"""The line in an SQLite file: the embedded default, in the same file as the windows."""

from __future__ import annotations

import sqlite3
from datetime import datetime
from pathlib import Path

from fallback.core.windows import to_epoch_ms
from fallback.stores.sqlite_file import SqliteFile
from nexus.waiting_room.core.line import Line
from nexus.waiting_room.stores.line_text import from_text, to_text

# A version is random, so that a row that has gone and come back is not taken for the old one.
_LINE = """
CREATE TABLE IF NOT EXISTS waiting_room (
    id INTEGER PRIMARY KEY CHECK (id = 1),
    line TEXT NOT NULL,
    expires_at_ms INTEGER NOT NULL,
    version INTEGER NOT NULL DEFAULT (random())
) STRICT
"""
_TICKETS = """
CREATE TABLE IF NOT EXISTS waiting_tickets (
    ticket TEXT PRIMARY KEY,
    expires_at_ms INTEGER NOT NULL
) STRICT
"""
_CREATE_LINE = """
INSERT INTO waiting_room (id, line, expires_at_ms) VALUES (1, :line, :expires_at_ms)
ON CONFLICT (id) DO NOTHING RETURNING version
"""
_REPLACE_LINE = """
UPDATE waiting_room SET line = :line, expires_at_ms = :expires_at_ms, version = random()
WHERE version = :version RETURNING version
"""
_OVER = "expires_at_ms < CAST(strftime('%s', 'now') AS INTEGER) * 1000"


class SqliteLineStore:
    """Keeps the line in one file. Safe for many threads."""

    def __init__(self, path: Path) -> None:
        """Opens nothing yet: a process that forks first must not share a connection.

        Args:
            path: The database file; its folder is made when needed.
        """
        self._file = SqliteFile(path, _create)

    def read(self) -> Line | None:
        """The line; see `waiting_room.ports.LineStore`."""
        with self._file.transaction() as connection:
            row = connection.execute("SELECT line, version FROM waiting_room").fetchone()
            return None if row is None else from_text(*row)

    def write(self, line: Line, expires_at: datetime) -> object | None:
        """Replaces the line as it was read; see `waiting_room.ports.LineStore`."""
        row = {
            "line": to_text(line),
            "expires_at_ms": to_epoch_ms(expires_at),
            "version": line.version,
        }
        with self._file.transaction() as connection:
            statement = _CREATE_LINE if line.version is None else _REPLACE_LINE
            written = connection.execute(statement, row).fetchone()
            return None if written is None else written[0]

    def use(self, ticket: str, expires_at: datetime) -> bool:
        """Notes the one use of a ticket; see `waiting_room.ports.LineStore`."""
        with self._file.transaction() as connection:
            done = connection.execute(
                "INSERT INTO waiting_tickets VALUES (?, ?) ON CONFLICT (ticket) DO NOTHING",
                (ticket, to_epoch_ms(expires_at)),
            )
            return done.rowcount == 1


def _create(connection: sqlite3.Connection) -> None:
    connection.execute(_LINE)
    connection.execute(_TICKETS)
    with connection:
        for table in ("waiting_room", "waiting_tickets"):
            connection.execute(f"DELETE FROM {table} WHERE {_OVER}")  # noqa: S608 - constants
