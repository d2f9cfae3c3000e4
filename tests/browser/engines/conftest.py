"""A browser of each engine for all tests of a worker, and an empty console after each of them."""

import re
from collections.abc import Iterator

import pytest

from tests.browser.engines.browsers import ENGINES, HEIGHT, WIDTH, Browser
from tests.browser.engines.chat import Chat
from tools.emulator.server import Emulator

# What Chromium itself says when a page asks whether it has a language model, and it has none;
# and what Firefox says of the storage of every frame.
WORDS_OF_THE_BROWSER = re.compile(
    "not an execution config available|service is not running|Partitioned cookie or storage access"
)


@pytest.fixture(scope="session", params=ENGINES)
def running_browser(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Browser]:
    with ENGINES[request.param](tmp_path_factory.mktemp(request.param)) as browser:
        yield browser


@pytest.fixture
def engine(running_browser: Browser, gemini: Emulator) -> Iterator[Browser]:
    running_browser.resize(WIDTH, HEIGHT)
    running_browser.take_console()
    yield running_browser
    running_browser.close_other_tabs()
    reports = [
        each for each in running_browser.take_console() if not WORDS_OF_THE_BROWSER.search(each)
    ]
    running_browser.open("about:blank")
    assert reports == []


@pytest.fixture
def chat(engine: Browser, nexus: str) -> Chat:
    chat = Chat(engine, nexus)
    chat.open()
    return chat
