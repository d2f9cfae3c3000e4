"""Windows in an SQLite file: the embedded default, shared by the processes of one machine."""

from __future__ import annotations

import sqlite3
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from fallback.core.windows import Window, from_epoch_ms, to_epoch_ms
from fallback.ports import StoreUnavailableError

_BUSY_SECONDS = 2.0
_SWITCH_PAUSE_SECONDS = 0.005
_SCHEMA = """
CREATE TABLE IF NOT EXISTS exhaustion_windows (
    model TEXT PRIMARY KEY,
    until_ms INTEGER NOT NULL,
    reason TEXT NOT NULL
) STRICT
"""
# The reason stays with the instant that it explains. In an upsert, SQLite evaluates the right
# sides with the row's old values.
_EXTEND = """
INSERT INTO exhaustion_windows (model, until_ms, reason) VALUES (?, ?, ?)
ON CONFLICT (model) DO UPDATE SET until_ms = excluded.until_ms, reason = excluded.reason
WHERE excluded.until_ms > exhaustion_windows.until_ms
"""


class SqliteWindowStore:
    """Keeps windows in one file, in write-ahead mode.

    A commit survives the death of the process at any instant. Safe for many threads.
    """

    def __init__(self, path: Path) -> None:
        """Opens nothing yet: a process that forks first must not share a connection.

        Args:
            path: The database file; its folder is made when needed.
        """
        self._path = path
        self._lock = threading.Lock()
        self._connection: sqlite3.Connection | None = None

    def read(self) -> Mapping[str, Window]:
        """All windows; see `fallback.ports.WindowStore`."""
        with self._transaction() as connection:
            rows = connection.execute("SELECT model, until_ms, reason FROM exhaustion_windows")
            return {model: Window(from_epoch_ms(until), reason) for model, until, reason in rows}

    def extend(self, model: str, window: Window) -> None:
        """Opens or lengthens a window; see `fallback.ports.WindowStore`."""
        with self._transaction() as connection:
            connection.execute(_EXTEND, (model, to_epoch_ms(window.until), window.reason))

    def close(self, model: str, seen: Window) -> None:
        """Forgets a window that has not grown; see `fallback.ports.WindowStore`."""
        with self._transaction() as connection:
            connection.execute(
                "DELETE FROM exhaustion_windows WHERE model = ? AND until_ms <= ?",
                (model, to_epoch_ms(seen.until)),
            )

    @contextmanager
    def _transaction(self) -> Iterator[sqlite3.Connection]:
        with self._lock:
            try:
                if self._connection is None:
                    self._connection = self._connect()
                with self._connection:
                    yield self._connection
            except (sqlite3.Error, OSError, OverflowError) as error:
                self._drop()
                raise StoreUnavailableError(f"SQLite: {error}") from error

    def _connect(self) -> sqlite3.Connection:
        self._path.parent.mkdir(parents=True, exist_ok=True)
        connection = sqlite3.connect(self._path, timeout=_BUSY_SECONDS, check_same_thread=False)
        try:
            _write_ahead(connection)
            connection.execute("PRAGMA synchronous = NORMAL")
            connection.execute(_SCHEMA)
        except sqlite3.Error:
            connection.close()
            raise
        return connection

    def _drop(self) -> None:
        """Starts anew next time: the file may be whole again by then."""
        if self._connection is not None:
            self._connection.close()
            self._connection = None


def _write_ahead(connection: sqlite3.Connection) -> None:
    """Switches to write-ahead mode.

    Where two processes open a new file together, one finds it locked, and the time-out of the
    connection does not apply to the switch.
    """
    give_up_at = time.monotonic() + _BUSY_SECONDS
    while True:
        try:
            connection.execute("PRAGMA journal_mode = WAL")
        except sqlite3.OperationalError:
            if time.monotonic() > give_up_at:
                raise
            time.sleep(_SWITCH_PAUSE_SECONDS)
        else:
            return
