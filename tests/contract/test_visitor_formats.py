"""The stored formats of visitors, and what happens to records that are none of ours."""

from __future__ import annotations

import sqlite3
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from fallback.stores.sqlite_texts import SqliteTextStore
from nexus.fairness.core.allowance import Usage
from nexus.fairness.store import REVOKED, VISITORS, Record, VisitorStore, from_text, to_text
from tools.testkit.firestore import FirestoreEmulator

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)
LATER = datetime(2026, 11, 25, tzinfo=UTC)
LEDGER = {"a": Usage(NOW, NOW.date(), 1)}
TEXT = '{"a":[1795435200000,"2026-11-23",1]}'


def test_a_ledger_is_a_small_text() -> None:
    assert to_text(LEDGER) == TEXT
    assert from_text(TEXT) == LEDGER
    halves = {"a": replace(LEDGER["a"], used=1.25)}
    assert from_text(to_text(halves)) == halves


@pytest.mark.parametrize(
    "text",
    [
        None,
        7,
        '{"a":[0,"2026-11-23",NaN]}',
        "",
        "null",
        "[1]",
        '{"a": 1}',
        '{"a": [1, 2, 3]}',
        '{"a": [1e99, "x", 0]}',
    ],
)
def test_what_is_no_ledger_is_an_empty_one(text: object) -> None:
    assert from_text(text) == {}


def test_firestore_has_a_document_for_each_record(
    firestore: FirestoreEmulator, monkeypatch: pytest.MonkeyPatch
) -> None:
    from google.cloud.firestore import Client  # noqa: PLC0415 - a slow import

    from fallback.stores.firestore_texts import FirestoreTextStore  # noqa: PLC0415

    for name, value in firestore.environ().items():
        monkeypatch.setenv(name, value)
    client: Any = Client()
    store = VisitorStore(FirestoreTextStore())

    store.write("n", Record(LEDGER), LATER)
    store.revoke("code", LATER)

    fields = client.collection("visitors").document("n").get().to_dict()
    assert fields == {"usages": TEXT, "expires_at": LATER}
    revoked = client.collection("revoked_codes").document("code").get().to_dict()
    assert revoked == {"expires_at": LATER}


def test_sqlite_forgets_what_is_over(tmp_path: Path) -> None:
    store = VisitorStore(SqliteTextStore(tmp_path / "nexus.db", VISITORS, REVOKED))
    over = datetime(2020, 1, 1, tzinfo=UTC)
    store.write("old", Record(LEDGER), over)
    store.revoke("old", over)

    store.write("new", Record(LEDGER), datetime(2100, 1, 1, tzinfo=UTC))
    store.revoke("new", datetime(2100, 1, 1, tzinfo=UTC))

    with sqlite3.connect(tmp_path / "nexus.db") as file:
        assert file.execute("SELECT name FROM visitors").fetchall() == [("new",)]
    file.close()
    assert store.revoked() == {"new"}
