"""The simulation's documents keep to the contract of the real stores: its tests, on them."""

from __future__ import annotations

import pytest

from measure.simulation.documents import Documents
from tests.contract.conftest import OpenStore
from tests.contract.test_window_store import *  # noqa: F403 - all of them


@pytest.fixture
def open_store() -> OpenStore:
    documents = Documents()
    return lambda: documents
