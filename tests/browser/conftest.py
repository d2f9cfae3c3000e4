"""A real browser on the real page, before the real functions; only Gemini is emulated."""

import json
import os
import shutil
import tomllib
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Playwright, expect, sync_playwright

from tests.browser.chat_page import ChatPage, OpenChat
from tests.browser.nexus_process import ROOT, configuration, running_nexus
from tests.tools.serving.polling import eventually
from tools.emulator.server import Emulator

LAUNCH_FLAGS = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--process-per-site",
    "--disable-smooth-scrolling",  # What has been scrolled is where it will be.
]
# However long a test looks at one answer, the service does not end it.
PATIENT = {
    "deadline_seconds = 55": "deadline_seconds = 600",
    "first_text_seconds = 10": "first_text_seconds = 50",
    "idle_seconds = 20": "idle_seconds = 50",
}
TIMEOUT_MS = 60_000  # Only what never happens takes as long.

expect.set_options(timeout=TIMEOUT_MS)

# No service workers: one that takes over a page hides its requests from page.route().
# Tests of the worker itself open a context with `service_worker=True`.
NO_SERVICE_WORKER = "delete Navigator.prototype.serviceWorker"


@pytest.fixture(scope="session")
def playwright() -> Iterator[Playwright]:
    with sync_playwright() as playwright:
        yield playwright


@pytest.fixture(scope="session")
def browser(playwright: Playwright) -> Iterator[Browser]:
    # The shell draws and runs pages as Chromium does, and keeps no windows: a third less CPU.
    shell = shutil.which("chromium-headless-shell")
    path = shell or os.environ.get("CHROMIUM") or shutil.which("chromium")
    if not path:
        pytest.skip("missing tool: chromium")
    browser = playwright.chromium.launch(
        executable_path=ROOT / "tests/browser/chromium.sh",
        args=LAUNCH_FLAGS,
        env={**os.environ, "CHROMIUM": path},
    )
    yield browser
    browser.close()


@pytest.fixture(scope="session")
def running_gemini() -> Iterator[Emulator]:
    with Emulator() as emulator:
        yield emulator


@pytest.fixture
def gemini(running_gemini: Emulator) -> Iterator[Emulator]:
    """The emulator that all tests share, as if it were new."""
    running_gemini.reset()
    yield running_gemini
    running_gemini.reset()  # A later test may use Nexus and not this.


@pytest.fixture(scope="session")
def web_build() -> None:
    if not (ROOT / "web/dist/index.html").is_file():
        pytest.skip("missing tool: the web build; run: make web-build")


