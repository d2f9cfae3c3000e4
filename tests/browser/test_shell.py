"""The page as a thing on a device: offline, in several tabs, in a frame, above a keyboard."""

import contextlib
import re
import shutil
import socket
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import uvicorn
from playwright.sync_api import BrowserContext, Page, Route, expect
from playwright.sync_api import TimeoutError as BrowserTimeout

from tests.browser.chat_page import ChatPage
from tests.browser.nexus_process import ROOT
from tests.tools.serving.polling import eventually
from tools.emulator.server import Emulator
from tools.serving.static_files import web_client

pytestmark = pytest.mark.browser

NewContext = Callable[..., BrowserContext]

AVAILABILITY = re.compile("/api/check-availability$")
KEPT = """async () => {
    const paths = [];
    for (const name of await caches.keys()) {
        const cache = await caches.open(name);
        for (const { url } of await cache.keys()) paths.push(new URL(url).pathname);
    }
    return paths;
}"""


def wait_for_worker(page: Page) -> None:
    page.wait_for_function("() => navigator.serviceWorker.controller?.state === 'activated'")


@pytest.mark.parametrize("path", ["", "index.html"])
def test_the_page_opens_offline_and_says_so(
    gemini: Emulator, nexus: str, new_context: NewContext, path: str
) -> None:
    context = new_context(service_worker=True)
    chat = ChatPage(context.new_page(), nexus + path)
    complaints: list[str] = []
    chat.page.on("console", lambda message: complaints.append(message.text))
    chat.open()
    wait_for_worker(chat.page)
    chat.ask_and_wait("Hello")
    assert complaints == []

    note = chat.page.locator("p").get_by_text("You are offline")
    context.set_offline(True)
    expect(note).to_be_visible()
    expect(chat.status).to_have_text(re.compile("You are offline"))
    chat.page.reload()
    expect(note).to_be_visible()
    expect(chat.articles).to_have_count(2)
    chat.page.get_by_role("button", name="Settings").click()
    expect(chat.page.get_by_role("radio", name="Dark")).to_be_visible()
    chat.message.fill("Written on a train")
    kept = chat.page.evaluate(KEPT)
    assert "/index.html" in kept
    assert [each for each in kept if "/api/" in each] == []

    context.set_offline(False)
    expect(note).to_be_hidden()
    expect(chat.message).to_have_value("Written on a train")
    chat.send.click()
    expect(chat.status).to_have_text(re.compile("Answer complete"))


@pytest.fixture
def deployment(web_build: None, tmp_path: Path) -> Iterator[tuple[str, Path]]:
    """Address and folder of a page that can be deployed anew."""
    folder = tmp_path / "web"
    shutil.copytree(ROOT / "web/dist", folder)
    listener = socket.create_server(("127.0.0.1", 0))
    server = uvicorn.Server(
        uvicorn.Config(web_client(folder), lifespan="off", log_level="warning", ws="none")
    )
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]})
    thread.start()
    yield f"http://127.0.0.1:{listener.getsockname()[1]}/", folder
    server.should_exit = True
    thread.join(10)


def deploy_another_build(folder: Path) -> None:
    """As if a source had changed: the page, the name of its script, and the list in the worker."""
    old = next(folder.glob("assets/main-*.js"))
    new = old.rename(old.with_name("main-N3WBU1LD.js"))
    for name in ("index.html", "sw.js"):
        text = (folder / name).read_text().replace(old.name, new.name)
        text = re.sub(r'version:"\w+"', 'version:"another"', text)
        (folder / name).write_text(text.replace("<title>Nexus", "<title>Another Nexus"))


def test_a_new_build_is_shown_at_once_and_takes_over_when_the_old_pages_are_closed(
    deployment: tuple[str, Path], new_context: NewContext
) -> None:
    address, folder = deployment
    context = new_context(service_worker=True)
    page = context.new_page()
    page.goto(address)
    wait_for_worker(page)
    [old] = page.evaluate("() => caches.keys()")

    deploy_another_build(folder)
    page.reload()
    expect(page).to_have_title("Another Nexus")
    expect(page.get_by_role("textbox", name="Message")).to_be_visible()
    waiting = "async () => (await navigator.serviceWorker.ready).waiting !== null"
    assert eventually(lambda: page.evaluate(waiting))
    assert old in page.evaluate("() => caches.keys()"), "an open page may still need its files"

    page.close()
    page = context.new_page()
    # With a debugger at its workers, Chromium now and then loses the navigation that meets one as
    # it is replaced; the next one arrives.
    with contextlib.suppress(BrowserTimeout):
        page.goto(address, wait_until="commit", timeout=20_000)
    page.goto(address)
    assert eventually(lambda: old not in page.evaluate("() => caches.keys()"))
    context.set_offline(True)
    page.reload()
    expect(page).to_have_title("Another Nexus")
    expect(page.locator("p").get_by_text("You are offline")).to_be_visible()


