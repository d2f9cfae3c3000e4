"""What tests of shared windows have in common."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.fallback.windows.shared_scene import Scene


@pytest.fixture
def scene() -> Iterator[Scene]:
    scene = Scene()
    yield scene
    scene.store.gate.set()
