"""The chat in a panel on somebody else's page, with `embed.js`."""

import json
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from typing import Any

import pytest

from tests.browser.engines.browsers import Browser
from tests.browser.engines.chat import Chat
from tests.browser.nexus_process import running_nexus
from tools.emulator.server import Emulator
from tools.testkit.web_server import WebServer

pytestmark = pytest.mark.browser

ESCAPE = "\ue00c"
IN_PANEL = """
    const shadow = document.querySelector("nexus-chat")?.shadowRoot;
    return shadow?.querySelector(arguments[0]) ?? null;
"""
HISTORY = "return [history.length, location.href]"
HAS_FOCUS = """
    return document.querySelector("nexus-chat").shadowRoot.activeElement?.className ?? "";
"""


@dataclass
class HostPage:
    """A page with `embed.js`, at two origins of which one is listed."""

    html: str = ""
    policy: str = ""
    listed: str = ""
    unlisted: str = ""


@pytest.fixture(scope="session")
def host_page(
    web_build: None, running_gemini: Emulator, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[HostPage]:
    page = HostPage()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.send_header("Content-Type", "text/html; charset=utf-8")
            self.send_header("Content-Security-Policy", page.policy)
            self.end_headers()
            self.wfile.write(page.html.encode())

        def log_message(self, *_: Any) -> None:
            pass

    server = WebServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
    port = server.server_address[1]
    page.listed, page.unlisted = (f"http://{host}:{port}" for host in ("localhost", "127.0.0.1"))
    folder: Path = tmp_path_factory.mktemp("embedding")
    settings = folder / "page.json"
    settings.write_text(json.dumps({"name": "Acme", "embedOrigins": [page.listed]}))
    with running_nexus(running_gemini.url, folder, NEXUS_PAGE=str(settings)) as nexus:
        page.html = f'''<!doctype html><html lang="en"><title>Host</title>
            <link rel="icon" href="data:,">
            <script async src="{nexus}embed.js" data-title="Help" data-theme="dark"></script>
            <h1>Host</h1><p><a href="#there">A link</a></p></html>'''
        page.policy = f"default-src 'none'; script-src {nexus}; frame-src {nexus}; img-src data:"
        yield page
    server.shutdown()
    server.server_close()


def open_panel(browser: Browser, url: str) -> Chat:
    """Open the page and its panel; what follows is about the chat in it."""
    chat = Chat(browser, url)
    browser.open(url)
    chat.until(lambda: browser.run(IN_PANEL, "button.open") is not None)
    browser.click(browser.run(IN_PANEL, "button.open"))
    chat.until(lambda: browser.run(IN_PANEL, "iframe") is not None)
    browser.enter_frame(browser.run(IN_PANEL, "iframe"))
    return chat


def test_a_listed_page_shows_the_chat_and_keeps_its_history_and_keyboard(
    engine: Browser, host_page: HostPage, gemini: Emulator
) -> None:
    engine.open(host_page.listed)
    before = engine.run(HISTORY)
    chat = open_panel(engine, host_page.listed)
    chat.wait_for_message_box()
    assert engine.run("return document.documentElement.dataset.theme") == "dark"
    engine.click(chat.message())  # WebKit lets nobody type in a frame before
    chat.ask("Hello")
    chat.until_answered()
    chat.press("New chat")
    chat.until(lambda: chat.text("article") == "")
    chat.press("Conversations")
    engine.click(chat.find("a span", "Hello"))
    chat.until_read("Hello")
    # Whatever is still open would take the key, as would a tooltip under the pointer.
    chat.until(lambda: engine.run("return document.querySelector('dialog:modal')") is None)
    engine.click(chat.message())

    chat.write(ESCAPE)

    engine.leave_frame()
    chat.until(lambda: engine.run(HAS_FOCUS) == "open")
    assert engine.run(HISTORY) == before


def test_a_page_that_is_not_listed_gets_a_sentence(engine: Browser, host_page: HostPage) -> None:
    chat = open_panel(engine, host_page.unlisted)

    chat.until(lambda: "Another site is showing this chat" in chat.text("main"))
    assert engine.run("return document.querySelector('textarea')") is None
    engine.type(engine.run("return document.body"), ESCAPE)
    engine.leave_frame()
    chat.until(lambda: engine.run(HAS_FOCUS) == "open")
