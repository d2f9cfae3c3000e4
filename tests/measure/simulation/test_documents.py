"""The simulation's documents keep to the contract of the real stores: its tests, on them."""

from __future__ import annotations

import pytest

from fallback.stores import firestore_calls
from measure.simulation.documents import Documents
from measure.simulation.store import CALL_SECONDS
from tests.contract.conftest import OpenStore
from tests.contract.test_window_store import *  # noqa: F403 - all of them


@pytest.fixture
def open_store() -> OpenStore:
    documents = Documents()
    return lambda: documents


def test_a_call_takes_as_long_as_the_real_one_may() -> None:
    assert CALL_SECONDS == firestore_calls.CALL_SECONDS
