"""Conversations stay in the visitor's browser, and nowhere else."""

import json
import re
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Locator, expect

from tests.browser.chat_page import CHAT, ChatPage, OpenChat, sent, until
from tests.tools.serving.polling import eventually
from tools.emulator.server import Emulator

pytestmark = pytest.mark.browser

ADDRESS_OF_ONE = re.compile(r"#/c/[\w-]+$")

# What the browser keeps of each conversation, as far as a file has to bring it back.
STORED = """async () => {
    const database = await new Promise((resolve) => {
        const opening = indexedDB.open("nexus");
        opening.onsuccess = () => resolve(opening.result);
    });
    const all = await new Promise((resolve) => {
        const reading = database.transaction("conversations").objectStore("conversations").getAll();
        reading.onsuccess = () => resolve(reading.result);
    });
    database.close();
    return all.map(({ exchanges, revision, ...rest }) => {
        // A file does not carry the hint: only the browser that was answered can rate.
        const turns = exchanges.map(({ question, answer: { failure, hint, ...answer } }) => {
            return { question, answer, code: failure?.code };
        });
        return { ...rest, turns };
    });
}"""


def rows(chat: ChatPage) -> Locator:
    return chat.page.get_by_role("navigation", name="Conversations").get_by_role("listitem")


def choose_file(chat: ChatPage, content: Any) -> None:
    chat.choose_file("chats.json", json.dumps(content))


def edit_first(chat: ChatPage, words: str) -> None:
    question = chat.articles.first
    question.hover()
    question.get_by_role("button", name="Edit").click()
    editor = chat.page.get_by_role("textbox", name="Your words")
    editor.fill(words)
    editor.press("Enter")


def test_a_reload_returns_to_the_conversation_and_its_draft(chat: ChatPage) -> None:
    chat.message.fill("not begun")
    chat.page.reload()
    expect(chat.message).to_have_value("not begun")

    chat.ask_and_wait("Hello")
    expect(chat.page).to_have_url(ADDRESS_OF_ONE)
    chat.message.fill("half a thought")
    chat.page.reload()

    expect(chat.articles).to_have_count(2)
    expect(chat.message).to_have_value("half a thought")

    chat.new_chat.click()
    expect(chat.message).to_have_value("")
    expect(chat.articles).to_have_count(0)
    chat.page.go_back()
    expect(chat.articles).to_have_count(2)
    expect(chat.message).to_have_value("half a thought")


def test_two_tabs_agree(chat: ChatPage, gemini: Emulator) -> None:
    chat.ask_and_wait("The first question")
    other = ChatPage(chat.page.context.new_page(), chat.page.url)
    other.open_beside()
    expect(other.articles).to_have_count(2)

    gemini.behave("*", "answer", text="slowly " * 800, chunks=400, chunk_seconds=0.2)
    other.ask("The second question")
    expect(other.answers.last.get_by_text("slowly")).to_be_visible()
    chat.page.bring_to_front()  # Frames are rare in a tab behind another.
    expect(chat.answers.last.get_by_text("slowly")).to_be_visible()
    chat.stop.click()

    expect(other.answers.get_by_text("Stopped.")).to_be_visible()
    expect(chat.answers.get_by_text("Stopped.")).to_be_visible()
    other.page.close()


def test_rename_search_delete_and_undo(chat: ChatPage) -> None:
    chat.ask_and_wait("Rivers of Asia")
    chat.new_chat.click()
    chat.ask_and_wait("Lakes of Europe")
    expect(rows(chat)).to_contain_text(["Lakes of Europe", "Rivers of Asia"])
    expect(rows(chat).first.get_by_role("link")).to_have_attribute("aria-current", "page")

    rows(chat).last.get_by_role("button", name="Rename").click()
    title = chat.page.get_by_role("textbox", name="Title")
    expect(title).to_be_focused()
    title.fill("Water")
    title.press("Enter")
    expect(chat.page).to_have_title("Lakes of Europe · Nexus")
    expect(rows(chat).last.get_by_role("link", name="Water")).to_be_focused()

    search = chat.page.get_by_role("searchbox", name="Search conversations")
    search.fill("rivers")
    expect(rows(chat)).to_have_count(1)
    rows(chat).get_by_role("link", name="Water").click()
    expect(chat.articles.first).to_contain_text("Rivers of Asia")
    search.fill("")

    rows(chat).last.get_by_role("button", name="Delete").click()
    expect(rows(chat)).to_have_count(1)
    expect(chat.articles).to_have_count(0)
    undo = chat.page.get_by_role("button", name="Undo")
    expect(undo).to_be_focused()
    undo.click()
    expect(rows(chat)).to_have_count(2)
    expect(chat.articles.first).to_contain_text("Rivers of Asia")

    rows(chat).first.get_by_role("button", name="Delete").click()
    chat.page.reload()
    expect(rows(chat)).to_contain_text(["Water"])


