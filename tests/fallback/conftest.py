"""What tests of the runner share."""

from __future__ import annotations

import pytest

from tests.fallback.runner_scene import Scene


@pytest.fixture
def scene() -> Scene:
    return Scene()
