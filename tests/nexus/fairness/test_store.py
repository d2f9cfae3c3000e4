"""What visitors' store says of a store of texts that does not take what it is given."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from fallback.ports import MarkTable, StoreUnavailableError
from fallback.stores.sqlite_texts import SqliteTextStore
from nexus.fairness.store import REVOKED, VISITORS, VisitorStore

LATER = datetime(2100, 1, 1, tzinfo=UTC)


class MarksNothing(SqliteTextStore):
    """Is always told that another writer was first."""

    def mark(self, table: MarkTable, key: str, expires_at: datetime) -> bool:
        return False


def test_a_code_that_is_not_revoked_is_not_said_to_be(tmp_path: Path) -> None:
    store = VisitorStore(MarksNothing(tmp_path / "nexus.db", VISITORS, REVOKED))

    with pytest.raises(StoreUnavailableError):
        store.revoke("code", LATER)


def test_a_code_can_be_revoked_again(tmp_path: Path) -> None:
    store = VisitorStore(SqliteTextStore(tmp_path / "nexus.db", VISITORS, REVOKED))

    store.revoke("code", LATER)
    store.revoke("code", LATER)

    assert store.revoked() == {"code"}
