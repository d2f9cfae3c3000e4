"""The demand in an SQLite file: the embedded default, in the same file as the windows."""

from __future__ import annotations

import sqlite3
from collections import defaultdict
from datetime import datetime

from fallback.core.demand import Counts
from fallback.core.outlook import Ends, Outlook
from fallback.core.windows import from_epoch_ms, to_epoch_ms
from fallback.stores.outlook_text import from_text, to_text
from fallback.stores.sqlite_file import SqliteStore

# A version is random, so that a row that has gone and come back is not taken for the old one.
_TABLES = (
    """
CREATE TABLE IF NOT EXISTS demand_counts (
    hour INTEGER NOT NULL, name TEXT NOT NULL, number INTEGER NOT NULL, PRIMARY KEY (hour, name)
) STRICT
""",
    """
CREATE TABLE IF NOT EXISTS demand_ends (
    day INTEGER NOT NULL, name TEXT NOT NULL, at_ms INTEGER NOT NULL, PRIMARY KEY (day, name)
) STRICT
""",
    """
CREATE TABLE IF NOT EXISTS demand_outlook (
    id INTEGER PRIMARY KEY CHECK (id = 1),
    outlook TEXT NOT NULL,
    version INTEGER NOT NULL DEFAULT (random())
) STRICT
""",
)
_ADD = """
INSERT INTO demand_counts VALUES (?, ?, ?)
ON CONFLICT DO UPDATE SET number = number + excluded.number
"""
_END = """
INSERT INTO demand_ends VALUES (?, ?, ?)
ON CONFLICT DO UPDATE SET at_ms = MIN(at_ms, excluded.at_ms)
"""
_CREATE = """
INSERT INTO demand_outlook (id, outlook) VALUES (1, ?) ON CONFLICT DO NOTHING RETURNING version
"""
_REPLACE = """
UPDATE demand_outlook SET outlook = ?, version = random() WHERE version = ? RETURNING version
"""


class SqliteDemandStore(SqliteStore):
    """Keeps the demand in one file. Safe for many threads."""

    def read(self) -> Outlook:
        """What is known; see `fallback.ports.DemandStore`."""
        counts: dict[int, dict[str, int]] = defaultdict(dict)
        ends: dict[int, dict[str, datetime]] = defaultdict(dict)
        with self._transaction() as connection:
            for hour, name, number in connection.execute("SELECT * FROM demand_counts"):
                counts[hour][name] = number
            for day, name, at_ms in connection.execute("SELECT * FROM demand_ends"):
                ends[day][name] = from_epoch_ms(at_ms)
            row = connection.execute("SELECT outlook, version FROM demand_outlook").fetchone()
        text, version = row or (None, None)
        return from_text(text, dict(counts), dict(ends), version)

    def add(self, counts: Counts, ends: Ends, _expires_at: datetime) -> None:
        """Adds counts; see `fallback.ports.DemandStore`."""
        with self._transaction() as connection:
            connection.executemany(
                _ADD, [(hour, *item) for hour, found in counts.items() for item in found.items()]
            )
            connection.executemany(
                _END,
                [
                    (day, name, to_epoch_ms(at))
                    for day, found in ends.items()
                    for name, at in found.items()
                ],
            )

    def turn(self, seen: Outlook, outlook: Outlook, _expires_at: datetime) -> bool:
        """Replaces the outlook; see `fallback.ports.DemandStore`."""
        text = to_text(outlook)
        with self._transaction() as connection:
            if seen.version is None:
                won = connection.execute(_CREATE, (text,)).fetchone()
            else:
                won = connection.execute(_REPLACE, (text, seen.version)).fetchone()
            if won is None:
                return False
            for table, column, kept, before in (
                ("demand_counts", "hour", outlook.demand.counts, seen.demand.counts),
                ("demand_ends", "day", outlook.ends, seen.ends),
            ):
                connection.executemany(
                    f"DELETE FROM {table} WHERE {column} = ?",  # noqa: S608 - constants
                    [(hour,) for hour in before if hour not in kept],
                )
            return True

    def _create(self, connection: sqlite3.Connection) -> None:
        for table in _TABLES:
            connection.execute(table)
