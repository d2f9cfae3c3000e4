"""The page is left, reloaded or opened twice at any moment: what was typed is still there."""

import re
from typing import Any

import pytest
from playwright.sync_api import Locator, expect

from tests.browser.chat_page import ChatPage, OpenChat
from tests.browser.test_shell import NewContext, wait_for_worker
from tests.browser.test_waiting import asked, numbered
from tools.emulator.server import Emulator

pytestmark = pytest.mark.browser

AVAILABILITY = re.compile("/api/check-availability$")
CHAT = re.compile("/api/chat/")


def rows(chat: ChatPage) -> Locator:
    return chat.page.get_by_role("navigation", name="Conversations").get_by_role("listitem")


def test_what_is_being_rewritten_or_renamed_is_there_after_a_reload(
    nexus: str, gemini: Emulator, open_chat: OpenChat
) -> None:
    chat = open_chat(nexus)
    chat.page.clock.install()
    chat.page.reload()
    chat.ask_and_wait("Hello")
    rows(chat).get_by_role("button", name="Rename").click()
    title = chat.page.get_by_role("textbox", name="Title")
    title.fill("Half a tit")
    chat.page.reload()
    expect(title).to_have_value("Half a tit")
    title.press("End")
    title.press_sequentially("le")
    title.press("Enter")
    expect(rows(chat).get_by_role("link", name="Half a title")).to_be_visible()

    gemini.reset()
    error = {"code": "visitor_rate_limited", "message": "", "retry_after_seconds": 3600}
    chat.page.route(CHAT, lambda route: route.fulfill(status=429, json={"error": error}), times=2)
    chat.ask("Firts words")
    waiting = chat.articles.last
    expect(waiting.get_by_text("Waiting.")).to_be_visible()
    waiting.get_by_role("button", name="Edit").click()
    editor = chat.page.get_by_role("textbox", name="Your words")
    editor.fill("First words")

    chat.page.reload()
    expect(editor).to_have_value("First words")
    expect(editor).to_be_focused()
    chat.new_chat.click()
    chat.ask("A witness")
    expect(chat.articles.get_by_text("Waiting.")).to_be_visible()
    chat.page.clock.fast_forward("01:00:01")
    # once this has gone out, the instant of the other has passed as well
    expect(chat.status).to_have_text(re.compile("Answer complete"))
    assert asked(gemini) == ["A witness"]
    chat.page.go_back()
    expect(editor).to_have_value("First words")
    editor.press("Enter")

    expect(chat.answers).to_have_count(2)
    expect(chat.send).to_be_enabled()
    assert asked(gemini) == ["A witness", "First words"]


def test_a_key_that_ends_a_composition_sends_nothing(chat: ChatPage) -> None:
    devtools = chat.page.context.new_cdp_session(chat.page)
    chat.ask_and_wait("Hello")
    chat.articles.first.hover()
    chat.articles.first.get_by_role("button", name="Edit").click()
    editor = chat.page.get_by_role("textbox", name="Your words")
    editor.fill("")
    for field in (editor, chat.message):
        field.focus()
        composed = {"text": "にほん", "selectionStart": 3, "selectionEnd": 3}
        devtools.send("Input.imeSetComposition", composed)
        expect(field).to_have_value("にほん")
        devtools.send("Input.insertText", {"text": "日本"})
        field.dispatch_event("keydown", {"key": "Enter", "keyCode": 229, "bubbles": True})
        expect(field).to_have_value("日本")
    rows(chat).get_by_role("button", name="Rename").click()
    title = chat.page.get_by_role("textbox", name="Title")
    title.dispatch_event("keydown", {"key": "Enter", "keyCode": 229, "bubbles": True})

    expect(title).to_be_visible()
    expect(chat.articles).to_have_count(2)


