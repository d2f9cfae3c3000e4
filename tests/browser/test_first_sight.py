"""What a visitor sees first, also where something is in the way."""

import re

import pytest
from playwright.sync_api import expect

from tests.browser.chat_page import ChatPage, OpenChat
from tests.browser.test_shell import NewContext

pytestmark = pytest.mark.browser

RELOAD = "Reload"


def test_a_script_that_does_not_load_leaves_words_and_a_way_to_retry(
    nexus: str, new_context: NewContext
) -> None:
    page = new_context().new_page()
    page.route(re.compile(r"/assets/main-.*\.js"), lambda route: route.abort(), times=1)
    page.goto(nexus)

    expect(page.get_by_text("is still loading")).to_be_visible()
    page.get_by_role("link", name=RELOAD).click()

    expect(ChatPage(page, nexus).message).to_be_visible()
    expect(page.get_by_text("is still loading")).to_have_count(0)


def test_without_scripts_the_page_says_what_it_needs(nexus: str, new_context: NewContext) -> None:
    page = new_context(java_script_enabled=False).new_page()
    page.goto(nexus)

    words = page.locator("noscript p")  # roles and texts in it are none to Playwright
    expect(words.first).to_be_visible()
    expect(words.first).to_contain_text("This chat needs JavaScript")
    expect(words.last).to_have_text(RELOAD)
    expect(page.get_by_text("is still loading")).to_be_hidden()


def test_an_address_of_another_browsers_conversation_explains_itself(
    nexus: str, open_chat: OpenChat
) -> None:
    chat = open_chat(f"{nexus}#/c/abcdef0123456789")
    note = chat.page.get_by_text("This conversation is not in this browser")
    expect(note).to_be_visible()

    chat.new_chat.click()
    expect(note).to_be_hidden()
    chat.ask_and_wait("Hello")
    mine = chat.page.url
    chat.page.goto(f"{nexus}#/c/abcdef0123456789")
    expect(note).to_be_visible()
    chat.page.goto(mine)
    expect(note).to_be_hidden()
    expect(chat.answers).to_have_count(1)


@pytest.mark.parametrize("size", [(320, 180), (360, 400), (1280, 256)])
def test_the_welcome_starts_at_its_top(
    nexus: str, open_chat: OpenChat, size: tuple[int, int]
) -> None:
    width, height = size
    chat = open_chat(nexus, viewport={"width": width, "height": height})

    expect(chat.page.get_by_role("heading", name="What is on your mind?")).to_be_in_viewport()
    assert chat.log.evaluate("log => log.scrollTop") == 0
    expect(chat.page.get_by_role("button", name="Jump to the latest message")).to_be_hidden()
