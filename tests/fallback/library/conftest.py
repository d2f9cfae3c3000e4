"""A Gemini emulator, and an environment that points at it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from fallback.library.parts import current_parts
from tools.emulator.server import Emulator


@pytest.fixture
def gemini(tmp_path: Path) -> Iterator[Emulator]:
    with Emulator() as emulator, pytest.MonkeyPatch.context() as environment:
        environment.setenv("GEMINI_API_KEY", "made-up-key")
        environment.setenv("GOOGLE_GEMINI_BASE_URL", emulator.url)
        environment.setenv("XDG_STATE_HOME", str(tmp_path))
        for name in ("NEXUS_STATE", "NEXUS_CONFIG", "NEXUS_HIERARCHY"):
            environment.delenv(name, raising=False)
        yield emulator
        # A program keeps its connections until it ends; a test must not leave them to the next.
        current_parts().close()
