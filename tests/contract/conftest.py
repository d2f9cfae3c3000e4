"""Both kinds of store, ready to be opened by as many as a test wants."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from pkgutil import resolve_name
from typing import Any

import pytest

from fallback.limits.store import LIMITS, LimitStore
from fallback.ports import DemandStore, Table, TextStore, WindowStore
from fallback.stores.sqlite import SqliteWindowStore
from fallback.stores.sqlite_demand import SqliteDemandStore
from fallback.stores.sqlite_texts import SqliteTextStore
from nexus.fairness.store import REVOKED, VISITORS, VisitorStore
from nexus.waiting_room.store import LINE, TICKETS, LineStore
from tools.testkit.firestore import FirestoreEmulator

CALL_SECONDS = 60.0
"""Beside other work, the emulator can take longer than a call may in production."""

OpenStore = Callable[[], WindowStore]
OpenVisitorStore = Callable[[], VisitorStore]
OpenDemandStore = Callable[[], DemandStore]
OpenLimitStore = Callable[[], LimitStore]
OpenLineStore = Callable[[], LineStore]


Stores = Callable[..., Callable[[], Any]]


@pytest.fixture(params=["sqlite", "firestore"])
def stores(
    request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Stores:
    """Opens one more view of the same, initially empty, store, of the kind that is tested."""
    if request.param == "sqlite":
        return lambda sqlite, _: lambda: sqlite(tmp_path / "folder" / "nexus.db")
    emulator: FirestoreEmulator = request.getfixturevalue("firestore")
    for name, value in emulator.environ().items():
        monkeypatch.setenv(name, value)
    monkeypatch.setattr("fallback.stores.firestore_calls.CALL_SECONDS", CALL_SECONDS)
    project = os.environ["GOOGLE_CLOUD_PROJECT"]
    return lambda _, firestore: lambda: resolve_name(firestore)(project)


def texts(stores: Stores, *tables: Table) -> Callable[[], TextStore]:
    return stores(
        lambda path: SqliteTextStore(path, *tables),
        "fallback.stores.firestore_texts:FirestoreTextStore",
    )


@pytest.fixture
def open_store(stores: Stores) -> OpenStore:
    return stores(SqliteWindowStore, "fallback.stores.firestore:FirestoreWindowStore")


@pytest.fixture
def open_visitor_store(stores: Stores) -> OpenVisitorStore:
    open_texts = texts(stores, VISITORS, REVOKED)
    return lambda: VisitorStore(open_texts())


@pytest.fixture
def open_limit_store(stores: Stores) -> OpenLimitStore:
    open_texts = texts(stores, LIMITS)
    return lambda: LimitStore(open_texts())


@pytest.fixture
def open_demand_store(stores: Stores) -> OpenDemandStore:
    return stores(SqliteDemandStore, "fallback.stores.firestore_demand:FirestoreDemandStore")


@pytest.fixture
def open_line_store(stores: Stores) -> OpenLineStore:
    open_texts = texts(stores, LINE, TICKETS)
    return lambda: LineStore(open_texts())
