"""A Gemini emulator and functions that talk to it, for each test its own state."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tools.emulator.server import Emulator
from tools.testkit.serving import API_KEY, ServedFunction, serve

MODELS = (
    "gemini-3.8-flash",
    "gemini-3.6-flash",
    "gemini-3.5-flash-lite",
    "gemini-3.1-flash-lite",
    "gemini-2.5-flash-lite",
)
Serve = Callable[..., ServedFunction]


@pytest.fixture
def gemini() -> Iterator[Emulator]:
    with Emulator() as emulator:
        yield emulator


@pytest.fixture
def start(gemini: Emulator, tmp_path: Path) -> Iterator[Serve]:
    """Starts functions on one state; keyword arguments are further variables."""
    count = 0
    with contextlib.ExitStack() as stack:

        def start_one(target: str = "chat", **variables: str) -> ServedFunction:
            nonlocal count
            count += 1
            environ = {
                "GEMINI_API_KEY": API_KEY,
                "GOOGLE_GEMINI_BASE_URL": gemini.url,
                "NEXUS_STATE": f"sqlite:{tmp_path / 'state' / 'nexus.db'}",
            }
            log = tmp_path / f"{target}-{count}.log"
            return stack.enter_context(serve(target, environ | variables, log))

        yield start_one


@pytest.fixture
def chat(start: Serve) -> ServedFunction:
    """The chat function."""
    return start("chat")


SHORT = {
    "first_text_seconds = 10": "first_text_seconds = 1",
    "thinking_seconds = 30": "thinking_seconds = 2",
    "idle_seconds = 20": "idle_seconds = 1",
    "deadline_seconds = 55": "deadline_seconds = 6",
    "last_resort_seconds = 10": "last_resort_seconds = 1.5",
    "body_seconds = 20": "body_seconds = 2",
}
LONG = {"max_output_tokens = 8192": "max_output_tokens = 1000000"}


@pytest.fixture
def short_config(tmp_path: Path) -> Path:
    """The real configuration with shorter times, for tests that must see them pass."""
    return configuration(tmp_path / "short.toml", SHORT)


@pytest.fixture
def long_config(tmp_path: Path) -> Path:
    """The real configuration with answers so long that no buffer takes one whole."""
    return configuration(tmp_path / "long.toml", LONG)


def configuration(path: Path, changes: dict[str, str]) -> Path:
    text = (Path(__file__).parents[2] / "functions" / "nexus.toml").read_text()
    for old, new in changes.items():
        assert old in text
        text = text.replace(old, new)
    path.write_text(text)
    return path
