"""The page as a visitor knows it: by roles and names."""

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from playwright.sync_api import FilePayload, Locator, Page, Request, Route, expect

CHAT = re.compile("/api/chat/")

# Effects have run, what was measured has been applied, and media queries have been answered.
LAID_OUT = """() => new Promise((done) =>
    requestAnimationFrame(() => requestAnimationFrame(() => setTimeout(done))))"""

# The newest answer is whole and on the page, with its buttons, and nothing has moved for some
# frames: what is pressed now is still under the pointer when the press arrives.
AT_REST = """() => {
    const log = document.querySelector("[role=log]");
    const answer = [...document.querySelectorAll(".answer")].at(-1);
    const text = answer?.querySelector(".prose");
    const isWhole = answer && (!text || (text.hasChildNodes() && !answer.querySelector(".on-paper")
        && answer.querySelectorAll(".answer-tools > .copy").length > 1));
    const count = document.querySelectorAll("[role=log] *").length;
    const look = [count, log?.scrollHeight, log?.scrollTop].join();
    const { look: before, frames } = window.rest ?? { frames: 0 };
    window.rest = { look, frames: isWhole && look === before ? frames + 1 : 0 };
    return window.rest.frames >= 4;
}"""


class ChatPage:
    """The chat in one browser page."""

    def __init__(self, page: Page, url: str) -> None:
        self.page = page
        self.url = url
        self.message = page.get_by_role("textbox", name="Message")
        self.send = page.get_by_role("button", name="Send")
        self.stop = page.get_by_role("button", name="Stop")
        self.retry = page.get_by_role("button", name="Retry")
        self.again = page.get_by_role("button", name="Try again")  # Of an answer that is finished.
        self.new_chat = page.get_by_role("button", name="New chat")
        self.log = page.get_by_role("log", name="Conversation")
        self.articles = self.log.get_by_role("article")
        self.answers = self.articles.filter(
            has=page.get_by_role("heading", name="Nexus Core", exact=True)
        )
        self.processing = page.get_by_text("Processing…")
        self.about = page.get_by_role("button", name="About the model")
        self.tooltip = page.get_by_role("tooltip")
        self.alert = page.get_by_role("alert")
        self.countdown = page.get_by_role("timer")
        self.status = page.get_by_role("status")

    def open(self) -> None:
        """Open the page and wait until it has asked for the service's state."""
        with self.page.expect_response(re.compile("/api/check-availability$")):
            self.page.goto(self.url)
        self.page.evaluate(LAID_OUT)

    def open_beside(self) -> None:
        """Open the page where another tab may have told it the service's state already."""
        self.page.goto(self.url)
        expect(self.message).to_be_enabled()
        self.page.evaluate(LAID_OUT)

    def come_to_rest(self) -> None:
        """Wait until nothing moves any more in the conversation, which has been answered."""
        self.page.wait_for_function(AT_REST)

    def forget_everything(self) -> None:
        """Clear what the browser keeps for the page, before it is opened."""
        devtools = self.page.context.new_cdp_session(self.page)
        where = {"origin": self.url.rstrip("/"), "storageTypes": "all"}
        devtools.send("Storage.clearDataForOrigin", where)
        devtools.detach()

    def choose_file(self, name: str, text: str) -> None:
        """Import a file of conversations."""
        file = FilePayload(name=name, mimeType="", buffer=text.encode())
        self.page.locator("input[type=file]").set_input_files([file])

    def ask(self, words: str) -> None:
        """Write a message and send it."""
        self.message.fill(words)
        self.send.click()

    def ask_and_wait(self, words: str) -> Locator:
        """Send a message, wait until the answer is complete and in its place, and give it."""
        self.ask(words)
        expect(self.status).to_have_text(re.compile("Answer complete"))
        self.come_to_rest()
        return self.answers.last


OpenChat = Callable[..., ChatPage]
"""Opens the page at an address; takes the options of a browser context."""


def sent(request: Request) -> list[dict[str, str]]:
    """The messages in a request to the chat."""
    body = request.post_data_json
    assert body is not None
    messages: list[dict[str, str]] = body["messages"]
    return messages


@contextmanager
def on_hold(page: Page) -> Iterator[None]:
    """Keep questions from going out until the end of the block, however long it takes."""
    held: list[Route] = []
    page.route(CHAT, lambda route: held.append(route))  # noqa: PLW0108 - it counts parameters
    yield
    for route in held:
        route.continue_()
    page.unroute(CHAT)


def where_scrolling_ends(chat: ChatPage) -> float:
    """How far the conversation is scrolled, once it has not moved for some frames."""
    script = """() => {
        const { scrollTop: top } = document.querySelector("[role=log]");
        const { top: before, frames } = window.scrolled ?? { frames: 0 };
        window.scrolled = { top, frames: top === before ? frames + 1 : 0 };
        return window.scrolled.frames >= 20;
    }"""
    chat.page.evaluate("() => { delete window.scrolled; }")
    chat.page.wait_for_function(script)
    top: float = chat.page.evaluate("() => window.scrolled.top")
    return top


def until(page: Page, condition: Callable[[], bool]) -> None:
    """Let a page go on until something has happened that it does not show."""
    for _ in range(3_000):
        if condition():
            return
        page.wait_for_timeout(20)
    raise AssertionError("it has not happened")


def set_hidden(chat: ChatPage, *, hidden: bool) -> None:
    """Let the page believe that nobody sees it, or that somebody does."""
    chat.page.evaluate(
        """hidden => {
            Object.defineProperty(document, "hidden", { configurable: true, value: hidden });
            document.dispatchEvent(new Event("visibilitychange"));
        }""",
        hidden,
    )
