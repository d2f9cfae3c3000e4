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
        return from_text(*self._text(_LIMITS, key))

    def read_all(self) -> Mapping[str, Meter]:
        """All meters; see `fallback.ports.LimitStore`."""
        return {key: from_text(*found) for key, found in self._texts(_LIMITS).items()}

    def write(self, key: str, meter: Meter, expires_at: datetime) -> object | None:
        """Replaces a meter as it was read; see `fallback.ports.LimitStore`."""
        return self._replace_text(_LIMITS, key, to_text(meter), expires_at, meter.version)