def test_each_tab_keeps_its_own_draft_also_when_the_other_deletes_the_conversation(
    chat: ChatPage,
) -> None:
    chat.ask_and_wait("Hello")
    other = ChatPage(chat.page.context.new_page(), chat.page.url)
    other.open_beside()
    expect(other.articles).to_have_count(2)
    chat.message.fill("typed here")
    other.message.fill("typed there")
    for tab, words in ((chat, "typed here"), (other, "typed there")):
        tab.page.reload()
        expect(tab.articles).to_have_count(2)
        expect(tab.message).to_have_value(words)

    rows(other).get_by_role("button", name="Delete").click()

    for tab in (chat, other):
        expect(tab.articles).to_have_count(0)
        expect(rows(tab)).to_have_count(0)
    expect(chat.message).to_have_value("typed here")
    other.page.get_by_role("button", name="Undo").click()
    expect(other.message).to_have_value("typed there")
    expect(rows(chat)).to_have_count(1)
    other.page.close()


def test_an_answer_whose_tab_is_closed_goes_on_in_the_other_tab(
    chat: ChatPage, gemini: Emulator
) -> None:
    text = numbered(400)
    gemini.behave("*", "answer", text=text, chunks=200, chunk_seconds=0.3)
    other = ChatPage(chat.page.context.new_page(), chat.page.url)
    other.open_beside()
    other.ask("Hello")
    expect(other.answers.get_by_text("w3 w4")).to_be_visible()
    chat.page.bring_to_front()
    rows(chat).get_by_role("link", name="Hello").click()
    expect(chat.answers.get_by_text("w5 w6")).to_be_visible()
    expect(chat.stop).to_be_visible()
    gemini.reset()
    gemini.behave("*", "answer", text=text)

    other.page.close()

    expect(chat.status).to_have_text(re.compile("Answer complete"))
    expect(chat.answers.locator(".prose")).to_have_text(text.strip())
    expect(chat.stop).to_be_hidden()
    assert len(gemini.calls()) == 1


def test_what_was_written_offline_survives_the_tab_and_goes_out_in_order(
    gemini: Emulator, nexus: str, new_context: NewContext
) -> None:
    context = new_context(service_worker=True)
    chat = ChatPage(context.new_page(), nexus)
    chat.open()
    wait_for_worker(chat.page)
    chat.ask_and_wait("Hello")
    gemini.reset()
    gemini.behave("*", "answer", text="slow " * 300, chunks=300, chunk_seconds=0.2)
    context.set_offline(True)
    for words in ("One", "Two"):
        chat.ask(words)
        expect(chat.message).to_have_value("")
    address = chat.page.url

    chat.page.close()
    chat = ChatPage(context.new_page(), nexus)
    chat.page.goto(address)
    offline = chat.page.locator("p").get_by_text("You are offline")
    when_online = chat.articles.get_by_text("Will be sent automatically when you are back online.")
    in_turn = chat.articles.get_by_text("Will be sent automatically after the message before it.")
    expect(offline).to_be_visible()
    expect(when_online).to_have_count(1)
    expect(in_turn).to_have_count(1)
    context.set_offline(False)
    expect(offline).to_be_hidden()
    expect(chat.answers.last.get_by_text("slow")).to_be_visible()
    expect(when_online).to_have_count(0)
    expect(in_turn).to_have_count(1)
    chat.stop.click()

    expect(chat.answers.nth(2).get_by_text("slow")).to_be_visible()
    chat.stop.click()
    expect(chat.answers).to_have_count(3)
    expect(chat.send).to_be_enabled()
    assert asked(gemini) == ["One", "Two"]


def test_what_keeps_a_message_waiting_is_said_as_it_is_now(
    new_context: NewContext, gemini: Emulator, nexus: str
) -> None:
    context = new_context()
    chat = ChatPage(context.new_page(), nexus)
    chat.open()
    chat.ask_and_wait("Hello")  # What shows conversations has come.
    state: dict[str, Any] = {"status": "exhausted", "retry_after_seconds": 60}
    context.route(AVAILABILITY, lambda route: route.fulfill(json=state))
    context.set_offline(True)
    chat.ask("One")
    expect(chat.articles.get_by_text("when you are back online")).to_be_visible()

    context.set_offline(False)

    expect(chat.alert).to_contain_text("Temporarily unavailable")
    expect(chat.articles.get_by_text("when the service is back")).to_be_visible()
    expect(chat.articles.get_by_text("when you are back online")).to_have_count(0)
