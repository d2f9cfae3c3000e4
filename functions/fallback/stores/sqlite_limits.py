"""Learned limits in an SQLite file: the embedded default, in the same file as the windows."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from fallback.core.meter import Meter
from fallback.stores.meter_text import from_text, to_text
from fallback.stores.sqlite_file import SqliteStore, TextTable

_LIMITS = TextTable("learned_limits", key="key", text="meter")


class SqliteLimitStore(SqliteStore):
    """Keeps meters in one file. Safe for many threads."""

    TABLES = (_LIMITS.create,)

    def read(self, key: str) -> Meter:
        """One meter; see `fallback.ports.LimitStore`."""
        with self._file.transaction() as connection:
            found = _LIMITS.read(connection, key)
            return from_text(*found[0][1:]) if found else Meter()

    def read_all(self) -> Mapping[str, Meter]:
        """All meters; see `fallback.ports.LimitStore`."""
        with self._file.transaction() as connection:
            return {key: from_text(*row) for key, *row in _LIMITS.read(connection)}

    def write(self, key: str, meter: Meter, expires_at: datetime) -> object | None:
        """Replaces a meter as it was read; see `fallback.ports.LimitStore`."""
        with self._file.transaction() as connection:
            return _LIMITS.write(connection, key, to_text(meter), expires_at, meter.version)
