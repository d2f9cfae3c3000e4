"""The page as a visitor knows it: by roles and names."""

import re
from collections.abc import Callable

from playwright.sync_api import FilePayload, Locator, Page, Request, expect


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
        """Send a message, wait until the answer is complete, and give it."""
        self.ask(words)
        expect(self.status).to_have_text(re.compile("Answer complete"))
        return self.answers.last


OpenChat = Callable[..., ChatPage]
"""Opens the page at an address; takes the options of a browser context."""


def sent(request: Request) -> list[dict[str, str]]:
    """The messages in a request to the chat."""
    body = request.post_data_json
    assert body is not None
    messages: list[dict[str, str]] = body["messages"]
    return messages


def set_hidden(chat: ChatPage, *, hidden: bool) -> None:
    """Let the page believe that nobody sees it, or that somebody does."""
    chat.page.evaluate(
        """hidden => {
            Object.defineProperty(document, "hidden", { configurable: true, value: hidden });
            document.dispatchEvent(new Event("visibilitychange"));
        }""",
        hidden,
    )
