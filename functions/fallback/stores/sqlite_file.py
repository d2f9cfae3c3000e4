"""One SQLite file, shared by the processes of one machine, and the stores that are in it."""

from __future__ import annotations

import sqlite3
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from fallback.ports import StoreUnavailableError

_BUSY_SECONDS = 2.0
_SWITCH_PAUSE_SECONDS = 0.005


class SqliteStore:
    """A store in one file, through a connection in write-ahead mode.

    A commit survives the death of the process at any instant. A file that has been deleted or
    replaced is opened anew. Safe for many threads.
    """

    def __init__(self, path: Path) -> None:
        """Opens nothing yet: a process that forks first must not share a connection.

        Args:
            path: The database file; its folder is made when needed.
        """
        self._path = path
        self._lock = threading.Lock()
        self._connection: sqlite3.Connection | None = None
        self._inode: int | None = None

    @contextmanager
    def _transaction(self) -> Iterator[sqlite3.Connection]:
        """Commits what is done in the block, or nothing of it.

        Raises:
            StoreUnavailableError: The file cannot be used now.
        """
        with self._lock:
            try:
                if self._connection is not None and self._inode != self._present_inode():
                    self._drop()  # What is written to a deleted file is lost.
                if self._connection is None:
                    self._connection = self._connect()
                    self._inode = self._present_inode()
                with self._connection:
                    yield self._connection
            except (sqlite3.Error, OSError, OverflowError) as error:
                self._drop()
                raise StoreUnavailableError(f"SQLite: {error}") from error

    def _create(self, connection: sqlite3.Connection) -> None:
        """Makes the tables that are missing, each time that the file is opened."""
        raise NotImplementedError

    def _connect(self) -> sqlite3.Connection:
        self._path.parent.mkdir(parents=True, exist_ok=True)
        connection = sqlite3.connect(self._path, timeout=_BUSY_SECONDS, check_same_thread=False)
        try:
            _write_ahead(connection)
            connection.execute("PRAGMA synchronous = NORMAL")
            self._create(connection)
        except sqlite3.Error:
            connection.close()
            raise
        return connection

    def _present_inode(self) -> int | None:
        try:
            return self._path.stat().st_ino
        except FileNotFoundError:  # Or it is in memory.
            return None

    def _drop(self) -> None:
        """Starts anew next time: the file may be whole again by then."""
        if self._connection is not None:
            self._connection.close()
            self._connection = None


def returned(written: sqlite3.Cursor) -> object | None:
    """What a statement returns of the one row that it has written; None if it has written none."""
    row = written.fetchone()
    return None if row is None else row[0]


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
