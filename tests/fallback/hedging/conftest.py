"""What tests of late models share."""

from __future__ import annotations

import pytest

from tests.fallback.hedging.late_scene import Scene


@pytest.fixture
def scene() -> Scene:
    return Scene()