@pytest.fixture(scope="session")
def nexus_directory(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("nexus")


@pytest.fixture(scope="session")
def nexus(
    running_gemini: Emulator,
    web_build: None,
    nexus_directory: Path,
    models: list[dict[str, str]],
) -> Iterator[str]:
    """Address of one Nexus for all tests in which every model stays healthy.

    It has the first model only. With others, what one test lets it learn of slow answers would
    have it ask two models in the next one.
    """
    first = "".join(f"{key} = {json.dumps(value)}\n" for key, value in models[0].items())
    one = f"\n[[hierarchies.one.models]]\n{first}"
    environ = {
        "NEXUS_CONFIG": configuration(nexus_directory, PATIENT, one),
        "NEXUS_HIERARCHY": "one",
    }
    with running_nexus(running_gemini.url, nexus_directory, **environ) as address:
        yield address


@pytest.fixture(scope="session")
def nexus_state(nexus_directory: Path) -> str:
    """What `NEXUS_STATE` is in the processes of `nexus`."""
    return f"sqlite:{nexus_directory / 'nexus.db'}"


@pytest.fixture
def fresh_nexus(gemini: Emulator, web_build: None, tmp_path: Path) -> Iterator[str]:
    """Address of a Nexus of one's own, for tests that leave models exhausted."""
    config = configuration(tmp_path, PATIENT)
    with running_nexus(gemini.url, tmp_path, NEXUS_CONFIG=config) as address:
        yield address


@pytest.fixture(scope="session")
def exhausted_nexus(
    web_build: None, playwright: Playwright, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[str]:
    """Address of a Nexus of which every model is exhausted for longer than the tests take."""
    directory = tmp_path_factory.mktemp("exhausted")
    # Hours, whatever the time of the day is: quotas of a day end at midnight in California.
    lengths = {
        "named_cap = 900": "named_cap = 40000",
        "probe_interval = 1800": "probe_interval = 18000",
    }
    config = configuration(directory, lengths)
    with (
        Emulator() as gemini,
        running_nexus(gemini.url, directory, NEXUS_CONFIG=config) as address,
    ):
        gemini.behave("*", "retry-info-only", retry_delay="36000s")
        http = playwright.request.new_context(base_url=address)
        question = {"messages": [{"role": "user", "content": "Hello"}]}
        assert http.post("api/chat/v1/chat/completions", data=question).status == 503
        assert eventually(
            lambda: http.get("api/check-availability").json()["status"] == "exhausted"
        )
        assert eventually(lambda: "The chat cannot answer now" in http.get("status.html").text())
        http.dispose()
        yield address


@pytest.fixture
def new_context(browser: Browser) -> Iterator[Callable[..., BrowserContext]]:
    with ExitStack() as contexts:

        def new_context(*, service_worker: bool = False, **options: Any) -> BrowserContext:
            # What moves is drawn sixty times a second; few tests are about it.
            options = {"reduced_motion": "reduce"} | options
            context = contexts.enter_context(browser.new_context(**options))
            if not service_worker:
                context.add_init_script(NO_SERVICE_WORKER)
            context.set_default_timeout(TIMEOUT_MS)
            return context

        yield new_context


@pytest.fixture
def open_chat(new_context: Callable[..., BrowserContext]) -> OpenChat:
    def open_chat(address: str, **options: Any) -> ChatPage:
        chat = ChatPage(new_context(**options).new_page(), address)
        chat.open()
        return chat

    return open_chat


@pytest.fixture
def open_with_device(nexus: str, new_context: Callable[..., BrowserContext]) -> OpenChat:
    """Open a page whose browser has a language model, with that availability.

    One question waits, because every model of the service is exhausted.
    """
    exhausted = {"status": "exhausted", "retry_after_seconds": 720}
    refusal = {"error": {"code": "models_exhausted", "retry_after_seconds": 720}}

    def open_with_device(availability: str, *, question: str = "Hello") -> ChatPage:
        context = new_context(locale="en-GB")
        context.add_init_script(path=Path(__file__).with_name("language_model.js"))
        context.add_init_script(f"standIn.availability = {availability!r}")
        chat = ChatPage(context.new_page(), nexus)
        chat.open()
        chat.page.route("**/api/check-availability", lambda route: route.fulfill(json=exhausted))
        chat.page.route("**/status.json", lambda route: route.fulfill(json={}))
        chat.page.route("**/api/chat/**", lambda route: route.fulfill(status=503, json=refusal))
        chat.ask(question)
        expect(chat.articles.get_by_text("Waiting.")).to_be_visible()
        return chat

    return open_with_device


@pytest.fixture(scope="session")
def shared_context(browser: Browser) -> Iterator[BrowserContext]:
    context = browser.new_context(reduced_motion="reduce")
    context.add_init_script(NO_SERVICE_WORKER)
    context.set_default_timeout(TIMEOUT_MS)
    yield context
    context.close()


@pytest.fixture
def chat(gemini: Emulator, nexus: str, shared_context: BrowserContext) -> Iterator[ChatPage]:
    """A page of its own in a shared context, which is quicker to have than a new one."""
    chat = ChatPage(shared_context.new_page(), nexus)
    chat.forget_everything()
    chat.open()
    yield chat
    shared_context.set_offline(False)
    for page in shared_context.pages:
        page.close()


@pytest.fixture(scope="session")
def models() -> list[dict[str, str]]:
    """The default hierarchy: `name` and `display_name` of each model."""
    configuration = tomllib.loads((ROOT / "functions/nexus.toml").read_text())
    models: list[dict[str, str]] = configuration["hierarchies"]["default"]["models"]
    return models
