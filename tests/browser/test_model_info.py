import pytest
from playwright.sync_api import expect

from tests.browser.chat_page import ChatPage, OpenChat
from tools.emulator.server import Emulator

pytestmark = pytest.mark.browser


@pytest.fixture
def first_name(models: list[dict[str, str]]) -> str:
    return models[0]["display_name"]


def test_the_tooltip_opens_on_hover_stays_under_the_pointer_and_closes_on_escape(
    chat: ChatPage, first_name: str
) -> None:
    chat.ask_and_wait("Hello")

    chat.about.hover()
    expect(chat.tooltip).to_contain_text(first_name)
    chat.tooltip.hover()
    expect(chat.tooltip).to_be_visible()
    chat.page.keyboard.press("Escape")
    expect(chat.tooltip).to_be_hidden()

    chat.message.hover()
    chat.about.hover()
    expect(chat.tooltip).to_be_visible()
    chat.message.hover()
    expect(chat.tooltip).to_be_hidden()


def test_the_tooltip_opens_on_focus_and_describes_its_button(
    chat: ChatPage, first_name: str
) -> None:
    chat.ask_and_wait("Hello")

    chat.articles.get_by_role("button", name="Edit").focus()
    chat.page.keyboard.press("Tab")

    expect(chat.about).to_be_focused()
    expect(chat.tooltip).to_contain_text(first_name)
    expect(chat.about).to_have_accessible_description(f"Answered by {first_name}")
    chat.page.keyboard.press("Escape")
    expect(chat.tooltip).to_be_hidden()
    expect(chat.about).to_be_focused()


def test_the_tooltip_opens_and_closes_on_tap(
    gemini: Emulator, nexus: str, open_chat: OpenChat, first_name: str
) -> None:
    chat = open_chat(nexus, viewport={"width": 390, "height": 844}, has_touch=True, is_mobile=True)
    chat.ask_and_wait("Hello")

    chat.about.tap()
    expect(chat.tooltip).to_contain_text(first_name)
    chat.about.tap()
    expect(chat.tooltip).to_be_hidden()
    chat.about.tap()
    expect(chat.tooltip).to_be_visible()
    chat.answers.last.locator("p").first.tap()
    expect(chat.tooltip).to_be_hidden()


def test_a_fallback_is_silent_and_the_tooltip_names_the_model_that_answered(
    gemini: Emulator, fresh_nexus: str, open_chat: OpenChat, models: list[dict[str, str]]
) -> None:
    gemini.behave(models[0]["name"], "per-minute", retry_delay="7s")
    chat = open_chat(fresh_nexus)

    answer = chat.ask_and_wait("Hello")
    chat.about.hover()

    expect(chat.tooltip).to_contain_text(models[1]["display_name"])
    expect(answer.get_by_text(models[0]["display_name"])).to_have_count(0)
    expect(chat.alert).to_be_hidden()
    expect(chat.retry).to_be_hidden()
