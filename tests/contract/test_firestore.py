"""The stored format that others rely on, and what happens to a store that is gone."""

from __future__ import annotations

import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from fallback.core.windows import Window
from fallback.ports import StoreUnavailableError
from tools.testkit.firestore import FirestoreEmulator, firestore_emulator

MODEL = "gemini-3.8-flash"
WINDOW = Window(datetime(2026, 11, 22, 12, 0, 0, tzinfo=UTC), "overloaded")


@pytest.fixture
def documents(firestore: FirestoreEmulator, monkeypatch: pytest.MonkeyPatch) -> Any:
    from google.cloud.firestore import Client  # noqa: PLC0415 - a slow import

    for name, value in firestore.environ().items():
        monkeypatch.setenv(name, value)
    return Client().collection("exhaustion_windows")


def make_store() -> Any:
    from fallback.stores.firestore import FirestoreWindowStore  # noqa: PLC0415 - a slow import

    return FirestoreWindowStore()


def test_a_window_is_one_document(documents: Any) -> None:
    make_store().extend(MODEL, WINDOW)

    fields = documents.document(MODEL).get().to_dict()

    assert fields["until_ms"] == int(WINDOW.until.timestamp() * 1000)
    assert fields["reason"] == "overloaded"
    assert fields["expires_at"] - WINDOW.until == timedelta(days=2)


def test_a_document_of_two_fields_is_a_window(documents: Any) -> None:
    until_ms = int(WINDOW.until.timestamp() * 1000)
    documents.document(MODEL).set({"until_ms": until_ms, "reason": "isolated"})

    assert make_store().read()[MODEL] == Window(WINDOW.until, "isolated")


def test_a_healthy_model_has_no_document(documents: Any) -> None:
    store = make_store()
    store.extend(MODEL, WINDOW)

    store.close(MODEL, store.read()[MODEL])

    assert [document.id for document in documents.get()] == []


def test_another_database_has_windows_of_its_own(documents: Any) -> None:
    from fallback.stores.firestore import FirestoreWindowStore  # noqa: PLC0415 - a slow import

    other = FirestoreWindowStore(database="staging")
    other.extend(MODEL, WINDOW)

    assert set(other.read()) == {MODEL}
    assert make_store().read() == {}


def test_documents_that_are_not_ours_are_passed_over(documents: Any) -> None:
    documents.document("a").set({"until_ms": "soon"})
    documents.document("b").set({})
    documents.document("c").set({"until_ms": 10**18, "reason": "x"})
    documents.document("d").set({"until_ms": float("nan")})
    store = make_store()
    store.extend(MODEL, WINDOW)

    assert dict(store.read()) == {MODEL: WINDOW}


def test_a_store_that_is_gone_is_reported_in_time(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with firestore_emulator(tmp_path / "log") as emulator:
        for name, value in emulator.environ().items():
            monkeypatch.setenv(name, value)
        store = make_store()
        assert dict(store.read()) == {}
        emulator.kill()

        for call in (store.read, lambda: store.extend(MODEL, WINDOW)):
            started = time.monotonic()
            with pytest.raises(StoreUnavailableError):
                call()
            assert time.monotonic() - started < 5
