"""Versions of a question and of an answer, and the arrows between them."""

import re

import pytest
from playwright.sync_api import Locator, expect

from tests.browser.chat_page import ChatPage
from tools.emulator.server import Emulator

pytestmark = pytest.mark.browser


def versions(chat: ChatPage, of: str) -> tuple[Locator, Locator, Locator]:
    group = chat.log.get_by_role("group", name=f"Versions of {of}")
    previous = group.get_by_role("button", name="Previous version")
    return group, previous, group.get_by_role("button", name="Next version")


def test_versions_of_questions_and_answers_are_there_after_a_reload_and_the_open_ones_are_sent(
    chat: ChatPage, gemini: Emulator
) -> None:
    for words in ("One", "Two"):
        chat.ask_and_wait(words)
    chat.articles.first.hover()
    chat.articles.first.get_by_role("button", name="Edit").click()
    chat.page.get_by_role("textbox", name="Your words").fill("Uno")
    chat.page.keyboard.press("Enter")
    expect(chat.articles).to_have_count(2)
    expect(chat.send).to_be_enabled()
    chat.answers.get_by_role("button", name="Try again").click()
    answers, _, _ = versions(chat, "the answer")
    expect(answers).to_contain_text("2 of 2")
    chat.page.reload()

    group, previous, following = versions(chat, "your message")
    expect(group).to_contain_text("2 of 2")
    previous.focus()
    chat.page.keyboard.press("Enter")
    expect(chat.status).to_have_text(re.compile("Version 1 of 2."))
    expect(previous).to_be_focused()
    expect(previous).to_be_disabled()
    expect(chat.articles).to_have_count(4)
    expect(chat.articles.first).to_contain_text("One")
    chat.ask_and_wait("Three")
    sent = [each["parts"][0]["text"] for each in gemini.calls()[-1].body["contents"]]
    assert sent[::2] == ["One", "Two", "Three"]

    following.click()
    expect(answers).to_contain_text("2 of 2")
    expect(chat.articles.first).to_contain_text("Uno")