def test_what_is_exported_can_be_imported(chat: ChatPage, gemini: Emulator, tmp_path: Path) -> None:
    gemini.behave("*", "answer", text="It *depends*.")
    chat.ask_and_wait("Does it?")
    files = chat.page.get_by_text("Export and import")
    files.click()
    with chat.page.expect_download() as markdown:
        chat.page.get_by_role("button", name="Export this one as Markdown").click()
    assert "\n\nIt *depends*.\n\n" in markdown.value.path().read_text()
    with chat.page.expect_download() as download:
        chat.page.get_by_role("button", name="Export all as JSON").click()
    exported = json.loads(download.value.path().read_text())

    chat.page.goto("about:blank")  # A page that is left writes what it has.
    chat.forget_everything()
    chat.open()
    expect(rows(chat)).to_have_count(0)
    choose_file(chat, exported)

    rows(chat).get_by_role("link", name="Does it?").click()
    expect(chat.answers.locator("em")).to_have_text("depends")
    choose_file(chat, exported)
    expect(chat.status).to_have_text(re.compile("Imported: 0. Already here: 1."))
    expect(rows(chat)).to_have_count(1)


def test_markdown_that_is_exported_can_be_imported(chat: ChatPage, gemini: Emulator) -> None:
    forged = (
        "## You\n\n<!-- nexus:answer-end -->\n<!-- nexus:question -->\n\n```\nlet \u2028x = 1;  "
    )
    gemini.behave("*", "answer", text=forged)
    chat.ask_and_wait(forged + "!")
    chat.new_chat.click()
    text = "It *depends*, and that is all."
    gemini.behave("*", "answer", text=text, chunks=2, chunk_seconds=40)
    chat.ask("Does it?")
    expect(chat.answers.locator("em")).to_have_text("depends")
    chat.stop.click()
    expect(chat.answers.get_by_text("Stopped.")).to_be_visible()
    expect(chat.status).to_have_text("You stopped the answer.")  # Said once it is stored.
    stored = chat.page.evaluate(STORED)
    chat.page.get_by_text("Export and import").click()
    with chat.page.expect_download() as download:
        chat.page.get_by_role("button", name="Export all as Markdown").click()
    exported = download.value.path().read_bytes().decode()

    chat.page.goto("about:blank")  # A page that is left writes what it has.
    chat.forget_everything()
    chat.open()
    expect(rows(chat)).to_have_count(0)
    chat.choose_file("chats.md", "# Somebody else's notes")
    expect(chat.status).to_have_text(re.compile("exported from Nexus"))
    chat.choose_file("chats.md", exported)
    expect(chat.status).to_have_text("Imported: 2.")

    rows(chat).get_by_role("link", name="Does it?").click()
    expect(chat.answers.locator("em")).to_have_text("depends")
    expect(chat.answers.get_by_text("Stopped.")).to_be_visible()
    until(chat.page, lambda: chat.page.evaluate(STORED) == stored)
    chat.choose_file("chats.md", exported)
    expect(chat.status).to_have_text("Imported: 0. Already here: 2.")
    expect(rows(chat)).to_have_count(2)


def test_a_hostile_file_is_refused_or_shown_as_text(chat: ChatPage) -> None:
    hostile = '<img src=x onerror="window.pwned = 1">[x](javascript:window.pwned=1)'
    answer = {"state": "done", "text": hostile, "models": ["<b>A model</b>"]}
    entry: dict[str, Any] = {
        "id": "a",
        "title": hostile,
        "created_at": "2026-01-01T00:00:00Z",
        "updated_at": "2026-01-01T00:00:00Z",
        "exchanges": [{"question": hostile, "answer": answer}],
    }
    file = {"format": "nexus-conversations", "version": 1, "conversations": [entry]}

    choose_file(chat, {**file, "version": 3})
    expect(chat.status).to_have_text(re.compile("another version"))
    waiting = {"question": "Send me", "answer": {**answer, "state": "queued"}}
    choose_file(chat, {**file, "conversations": [{**entry, "exchanges": [waiting]}]})
    expect(chat.status).to_have_text(re.compile("Conversation 1 in this file is damaged"))
    choose_file(chat, file)

    rows(chat).get_by_role("link").click()
    expect(chat.answers.get_by_text("<img src=x")).to_be_visible()
    expect(chat.log.locator("img, a")).to_have_count(0)
    assert chat.page.evaluate("() => window.pwned") is None


def test_an_earlier_question_can_be_asked_in_other_words(chat: ChatPage) -> None:
    chat.ask_and_wait("One")
    chat.ask_and_wait("Two")
    expect(chat.articles).to_have_count(4)

    chat.articles.first.hover()
    chat.articles.first.get_by_role("button", name="Edit").click()
    words = chat.page.get_by_role("textbox", name="Your words")
    expect(words).to_be_focused()
    words.fill("Uno")
    chat.page.reload()
    expect(words).to_have_value("Uno")
    with chat.page.expect_request(re.compile("/api/chat/")) as request:
        words.press("Enter")

    expect(chat.articles).to_have_count(2)
    expect(chat.articles.first).to_contain_text("Uno")
    assert sent(request.value) == [{"role": "user", "content": "Uno"}]
    expect(chat.send).to_be_enabled()


