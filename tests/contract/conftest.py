"""Both kinds of store, ready to be opened by as many as a test wants."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from pkgutil import resolve_name
from typing import Any

import pytest

from fallback.ports import DemandStore, LimitStore, WindowStore
from fallback.stores.sqlite import SqliteWindowStore
from fallback.stores.sqlite_demand import SqliteDemandStore
from fallback.stores.sqlite_limits import SqliteLimitStore
from nexus.fairness.ports import VisitorStore
from nexus.fairness.stores.sqlite import SqliteVisitorStore
from nexus.waiting_room.ports import LineStore
from nexus.waiting_room.stores.sqlite import SqliteLineStore
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


@pytest.fixture
def open_store(stores: Stores) -> OpenStore:
    return stores(SqliteWindowStore, "fallback.stores.firestore:FirestoreWindowStore")


@pytest.fixture
def open_visitor_store(stores: Stores) -> OpenVisitorStore:
    return stores(SqliteVisitorStore, "nexus.fairness.stores.firestore:FirestoreVisitorStore")


@pytest.fixture
def open_limit_store(stores: Stores) -> OpenLimitStore:
    return stores(SqliteLimitStore, "fallback.stores.firestore_limits:FirestoreLimitStore")


@pytest.fixture
def open_demand_store(stores: Stores) -> OpenDemandStore:
    return stores(SqliteDemandStore, "fallback.stores.firestore_demand:FirestoreDemandStore")


@pytest.fixture
def open_line_store(stores: Stores) -> OpenLineStore:
    return stores(SqliteLineStore, "nexus.waiting_room.stores.firestore:FirestoreLineStore")
