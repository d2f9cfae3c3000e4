import re

import pytest
from playwright.sync_api import expect

from tests.browser.chat_page import ChatPage, OpenChat
from tools.emulator.server import Emulator

pytestmark = pytest.mark.browser

CHAT = re.compile("/api/chat/")


def test_a_stream_that_breaks_again_and_again_keeps_its_text_until_the_visitor_ends_it(
    gemini: Emulator, fresh_nexus: str, open_chat: OpenChat
) -> None:
    gemini.behave("*", "cut", after_chunks=3, text="What has arrived is kept. " * 10, chunks=10)
    chat = open_chat(fresh_nexus)

    chat.ask("Hello")

    expect(chat.answers.get_by_text("Interrupted.")).to_be_visible()
    expect(chat.answers.get_by_text("What has arrived")).to_be_visible()
    expect(chat.answers.get_by_text("It will continue automatically.")).to_be_visible()
    expect(chat.processing).to_be_hidden()
    expect(chat.retry).to_be_visible()
    chat.stop.click()
    expect(chat.answers.get_by_text("Stopped.")).to_be_visible()
    expect(chat.stop).to_be_hidden()
    expect(chat.answers.get_by_text("What has arrived")).to_be_visible()


def test_a_lost_connection_keeps_the_words_and_retry_sends_them_again(chat: ChatPage) -> None:
    chat.page.route(CHAT, lambda route: route.abort())
    chat.ask("My careful words")
    expect(chat.answers.get_by_text("could not be reached")).to_be_visible()
    expect(chat.message).to_have_value("My careful words")
    expect(chat.message).to_be_enabled()

    chat.page.unroute(CHAT)
    chat.retry.click()

    expect(chat.status).to_have_text(re.compile("Answer complete"))
    expect(chat.message).to_have_value("")
    expect(chat.articles).to_have_count(2)


def test_a_visitors_own_limit_is_said_with_its_end(chat: ChatPage) -> None:
    error = {"code": "visitor_rate_limited", "message": "", "retry_after_seconds": 20}
    chat.page.route(CHAT, lambda route: route.fulfill(status=429, json={"error": error}))

    chat.ask("Hello")

    expect(chat.articles.get_by_text("many messages")).to_be_visible()
    expect(chat.articles.get_by_role("timer")).to_have_text(re.compile(r"0:\d\d"))
    expect(chat.alert).to_be_hidden()
    expect(chat.message).to_be_enabled()