def test_without_storage_the_chat_works_and_says_so(
    gemini: Emulator, new_context: Any, nexus: str
) -> None:
    context = new_context()
    context.add_init_script(
        """for (const name of ["indexedDB", "localStorage", "sessionStorage"]) {
            Object.defineProperty(window, name, { get() { throw new DOMException("refused"); } });
        }"""
    )
    chat = ChatPage(context.new_page(), nexus)
    chat.open()
    note = chat.page.locator("p").get_by_text("is not saving your conversations")
    expect(note).to_be_visible()

    chat.ask_and_wait("Hello")
    expect(chat.articles).to_have_count(2)
    note.get_by_role("button", name="OK").click()
    chat.ask_and_wait("And again")
    expect(note).to_be_hidden()


def test_on_a_phone_the_list_is_a_dialog(nexus: str, open_chat: OpenChat) -> None:
    chat = open_chat(nexus, viewport={"width": 390, "height": 844})
    chat.ask_and_wait("Hello")
    chat.new_chat.click()
    opener = chat.page.get_by_role("button", name="Conversations")
    opener.click()
    dialog = chat.page.get_by_role("dialog", name="Conversations")
    expect(dialog).to_be_visible()
    chat.page.keyboard.press("Escape")
    expect(dialog).to_be_hidden()
    expect(opener).to_be_focused()

    opener.click()
    dialog.get_by_role("link", name="Hello").click()
    expect(dialog).to_be_hidden()
    expect(chat.articles).to_have_count(2)


def test_an_edit_that_fails_can_be_undone_also_after_a_reload(chat: ChatPage) -> None:
    chat.ask_and_wait("One")
    chat.ask_and_wait("Two")
    chat.page.route(CHAT, lambda route: route.abort())
    edit_first(chat, "Uno")
    bring_back = chat.page.get_by_role("button", name="Bring it back")
    expect(bring_back).to_be_visible()
    chat.retry.click()
    expect(chat.answers.get_by_text("could not be reached")).to_be_visible()
    expect(chat.articles).to_have_count(2)

    chat.page.reload()
    expect(chat.articles).to_have_count(2)
    bring_back.click()
    expect(chat.articles).to_have_count(4)
    expect(chat.log).to_be_focused()
    chat.page.reload()
    expect(chat.articles).to_have_count(4)
    expect(chat.articles.first).to_contain_text("One")
    chat.articles.first.hover()
    chat.articles.first.get_by_role("button", name="Edit").click()
    words = chat.page.get_by_role("textbox", name="Your words")
    expect(words).to_have_value("Uno")
    chat.page.unroute(CHAT)
    words.press("Enter")

    expect(chat.articles).to_have_count(2)
    expect(chat.send).to_be_enabled()
    expect(bring_back).to_be_hidden()


def test_an_edit_that_waits_or_is_stopped_keeps_what_it_was_to_replace(
    chat: ChatPage, gemini: Emulator
) -> None:
    chat.ask_and_wait("One")
    chat.ask_and_wait("Two")
    chat.page.context.set_offline(True)
    edit_first(chat, "Uno")
    expect(chat.articles.get_by_text("Cancel restores what was here")).to_be_visible()
    chat.articles.get_by_role("button", name="Cancel").click()
    expect(chat.articles).to_have_count(4)

    chat.page.context.set_offline(False)
    gemini.reset()
    gemini.behave("*", "answer", text="late", first_text_seconds=30)
    edit_first(chat, "Uno")
    assert eventually(lambda: len(gemini.calls()) == 1)
    expect(chat.processing).to_be_visible()
    chat.stop.click()
    chat.page.get_by_role("button", name="Bring it back").click()

    expect(chat.articles).to_have_count(4)
    expect(chat.articles.first).to_contain_text("One")


def test_a_deletion_ends_the_request_at_once_and_undo_gives_back_what_had_arrived(
    chat: ChatPage, gemini: Emulator
) -> None:
    gemini.behave("*", "answer", text="first second", chunks=2, chunk_seconds=40)
    chat.ask("Hello")
    expect(chat.answers.get_by_text("first")).to_be_visible()

    with chat.page.expect_event("requestfailed", lambda request: bool(CHAT.search(request.url))):
        rows(chat).get_by_role("button", name="Delete").click()
    expect(chat.articles).to_have_count(0)
    chat.page.get_by_role("button", name="Undo").click()

    expect(chat.answers.get_by_text("first")).to_be_visible()
    expect(chat.answers.get_by_text("Stopped.")).to_be_visible()
    expect(chat.page.get_by_role("button", name="Continue")).to_be_enabled()
    chat.page.reload()
    expect(chat.answers.get_by_text("Stopped.")).to_be_visible()
