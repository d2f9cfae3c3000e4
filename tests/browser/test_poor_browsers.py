"""Browsers that keep nothing, have no room, or lack what tabs agree by: the chat works."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import BrowserContext, expect

from tests.browser.chat_page import ChatPage
from tests.browser.test_waiting import asked, numbered
from tools.emulator.server import Emulator

pytestmark = pytest.mark.browser

AVAILABILITY = re.compile("/api/check-availability$")
CHAT = re.compile("/api/chat/")
NewContext = Callable[..., BrowserContext]

# Chromium's own limit (Storage.overrideQuotaForOrigin) does not bite on writes of this size.
DISK = """for (const [type, name] of [[IDBObjectStore, "put"], [Storage, "setItem"]]) {
    const original = type.prototype[name];
    type.prototype[name] = function (...values) {
        if (window.isDiskFull) throw new DOMException("no room", "QuotaExceededError");
        return original.apply(this, values);
    };
}"""
FILL_DISK = "() => { window.isDiskFull = true; }"


def test_on_a_full_disk_nothing_that_was_written_goes_while_the_page_is_open(
    gemini: Emulator, nexus: str, new_context: NewContext
) -> None:
    context = new_context()
    context.add_init_script(DISK)
    other, chat = (ChatPage(context.new_page(), nexus) for _ in range(2))  # the last is in front
    for tab in (other, chat):
        tab.open_beside()
    chat.ask_and_wait("Before")
    other.page.goto(chat.page.url)
    expect(other.articles).to_have_count(2)
    note = chat.page.locator("p").get_by_text("has no room for more")
    for tab in (chat, other):
        expect(note).to_be_hidden()
        tab.page.evaluate(FILL_DISK)

    chat.ask_and_wait("After")
    expect(note).to_have_count(1)
    note.get_by_role("button", name="OK").click()
    chat.message.fill("half a thought")
    chat.new_chat.click()
    chat.message.fill("another thought")
    chat.page.go_back()
    expect(chat.message).to_have_value("half a thought")
    chat.new_chat.click()
    expect(chat.message).to_have_value("another thought")
    chat.page.go_back()

    context.set_offline(True)
    chat.ask("Waits")
    expect(chat.articles.get_by_text("Waiting.")).to_be_visible()
    context.set_offline(False)
    for tab in (chat, other):
        expect(tab.answers).to_have_count(3)
        expect(tab.articles.get_by_text("Waiting.")).to_have_count(0)
        expect(tab.articles.nth(4)).to_contain_text("Waits")
        expect(tab.stop).to_be_hidden()
    assert asked(gemini) == ["Before", "After", "Waits"]
    expect(note).to_be_hidden()


def test_a_tab_that_goes_on_a_full_disk_leaves_to_the_other_what_that_one_has_seen(
    gemini: Emulator, nexus: str, new_context: NewContext
) -> None:
    context = new_context()
    context.add_init_script(DISK)
    chat = ChatPage(context.new_page(), nexus)
    chat.open()
    chat.ask_and_wait("Before")
    other = ChatPage(context.new_page(), chat.page.url)
    other.open_beside()
    expect(other.articles).to_have_count(2)
    for tab in (chat, other):
        tab.page.evaluate(FILL_DISK)
    text = numbered(400)
    gemini.behave("*", "answer", text=text, chunks=200, chunk_seconds=0.3)
    chat.ask("After")
    expect(other.answers.last.get_by_text("w5 w6")).to_be_visible()
    other.page.bring_to_front()
    gemini.reset()
    gemini.behave("*", "answer", text=text)

    chat.page.close()

    expect(other.status).to_have_text(re.compile("Answer complete"))
    expect(other.answers).to_have_count(2)
    expect(other.answers.last.locator(".prose")).to_have_text(text.strip())


WITHOUT = {
    "locks": "delete Navigator.prototype.locks;",
    "channels": "delete window.BroadcastChannel;",
}


@pytest.mark.parametrize("missing", [["locks"], ["channels"], ["locks", "channels"]])
def test_without_what_tabs_agree_by_a_waiting_message_goes_out_once(
    gemini: Emulator, nexus: str, new_context: NewContext, missing: list[str]
) -> None:
    context = new_context()
    context.add_init_script("".join(WITHOUT[name] for name in missing))
    chat = ChatPage(context.new_page(), nexus)
    state = {"status": "operational", "retry_after_seconds": 0.1}  # checked each second or so
    error = {"code": "models_exhausted", "message": "", "retry_after_seconds": 60}
    context.route(AVAILABILITY, lambda route: route.fulfill(json=state))
    context.route(CHAT, lambda route: route.fulfill(status=503, json={"error": error}), times=1)
    chat.open()
    state["status"] = "exhausted"
    chat.ask("Patience")
    expect(chat.articles.get_by_text("Waiting.")).to_be_visible()

    chat.page.reload()
    expect(chat.articles.get_by_text("Waiting.")).to_be_visible()
    with chat.page.expect_request(AVAILABILITY):  # it goes on asking
        pass
    state["status"] = "operational"

    expect(chat.answers).to_have_count(1)
    expect(chat.send).to_be_enabled()
    expect(chat.message).to_have_value("")
    chat.ask_and_wait("And again")
    assert asked(gemini) == ["Patience", "And again"]


def test_without_what_draws_conversations_the_page_says_so_and_keeps_them(
    gemini: Emulator, nexus: str, new_context: NewContext
) -> None:
    context = new_context()
    context.route(re.compile("/assets/conversation-"), lambda route: route.abort())
    chat = ChatPage(context.new_page(), nexus)
    chat.open()

    chat.message.fill("Hello")
    chat.message.press("Enter")
    expect(chat.page.get_by_text("This part of the page did not load.")).to_be_visible()
    expect(chat.status).to_have_text(re.compile("Answer complete"))
    context.unroute_all()
    chat.page.get_by_role("button", name="Reload").click()

    expect(chat.articles).to_have_count(2)


def test_without_what_draws_them_answers_go_on_as_plain_text(
    gemini: Emulator, nexus: str, new_context: NewContext
) -> None:
    context = new_context()
    context.route(re.compile("/assets/markdown_view-"), lambda route: route.abort())
    chat = ChatPage(context.new_page(), nexus)
    chat.open()
    gemini.behave("*", "answer", text="**part** " * 200, chunks=100, chunk_seconds=0.02)

    answer = chat.ask_and_wait("Hello")

    expect(answer).to_contain_text(("**part** " * 200).strip())
    expect(answer.locator(".prose *")).to_have_count(0)
