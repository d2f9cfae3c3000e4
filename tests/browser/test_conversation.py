import re

import pytest
from playwright.sync_api import expect

from tests.browser.chat_page import ChatPage, OpenChat, on_hold, where_scrolling_ends
from tests.tools.serving.polling import eventually
from tools.emulator.server import Emulator

pytestmark = pytest.mark.browser

IS_AT_END = """() => {
    const log = document.querySelector("[role=log]");
    return log.scrollHeight - log.clientHeight - log.scrollTop < 30;
}"""


def test_the_page_has_the_roles_and_names_that_others_rely_on(chat: ChatPage) -> None:
    expect(chat.message).to_be_visible()
    expect(chat.send).to_be_enabled()
    expect(chat.new_chat).to_be_visible()
    expect(chat.log).to_be_visible()
    expect(chat.log).to_have_attribute("aria-live", "off")
    expect(chat.status).to_have_count(1)
    expect(chat.alert).to_be_hidden()


def test_no_model_is_named_before_one_is_asked_about(
    chat: ChatPage, models: list[dict[str, str]]
) -> None:
    chat.ask_and_wait("Hello")

    for model in models:
        expect(chat.page.get_by_text(model["display_name"])).to_have_count(
            1 if model is models[0] else 0
        )
    expect(chat.tooltip).to_be_hidden()


def test_an_answer_streams_and_ends(chat: ChatPage, gemini: Emulator) -> None:
    gemini.behave("*", "answer", text="First.\n\nSecond.\n\nThird.", chunks=3, chunk_seconds=1)

    chat.ask("Hello")
    expect(chat.stop).to_be_visible()
    expect(chat.answers.get_by_text("First.")).to_be_visible()
    expect(chat.answers.get_by_text("Third.")).to_be_visible()

    expect(chat.status).to_have_text(re.compile("Answer complete"))
    expect(chat.send).to_be_enabled()
    expect(chat.articles).to_have_count(2)
    expect(chat.message).to_be_focused()


def test_processing_is_shown_until_the_first_text_and_the_draft_goes_with_it(
    chat: ChatPage, gemini: Emulator
) -> None:
    gemini.behave("*", "answer", text="There it is.")

    with on_hold(chat.page):
        chat.ask("Hello")
        expect(chat.processing).to_be_visible()

    expect(chat.answers.get_by_text("There it is.")).to_be_visible()
    expect(chat.processing).to_be_hidden()
    expect(chat.message).to_have_value("")


def test_what_was_said_before_is_sent_along(chat: ChatPage, gemini: Emulator) -> None:
    gemini.behave("*", "answer", text="The first answer")
    chat.ask_and_wait("The first question")

    with chat.page.expect_request(re.compile("/api/chat/")) as request:
        chat.ask_and_wait("The second question")

    body = request.value.post_data_json
    assert body is not None
    assert body["stream"] is True
    assert [message["content"] for message in body["messages"]] == [
        "The first question",
        "The first answer",
        "The second question",
    ]


def test_stop_ends_an_answer_and_keeps_what_has_arrived(chat: ChatPage, gemini: Emulator) -> None:
    gemini.behave("*", "answer", text="word " * 800, chunks=400, chunk_seconds=0.2)
    chat.ask("Hello")
    expect(chat.answers.get_by_text("word")).to_be_visible()

    chat.stop.click()

    expect(chat.answers.get_by_text("Stopped.")).to_be_visible()
    expect(chat.answers.get_by_text("word word")).to_be_visible()
    expect(chat.send).to_be_enabled()
    expect(chat.message).to_be_focused()


def test_stop_before_the_first_text_keeps_the_visitors_words(
    chat: ChatPage, gemini: Emulator
) -> None:
    gemini.behave("*", "answer", text="late", first_text_seconds=30)
    chat.ask("My careful words")
    assert eventually(lambda: len(gemini.calls()) == 1)
    expect(chat.processing).to_be_visible()

    chat.stop.click()

    expect(chat.answers.get_by_text("Stopped.")).to_be_visible()
    expect(chat.processing).to_be_hidden()
    expect(chat.message).to_have_value("My careful words")
    expect(chat.message).to_be_editable()


def test_new_chat_begins_again(chat: ChatPage) -> None:
    chat.ask_and_wait("Hello")

    chat.new_chat.click()

    expect(chat.articles).to_have_count(0)
    expect(chat.message).to_be_focused()


def test_a_starter_prompt_is_asked_at_once(chat: ChatPage) -> None:
    prompt = chat.log.get_by_role("button").first
    words = prompt.inner_text()

    prompt.click()

    expect(chat.articles.first).to_contain_text(words)
    expect(chat.status).to_have_text(re.compile("Answer complete"))


def test_enter_sends_shift_enter_does_not_and_neither_does_a_composition(chat: ChatPage) -> None:
    chat.message.press_sequentially("one")
    chat.message.press("Shift+Enter")
    chat.message.press_sequentially("two")
    chat.message.dispatch_event("keydown", {"key": "Enter", "isComposing": True, "bubbles": True})
    chat.message.dispatch_event("keydown", {"key": "Enter", "keyCode": 229, "bubbles": True})
    expect(chat.message).to_have_value("one\ntwo")
    expect(chat.articles).to_have_count(0)

    chat.message.press("Enter")

    expect(chat.articles.first).to_contain_text("one two")
    expect(chat.status).to_have_text(re.compile("Answer complete"))


def test_it_follows_new_text_until_one_scrolls_up(
    gemini: Emulator, nexus: str, open_chat: OpenChat
) -> None:
    chat = open_chat(nexus, viewport={"width": 800, "height": 500})
    gemini.behave("*", "answer", text="line\n\n" * 1500, chunks=300, chunk_seconds=0.15)
    jump = chat.page.get_by_role("button", name="Jump to the latest message")
    chat.ask("Hello")
    lines = chat.answers.get_by_text("line")
    expect(lines.nth(30)).to_be_attached()
    expect(lines.last).to_be_in_viewport()
    for _ in range(4):  # The box grows with its lines.
        chat.message.press_sequentially("a line")
        chat.message.press("Shift+Enter")
    chat.page.wait_for_function(IS_AT_END)

    chat.log.hover()
    chat.page.mouse.wheel(0, -300)
    expect(jump).to_be_visible()
    top = where_scrolling_ends(chat)
    expect(lines.nth(lines.count() + 30)).to_be_attached()
    assert chat.log.evaluate("log => log.scrollTop") == top

    jump.click()
    expect(jump).to_be_hidden()
    chat.page.wait_for_function(IS_AT_END)
    chat.stop.click()
    expect(chat.answers.get_by_text("Stopped.")).to_be_in_viewport()
