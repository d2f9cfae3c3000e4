"""Themes, keyboard shortcuts and their help."""

import re

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.chat_page import LAID_OUT, ChatPage, OpenChat, until
from tools.emulator.server import Emulator

pytestmark = pytest.mark.browser

DARK = "rgb(20, 22, 24)"
LIGHT = "rgb(251, 251, 249)"
MAIN = re.compile(r"/assets/main-\w+\.js$")


def settings(page: Page) -> Locator:
    return page.get_by_role("button", name="Settings")


def choose(page: Page, theme: str) -> None:
    settings(page).click()
    page.get_by_role("radio", name=theme).check()
    page.keyboard.press("Escape")


def browser_colours(page: Page) -> set[str]:
    colours = page.locator("meta[name=theme-color]").evaluate_all("all => all.map(m => m.content)")
    return set(colours)


def test_the_theme_follows_the_system_until_one_is_chosen(nexus: str, open_chat: OpenChat) -> None:
    page = open_chat(nexus, color_scheme="dark").page
    html = page.locator("html")
    expect(html).to_have_css("background-color", DARK)
    page.emulate_media(color_scheme="light")
    expect(html).to_have_css("background-color", LIGHT)
    assert browser_colours(page) == {"#fbfbf9", "#141618"}

    choose(page, "Dark")
    expect(html).to_have_css("background-color", DARK)
    expect(page.locator("meta[name=color-scheme]")).to_have_attribute("content", "dark")
    assert browser_colours(page) == {"#141618"}

    choose(page, "System")
    expect(html).to_have_css("background-color", LIGHT)
    assert browser_colours(page) == {"#fbfbf9", "#141618"}


def test_a_chosen_theme_is_there_before_the_page_is(nexus: str, open_chat: OpenChat) -> None:
    page = open_chat(nexus, color_scheme="light").page
    choose(page, "Dark")

    page.route(MAIN, lambda route: route.abort())
    page.reload()

    expect(page.get_by_role("textbox", name="Message")).to_have_count(0)
    expect(page.locator("html")).to_have_css("background-color", DARK)


def test_other_tabs_follow_the_theme(nexus: str, open_chat: OpenChat) -> None:
    first = open_chat(nexus, color_scheme="light").page
    second = ChatPage(first.context.new_page(), nexus)
    second.open_beside()
    first.bring_to_front()

    choose(first, "Dark")

    expect(second.page.locator("html")).to_have_css("background-color", DARK)
    second.page.bring_to_front()
    settings(second.page).click()
    expect(second.page.get_by_role("radio", name="Dark")).to_be_checked()


def test_without_storage_the_theme_lasts_as_long_as_the_page(
    nexus: str, open_chat: OpenChat
) -> None:
    page = open_chat(nexus, color_scheme="light").page
    page.add_init_script("delete Storage.prototype.getItem; delete Storage.prototype.setItem")
    page.reload()

    choose(page, "Dark")

    expect(page.locator("html")).to_have_css("background-color", DARK)


def test_settings_lead_to_the_status_page(chat: ChatPage, nexus: str) -> None:
    written = re.compile("SHARE_OF_24_HOURS")
    until(
        chat.page, lambda: bool(written.search(chat.page.request.get(f"{nexus}status.html").text()))
    )
    settings(chat.page).click()

    with chat.page.expect_popup() as opened:
        chat.page.get_by_role("link", name="Service status").click()

    expect(opened.value.get_by_role("heading", level=1)).to_contain_text("The chat")
    shares = opened.value.get_by_text(re.compile(r"^Answering .*% of the last 24 hours\."))
    expect(shares.first).to_be_visible()


def test_settings_close_on_escape_elsewhere_and_when_the_focus_leaves(chat: ChatPage) -> None:
    theme = chat.page.get_by_role("group", name="Theme")

    settings(chat.page).press("Enter")
    expect(settings(chat.page)).to_have_attribute("aria-expanded", "true")
    expect(theme).to_be_visible()  # Its code comes when it is first used.
    chat.page.keyboard.press("Tab")
    chat.page.keyboard.press("Escape")
    expect(theme).to_be_hidden()
    expect(settings(chat.page)).to_be_focused()

    settings(chat.page).click()
    expect(theme).to_be_visible()
    chat.log.click(position={"x": 5, "y": 5})
    expect(theme).to_be_hidden()

    settings(chat.page).click()
    expect(theme).to_be_visible()
    chat.message.focus()
    expect(theme).to_be_hidden()


