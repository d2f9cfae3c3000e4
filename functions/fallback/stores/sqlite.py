"""Windows in an SQLite file: the embedded default, shared by the processes of one machine."""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

from fallback.core.windows import Window, from_epoch_ms, to_epoch_ms
from fallback.stores.sqlite_file import SqliteStore, returned

_SCHEMA_VERSION = 3
_SCHEMA = """
CREATE TABLE exhaustion_windows (
    model TEXT PRIMARY KEY,
    until_ms INTEGER NOT NULL,
    reason TEXT NOT NULL,
    probe_at_ms INTEGER,
    leased_until_ms INTEGER,
    reopened INTEGER NOT NULL DEFAULT 0,
    min_tokens INTEGER,
    version INTEGER NOT NULL DEFAULT (random())
) STRICT
"""
_READ = """
SELECT model, until_ms, reason, probe_at_ms, leased_until_ms, reopened, min_tokens, version
FROM exhaustion_windows WHERE until_ms >= ?
"""
_ALL = -(2**63)
# A version is random, so that a row that has gone and come back is not taken for the old one.
# The reason stays with the instant that it explains. In an upsert, SQLite evaluates the right
# sides with the row's old values. MIN of a null is null, so it does nothing to ordinary windows.
_EXTEND = """
INSERT INTO exhaustion_windows (model, until_ms, reason, probe_at_ms, reopened, min_tokens)
VALUES (:model, :until_ms, :reason, :probe_at_ms, :reopened, :min_tokens)
ON CONFLICT (model) DO UPDATE SET
    until_ms = MAX(exhaustion_windows.until_ms, excluded.until_ms),
    reason = IIF(
        excluded.until_ms > exhaustion_windows.until_ms,
        excluded.reason, exhaustion_windows.reason
    ),
    probe_at_ms = excluded.probe_at_ms,
    leased_until_ms = NULL,
    reopened = MAX(exhaustion_windows.reopened, excluded.reopened),
    min_tokens = MIN(exhaustion_windows.min_tokens, excluded.min_tokens),
    version = random()
WHERE excluded.until_ms > exhaustion_windows.until_ms
    OR excluded.min_tokens < exhaustion_windows.min_tokens
RETURNING version
"""
_EXTEND_AS_SEEN = """
UPDATE exhaustion_windows SET
    until_ms = :until_ms,
    reason = :reason,
    probe_at_ms = :probe_at_ms,
    leased_until_ms = NULL,
    reopened = :reopened,
    min_tokens = :min_tokens,
    version = random()
WHERE model = :model AND version = :version
RETURNING version
"""
_LEASE = """
UPDATE exhaustion_windows SET leased_until_ms = ?, version = random()
WHERE model = ? AND version = ?
RETURNING version
"""


class SqliteWindowStore(SqliteStore):
    """Keeps windows in one file. Safe for many threads."""

    def read(self, since: datetime | None = None) -> Mapping[str, Window]:
        """Windows; see `fallback.ports.WindowStore`."""
        since_ms = _ALL if since is None else to_epoch_ms(since)
        with self._transaction() as connection:
            rows = connection.execute(_READ, (since_ms,))
            return {model: _window(columns) for model, *columns in rows}

    def extend(self, model: str, window: Window) -> object | None:
        """Opens or lengthens a window; see `fallback.ports.WindowStore`."""
        row = {
            "model": model,
            "until_ms": to_epoch_ms(window.until),
            "reason": window.reason,
            "probe_at_ms": None if window.probe_at is None else to_epoch_ms(window.probe_at),
            "reopened": window.failed_probes,
            "min_tokens": window.min_tokens,
            "version": window.version,
        }
        with self._transaction() as connection:
            return returned(
                connection.execute(_EXTEND if window.version is None else _EXTEND_AS_SEEN, row)
            )

    def lease(self, model: str, seen: Window, until: datetime) -> Window | None:
        """Gives the probe to one caller; see `fallback.ports.WindowStore`."""
        until_ms = to_epoch_ms(until)
        with self._transaction() as connection:
            version = returned(connection.execute(_LEASE, (until_ms, model, seen.version)))
        if version is None:
            return None
        return replace(seen, leased_until=from_epoch_ms(until_ms), version=version)

    def close(self, model: str, seen: Window) -> bool:
        """Forgets a window as it was seen; see `fallback.ports.WindowStore`."""
        with self._transaction() as connection:
            gone = connection.execute(
                "DELETE FROM exhaustion_windows WHERE model = ? AND version = ?",
                (model, seen.version),
            )
            return gone.rowcount == 1

    def _create(self, connection: sqlite3.Connection) -> None:
        """Makes the table. One of another version is dropped: its windows are soon found again."""
        if _is_current(connection):
            return
        with connection:
            connection.execute("BEGIN IMMEDIATE")
            if not _is_current(connection):  # Another process may have been first.
                connection.execute("DROP TABLE IF EXISTS exhaustion_windows")
                connection.execute(_SCHEMA)
                connection.execute(f"PRAGMA user_version = {_SCHEMA_VERSION}")


def _window(columns: list[Any]) -> Window:
    until_ms, reason, probe_at_ms, leased_until_ms, reopened, min_tokens, version = columns
    return Window(
        until=from_epoch_ms(until_ms),
        reason=reason,
        probe_at=None if probe_at_ms is None else from_epoch_ms(probe_at_ms),
        leased_until=None if leased_until_ms is None else from_epoch_ms(leased_until_ms),
        failed_probes=reopened,
        min_tokens=min_tokens,
        version=version,
    )


def _is_current(connection: sqlite3.Connection) -> bool:
    (version,) = connection.execute("PRAGMA user_version").fetchone()
    return bool(version == _SCHEMA_VERSION)
