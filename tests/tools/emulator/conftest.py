"""One emulator for all tests, reset for each, and the real SDK to call it with."""

from collections.abc import Callable, Iterator

import pytest

from tests.tools.emulator.sdk import Sdk
from tools.emulator.server import Emulator


@pytest.fixture(scope="session")
def running() -> Iterator[Emulator]:
    with Emulator() as emulator:
        yield emulator


@pytest.fixture
def gemini(running: Emulator) -> Emulator:
    running.reset()
    return running


@pytest.fixture
def connect() -> Iterator[Callable[..., Sdk]]:
    """Make clients that are closed after the test."""
    made: list[Sdk] = []

    def connect(url: str, timeout_seconds: float | None = None) -> Sdk:
        made.append(Sdk(url, timeout_seconds))
        return made[-1]

    yield connect
    for sdk in made:
        sdk.client.close()


@pytest.fixture(scope="session")
def connected(running: Emulator) -> Iterator[Sdk]:
    # One for all, because to make a client takes far longer than to call with it.
    sdk = Sdk(running.url)
    yield sdk
    sdk.client.close()


@pytest.fixture
def sdk(gemini: Emulator, connected: Sdk) -> Sdk:
    return connected
