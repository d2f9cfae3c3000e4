"""The line in an SQLite file: the embedded default, in the same file as the windows."""

from __future__ import annotations

from datetime import datetime

from fallback.core.windows import to_epoch_ms
from fallback.stores.sqlite_file import FORGET, SqliteStore, TextTable
from nexus.waiting_room.core.line import Line
from nexus.waiting_room.stores.line_text import from_text, to_text

_LINE = TextTable("waiting_room", key="name", text="line")
_ONLY = "line"
_TICKETS = """
CREATE TABLE IF NOT EXISTS waiting_tickets (
    ticket TEXT PRIMARY KEY,
    expires_at_ms INTEGER NOT NULL
) STRICT
"""


class SqliteLineStore(SqliteStore):
    """Keeps the line in one file. Safe for many threads."""

    TABLES = (_LINE.create, _TICKETS)

    def read(self) -> Line | None:
        """The line; see `waiting_room.ports.LineStore`."""
        text, version = self._text(_LINE, _ONLY)
        return None if version is None else from_text(text, version)

    def write(self, line: Line, expires_at: datetime) -> object | None:
        """Replaces the line as it was read; see `waiting_room.ports.LineStore`."""
        return self._replace_text(_LINE, _ONLY, to_text(line), expires_at, line.version)

    def use(self, ticket: str, expires_at: datetime) -> bool:
        """Notes the one use of a ticket; see `waiting_room.ports.LineStore`."""
        with self._transaction() as connection:
            connection.execute(FORGET.format("waiting_tickets"))
            done = connection.execute(
                "INSERT INTO waiting_tickets VALUES (?, ?) ON CONFLICT (ticket) DO NOTHING",
                (ticket, to_epoch_ms(expires_at)),
            )
            return done.rowcount == 1

    def give_back(self, ticket: str) -> None:
        """Forgets the use of a ticket; see `waiting_room.ports.LineStore`."""
        with self._transaction() as connection:
            connection.execute("DELETE FROM waiting_tickets WHERE ticket = ?", (ticket,))
