"""The focus stays where a reader expects it, and what was deleted can be had back."""

import json
import re

import pytest
from playwright.sync_api import Locator, expect

from tests.browser.chat_page import ChatPage, OpenChat
from tests.browser.test_long_conversations import conversation
from tools.emulator.server import Emulator

pytestmark = pytest.mark.browser

CHAT = re.compile("/api/chat/")
LISTEN = """status => {
    window.said = [];
    new MutationObserver(() => window.said.push(status.textContent))
        .observe(status, { childList: true, characterData: true, subtree: true });
}"""


def rows(chat: ChatPage) -> Locator:
    return chat.page.get_by_role("dialog").get_by_role("listitem")


def test_retry_by_key_leaves_the_focus_with_the_conversation(chat: ChatPage) -> None:
    chat.page.route(CHAT, lambda route: route.abort(), times=1)
    chat.ask("Hello")
    expect(chat.answers.get_by_text("could not be reached")).to_be_visible()

    chat.retry.focus()
    chat.retry.press("Enter")

    expect(chat.log).to_be_focused()
    expect(chat.status).to_have_text(re.compile("Answer complete"))
    expect(chat.log).to_be_focused()


def test_asking_again_by_key_leaves_the_focus_with_the_conversation(chat: ChatPage) -> None:
    chat.ask_and_wait("One")
    chat.articles.first.get_by_role("button", name="Edit").focus()
    chat.page.keyboard.press("Enter")
    editor = chat.page.get_by_role("textbox", name="Your words")
    editor.fill("Uno")
    chat.page.evaluate(LISTEN, chat.status.element_handle())
    editor.press("Enter")

    expect(chat.log).to_be_focused()
    chat.page.wait_for_function("() => window.said.some((it) => it.startsWith('Answer complete'))")
    expect(chat.log).to_be_focused()


def test_what_was_rewritten_is_there_again_after_escape(chat: ChatPage) -> None:
    chat.ask_and_wait("One")
    edit = chat.articles.first.get_by_role("button", name="Edit")
    edit.focus()
    chat.page.keyboard.press("Enter")
    editor = chat.page.get_by_role("textbox", name="Your words")
    editor.fill("One, in other words")
    editor.press("Escape")
    expect(chat.articles.first).to_contain_text("One")
    expect(edit).to_be_focused()

    chat.page.keyboard.press("Enter")
    expect(editor).to_have_value("One, in other words")


def test_copying_twice_is_announced_twice(chat: ChatPage) -> None:
    chat.ask_and_wait("Hello")
    chat.page.evaluate(LISTEN, chat.status.element_handle())
    for count in (1, 2):
        chat.page.get_by_role("button", name="Copy answer").click()
        chat.page.wait_for_function(
            "count => window.said.filter((words) => words.startsWith('Copied.')).length === count",
            arg=count,
        )


def test_deletions_can_be_undone_from_wherever_one_is(nexus: str, open_chat: OpenChat) -> None:
    chat = open_chat(nexus, viewport={"width": 390, "height": 844})
    for words in ("One", "Two"):
        chat.ask_and_wait(words)
        chat.new_chat.click()
    opener = chat.page.get_by_role("button", name="Conversations")
    opener.click()
    undo = chat.page.get_by_role("button", name="Undo")
    for count in (1, 0):
        rows(chat).first.get_by_role("button", name="Delete").click()
        expect(rows(chat)).to_have_count(count)
        expect(undo).to_be_focused()
    chat.page.get_by_role("dialog").get_by_role("button", name="Close").click()

    expect(undo).to_be_visible()
    undo.click()
    expect(chat.articles.first).to_contain_text("One")
    undo.click()
    expect(chat.articles.first).to_contain_text("Two")
    expect(undo).to_be_hidden()
    opener.click()
    expect(rows(chat)).to_have_count(2)


def test_the_drawer_keeps_its_place(nexus: str, open_chat: OpenChat) -> None:
    chat = open_chat(nexus)
    file = json.loads(conversation(["An answer"]))
    [one] = file["conversations"]
    file["conversations"] = [{**one, "id": str(number)} for number in range(6)]
    chat.choose_file("six.json", json.dumps(file))
    chat.page.set_viewport_size({"width": 390, "height": 320})
    opener = chat.page.get_by_role("button", name="Conversations")
    opener.click()
    drawer = chat.page.get_by_role("dialog")
    expect(rows(chat)).to_have_count(6)
    expect(drawer.get_by_text("Export and import")).to_be_attached()
    # resolves in the frame after the one in which the page hears of it
    scroll = """drawer => new Promise((resolve) => {
        const later = () => requestAnimationFrame(() => resolve(drawer.scrollTop));
        drawer.addEventListener("scroll", later);
        drawer.scrollTop = 60;
    })"""
    place = drawer.evaluate(scroll)
    assert place > 0
    drawer.get_by_role("button", name="Close").dispatch_event("click")
    expect(drawer).to_be_hidden()

    opener.click()

    expect(drawer).to_be_visible()
    assert drawer.evaluate("drawer => drawer.scrollTop") == place


def test_a_blocked_prompt_says_so_and_offers_other_words(chat: ChatPage, gemini: Emulator) -> None:
    gemini.behave("*", "blocked-prompt")
    chat.ask_and_wait("Something forbidden")

    expect(chat.answers.get_by_text("blocked this question")).to_be_visible()
    chat.page.get_by_role("button", name="Rephrase the question").click()

    editor = chat.page.get_by_role("textbox", name="Your words")
    expect(editor).to_be_focused()
    expect(editor).to_have_value("Something forbidden")
