"""Versions of a question and of an answer, and the arrows between them."""

import json
import re
from typing import Any

import pytest
from playwright.sync_api import Locator, expect

from tests.browser.chat_page import ChatPage
from tools.emulator.server import Emulator

pytestmark = pytest.mark.browser


def versions(chat: ChatPage, of: str) -> tuple[Locator, Locator, Locator]:
    group = chat.log.get_by_role("group", name=f"Versions of {of}")
    previous = group.get_by_role("button", name="Previous version")
    return group, previous, group.get_by_role("button", name="Next version")


def ten_turns() -> str:
    """A file of one conversation."""
    instant = "2026-11-27T12:00:00.000Z"
    turns = [
        {
            "question": f"Question {turn}.",
            "answer": {"state": "done", "text": f"Answer {turn}.", "models": []},
        }
        for turn in range(1, 11)
    ]
    dates = {"created_at": instant, "updated_at": instant}
    entry = {"id": "ten", "title": None, **dates, "exchanges": turns}
    return json.dumps({"format": "nexus-conversations", "version": 1, "conversations": [entry]})


def test_the_first_of_ten_questions_is_edited_three_times_and_every_version_stays(
    chat: ChatPage, gemini: Emulator
) -> None:
    page = chat.page
    first_turns = [f"{kind} {turn}." for turn in range(1, 11) for kind in ("Question", "Answer")]
    conversations = page.get_by_role("navigation", name="Conversations").get_by_role("listitem")
    group, previous, following = versions(chat, "your message")

    def open_imported(file: str) -> None:
        chat.choose_file("chats.json", file)
        conversations.get_by_role("link").first.click()
        chat.come_to_rest()

    def walk_back_and_forth() -> None:
        for position, words in ((3, "Second edit"), (2, "First edit")):
            previous.click()
            expect(group).to_contain_text(f"{position} of 4")
            expect(chat.articles).to_contain_text([words, f"To {words}"])
        previous.click()
        expect(group).to_contain_text("1 of 4")
        expect(chat.articles).to_contain_text(first_turns)
        for position in (2, 3, 4):
            following.click()
            expect(group).to_contain_text(f"{position} of 4")
        expect(chat.articles).to_contain_text(["Third edit", "To Third edit"])

    def sent_after(words: str) -> list[Any]:
        gemini.behave("*", "answer", text=f"To {words}")
        chat.ask_and_wait(words)
        return [each["parts"][0]["text"] for each in gemini.calls()[-1].body["contents"]]

    open_imported(ten_turns())
    for words in ("First edit", "Second edit", "Third edit"):
        gemini.behave("*", "answer", text=f"To {words}")
        chat.articles.first.hover()
        chat.articles.first.get_by_role("button", name="Edit").click()
        page.get_by_role("textbox", name="Your words").fill(words)
        page.keyboard.press("Enter")
        expect(chat.answers).to_contain_text([f"To {words}"])
        expect(chat.send).to_be_visible()
        expect(chat.articles).to_have_count(2)
        assert len(gemini.calls()[-1].body["contents"]) == 1
    walk_back_and_forth()

    page.reload()
    walk_back_and_forth()

    page.get_by_text("Export and import").click()
    with page.expect_download() as download:
        page.get_by_role("button", name="Export all as JSON").click()
    exported = download.value.path().read_text()
    conversations.get_by_role("button", name="Delete").click()
    expect(conversations.get_by_role("link")).to_have_count(0)
    open_imported(exported)
    walk_back_and_forth()

    assert sent_after("Fourth") == ["Third edit", "To Third edit", "Fourth"]
    for _ in range(3):
        previous.click()
    expect(chat.articles).to_have_count(20)
    assert sent_after("Eleventh") == [*first_turns, "Eleventh"]
    for _ in range(3):
        following.click()
    expect(chat.articles).to_contain_text(["Third edit", "To Third edit", "Fourth", "To Fourth"])


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