def test_a_page_that_the_server_cannot_give_comes_from_what_was_kept(
    deployment: tuple[str, Path], new_context: NewContext
) -> None:
    address, folder = deployment
    page = new_context(service_worker=True).new_page()
    page.goto(address)
    wait_for_worker(page)

    (folder / "index.html").unlink()
    page.reload()

    expect(page.get_by_role("textbox", name="Message")).to_be_visible()


def test_all_tabs_share_one_poll(nexus: str, new_context: NewContext) -> None:
    context = new_context()
    state = {"status": "exhausted", "retry_after_seconds": 0.1}  # checked each second or so
    unanswered: list[Route] = []
    is_slow = False

    def reply(route: Route) -> None:
        if route.request.headers["accept"] == "text/event-stream":
            route.abort()  # Only one tab listens, and another test sees it.
        elif is_slow:
            unanswered.append(route)
        else:
            route.fulfill(json=state)

    context.route(AVAILABILITY, reply)
    tabs = [ChatPage(context.new_page(), nexus) for _ in range(3)]
    for chat in tabs:
        chat.page.goto(nexus)  # It need not ask: another may have told it already.
        expect(chat.message).to_be_disabled()
    is_slow = True
    while not unanswered:
        tabs[0].page.wait_for_timeout(100)
    for chat in tabs:
        chat.page.evaluate("() => { window.later = new Promise((now) => setTimeout(now, 3000)); }")
    for chat in tabs:
        chat.page.evaluate("() => window.later")

    # Three tabs that each asked for themselves would all have asked by now.
    assert len(unanswered) == 1

    is_slow = False
    state["status"] = "operational"
    unanswered[0].fulfill(json=state)
    for chat in tabs:
        expect(chat.message).to_be_enabled()


def test_a_refusal_in_one_tab_is_known_in_the_others(nexus: str, new_context: NewContext) -> None:
    context = new_context()
    second, first = (ChatPage(context.new_page(), nexus) for _ in range(2))  # the last is in front
    for chat in (second, first):
        chat.open_beside()
    error = {"code": "models_exhausted", "message": "", "retry_after_seconds": 60}
    first.page.route(
        "**/api/chat/**", lambda route: route.fulfill(status=503, json={"error": error})
    )

    first.ask("Hello")

    for chat in (first, second):
        expect(chat.alert).to_contain_text("Temporarily unavailable")


def test_in_a_frame_of_another_site_there_is_nothing_to_press(
    nexus: str, new_context: NewContext
) -> None:
    page = new_context().new_page()
    page.set_content(f'<iframe src="{nexus}" width="800" height="600"></iframe>')
    frame = page.frame_locator("iframe")

    expect(frame.get_by_text("Another site is showing this chat")).to_be_visible()
    link = frame.get_by_role("link", name="Open the chat in its own tab")
    expect(link).to_have_attribute("href", nexus)
    expect(link).to_have_attribute("target", "_blank")
    expect(frame.get_by_role("textbox")).to_have_count(0)
    expect(frame.get_by_role("button")).to_have_count(0)


def test_the_on_screen_keyboard_leaves_the_composer_in_sight(
    nexus: str, new_context: NewContext
) -> None:
    context = new_context(viewport={"width": 390, "height": 660}, has_touch=True, is_mobile=True)
    # iOS makes the visual viewport smaller and leaves the layout as it is.
    context.add_init_script(
        """const viewport = Object.assign(new EventTarget(), { height: 660, scale: 1 });
        Object.defineProperty(window, "visualViewport", { value: viewport });"""
    )
    chat = ChatPage(context.new_page(), nexus)
    chat.open()

    chat.page.evaluate(
        """() => {
            visualViewport.height = 376;
            visualViewport.dispatchEvent(new Event("resize"));
        }"""
    )

    for part in (chat.message, chat.send, chat.new_chat):
        box = part.bounding_box()
        assert box
        assert box["y"] >= 0
        assert box["y"] + box["height"] <= 376
    log = chat.log.bounding_box()
    assert log
    assert log["height"] > 150, "there is still something to read"
