"""Thumbs under answers, where the operator wants them."""

import json
from pathlib import Path

import pytest
from playwright.sync_api import Locator, expect

from tests.browser.chat_page import ChatPage, OpenChat
from tests.browser.nexus_process import running_nexus
from tests.browser.test_accessibility import axe, violations  # noqa: F401 - a fixture
from tools.emulator.server import Emulator

pytestmark = pytest.mark.browser


def thumbs(chat: ChatPage) -> tuple[Locator, Locator]:
    group = chat.log.get_by_role("group", name="Rate this answer")
    return group.get_by_role("button", name="Good"), group.get_by_role("button", name="Bad")


def test_a_thumb_and_a_reason_are_counted_once_and_shown_after_a_reload(
    gemini: Emulator,
    web_build: None,
    tmp_path: Path,
    open_chat: OpenChat,
    axe: str,  # noqa: F811
) -> None:
    with running_nexus(gemini.url, tmp_path, NEXUS_FEEDBACK="on") as address:
        chat = open_chat(address)
        chat.ask_and_wait("Hello")
        good, bad = thumbs(chat)
        chat.page.route("**/v1/feedback", lambda route: route.abort())
        bad.click()
        expect(chat.log.get_by_text("Your rating was not sent. Please try again.")).to_be_visible()
        expect(bad).to_have_attribute("aria-pressed", "false")

        chat.page.unroute("**/v1/feedback")
        bad.press("Enter")
        expect(bad).to_have_attribute("aria-pressed", "true")
        expect(bad).to_be_focused()
        chosen = chat.log.get_by_role("button", name="Incomplete")
        expect(chosen).to_be_visible()
        assert violations(chat, axe, (360,)) == []
        chosen.press("Enter")
        expect(chosen).to_have_attribute("aria-pressed", "true")
        expect(chosen).to_be_focused()
        expect(chat.log.get_by_role("button", name="Too long")).to_have_count(0)
        expect(chat.status).to_have_text("Thank you. Your rating was counted.")
        good.press("Enter")  # A choice stands.

        chat.page.reload()
        expect(bad).to_have_attribute("aria-pressed", "true")
        expect(good).to_have_attribute("aria-pressed", "false")
        expect(chosen).to_be_visible()
        chat.again.click()
        expect(good).to_have_attribute("aria-disabled", "false")

    log = (tmp_path / "nexus.log").read_text().splitlines()
    said = [json.loads(line[line.index("{") :]) for line in log if '"feedback.' in line]
    assert [(each["event"], each.get("rating"), each.get("reason")) for each in said] == [
        ("feedback.given", "down", None),
        ("feedback.explained", None, "incomplete"),
    ]