def test_the_help_opens_by_key_and_gives_the_focus_back(chat: ChatPage) -> None:
    dialog = chat.page.get_by_role("dialog", name="Keyboard shortcuts")

    chat.message.fill("a")
    chat.message.press("?")
    expect(chat.message).to_have_value("a?")
    chat.message.press("Control+/")
    expect(dialog).to_be_visible()
    expect(dialog.get_by_role("button", name="Close")).to_be_focused()
    chat.page.keyboard.press("Escape")
    expect(dialog).to_be_hidden()
    expect(chat.message).to_be_focused()
    expect(chat.message).to_have_value("a?")

    chat.log.focus()
    chat.page.keyboard.press("?")
    expect(dialog).to_be_visible()
    chat.page.mouse.click(5, 5)
    expect(dialog).to_be_hidden()
    expect(chat.log).to_be_focused()

    settings(chat.page).click()
    chat.page.get_by_role("button", name="Keyboard shortcuts").click()
    expect(dialog).to_be_visible()
    dialog.get_by_role("button", name="Close").click()
    expect(settings(chat.page)).to_be_focused()


def test_single_keys_can_be_switched_off(nexus: str, open_chat: OpenChat) -> None:
    chat = open_chat(nexus)
    chat.log.focus()
    chat.page.keyboard.press("/")
    expect(chat.message).to_be_focused()
    expect(chat.message).to_have_value("")

    chat.page.keyboard.press("Control+/")
    chat.page.get_by_role("checkbox", name="single keys").uncheck()
    chat.page.keyboard.press("Escape")
    chat.page.reload()
    expect(chat.message).to_be_enabled()
    chat.page.evaluate(LAID_OUT)
    chat.log.focus()
    chat.page.keyboard.press("/")
    chat.page.keyboard.press("?")

    expect(chat.log).to_be_focused()
    expect(chat.page.get_by_role("dialog")).to_be_hidden()


def test_escape_stops_the_answer_after_it_has_closed_what_is_open(
    chat: ChatPage, gemini: Emulator
) -> None:
    gemini.behave("*", "answer", text="word " * 400, chunks=400, chunk_seconds=0.2)
    chat.ask("Hello")
    chat.about.focus()
    expect(chat.tooltip).to_be_visible()

    chat.page.keyboard.press("Escape")
    expect(chat.tooltip).to_be_hidden()
    chat.page.keyboard.press("Control+/")
    expect(chat.page.get_by_role("dialog")).to_be_visible()
    chat.page.keyboard.press("Escape")
    expect(chat.page.get_by_role("dialog")).to_be_hidden()
    expect(chat.stop).to_be_visible()

    chat.message.press("Escape")
    expect(chat.answers.get_by_text("Stopped.")).to_be_visible()


def test_keys_begin_a_new_chat_and_go_to_its_end(chat: ChatPage, gemini: Emulator) -> None:
    gemini.behave("*", "answer", text="line\n\n" * 100)
    chat.ask_and_wait("Hello")
    chat.log.evaluate("log => { log.scrollTop = 0; }")
    jump = chat.page.get_by_role("button", name="Jump to the latest message")
    expect(jump).to_be_visible()

    chat.about.focus()
    chat.page.keyboard.press("End")
    expect(jump).to_be_hidden()
    chat.page.keyboard.press("Control+Shift+O")

    expect(chat.articles).to_have_count(0)
    expect(chat.message).to_be_focused()


def test_the_way_to_the_message_box_comes_first_and_is_seen_when_focused(chat: ChatPage) -> None:
    skip = chat.page.get_by_role("link", name="Skip to the message box")
    expect(skip).not_to_be_in_viewport()

    chat.page.locator("a, button, input, textarea").first.focus()
    expect(skip).to_be_focused()
    expect(skip).to_be_in_viewport()
    chat.page.keyboard.press("Enter")

    expect(chat.message).to_be_focused()
    assert "#" not in chat.page.url
