"""Both kinds of store, ready to be opened by as many as a test wants."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from fallback.ports import DemandStore, LimitStore, WindowStore
from fallback.stores.sqlite import SqliteWindowStore
from fallback.stores.sqlite_demand import SqliteDemandStore
from fallback.stores.sqlite_limits import SqliteLimitStore
from nexus.fairness.ports import VisitorStore
from nexus.fairness.stores.sqlite import SqliteVisitorStore
from tools.testkit.firestore import FirestoreEmulator

CALL_SECONDS = 60.0
"""Beside other work, the emulator can take longer than a call may in production."""

OpenStore = Callable[[], WindowStore]
OpenVisitorStore = Callable[[], VisitorStore]
OpenDemandStore = Callable[[], DemandStore]
OpenLimitStore = Callable[[], LimitStore]


@pytest.fixture(params=["sqlite", "firestore"])
def open_store(
    request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> OpenStore:
    """Opens one more view of the same, initially empty, store."""
    if request.param == "sqlite":
        return lambda: SqliteWindowStore(tmp_path / "folder" / "nexus.db")
    from fallback.stores.firestore import FirestoreWindowStore  # noqa: PLC0415 - a slow import

    emulator: FirestoreEmulator = request.getfixturevalue("firestore")
    for name, value in emulator.environ().items():
        monkeypatch.setenv(name, value)
    monkeypatch.setattr("fallback.stores.firestore.CALL_SECONDS", CALL_SECONDS)
    return lambda: FirestoreWindowStore(os.environ["GOOGLE_CLOUD_PROJECT"])


@pytest.fixture(params=["sqlite", "firestore"])
def open_visitor_store(
    request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> OpenVisitorStore:
    """The same for visitors."""
    if request.param == "sqlite":
        return lambda: SqliteVisitorStore(tmp_path / "folder" / "nexus.db")
    from nexus.fairness.stores.firestore import FirestoreVisitorStore  # noqa: PLC0415 - a slow import

    emulator: FirestoreEmulator = request.getfixturevalue("firestore")
    for name, value in emulator.environ().items():
        monkeypatch.setenv(name, value)
    monkeypatch.setattr("nexus.fairness.stores.firestore.CALL_SECONDS", CALL_SECONDS)
    return lambda: FirestoreVisitorStore(os.environ["GOOGLE_CLOUD_PROJECT"])


@pytest.fixture(params=["sqlite", "firestore"])
def open_limit_store(
    request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> OpenLimitStore:
    """The same for learned limits."""
    if request.param == "sqlite":
        return lambda: SqliteLimitStore(tmp_path / "folder" / "nexus.db")
    from fallback.stores.firestore_limits import FirestoreLimitStore  # noqa: PLC0415 - a slow import

    emulator: FirestoreEmulator = request.getfixturevalue("firestore")
    for name, value in emulator.environ().items():
        monkeypatch.setenv(name, value)
    monkeypatch.setattr("fallback.stores.firestore_limits.CALL_SECONDS", CALL_SECONDS)
    return lambda: FirestoreLimitStore(os.environ["GOOGLE_CLOUD_PROJECT"])


@pytest.fixture(params=["sqlite", "firestore"])
def open_demand_store(
    request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> OpenDemandStore:
    """The same for the demand."""
    if request.param == "sqlite":
        return lambda: SqliteDemandStore(tmp_path / "folder" / "nexus.db")
    from fallback.stores.firestore_demand import FirestoreDemandStore  # noqa: PLC0415 - a slow import

    emulator: FirestoreEmulator = request.getfixturevalue("firestore")
    for name, value in emulator.environ().items():
        monkeypatch.setenv(name, value)
    monkeypatch.setattr("fallback.stores.firestore_demand.CALL_SECONDS", CALL_SECONDS)
    return lambda: FirestoreDemandStore(os.environ["GOOGLE_CLOUD_PROJECT"])
