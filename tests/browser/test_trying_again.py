"""While no model is known to answer, visitors can write, and the page tries again by itself."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.browser.chat_page import OpenChat
from tests.browser.nexus_process import configuration, running_nexus
from tests.tools.serving.polling import eventually
from tools.emulator.server import Emulator

pytestmark = pytest.mark.browser

RELEASED_MS = 60_000
"""Waiting messages are sent over ten seconds once a model may be tried."""
LATEST_RELEASE = "Math.random = () => 0.99"


@pytest.fixture
def probing_nexus(gemini: Emulator, web_build: None, tmp_path: Path) -> Iterator[str]:
    """Address of a Nexus that probes a window of any length after fifteen seconds."""
    config = configuration(tmp_path, {"probe_interval = 1800": "probe_interval = 15"})
    with running_nexus(gemini.url, tmp_path, NEXUS_CONFIG=config) as address:
        yield address


def questions(gemini: Emulator) -> list[str]:
    """The questions that have reached Gemini, in order."""
    return [call.body["contents"][-1]["parts"][0]["text"] for call in gemini.calls()]


def test_a_day_that_was_read_wrongly_does_not_lock_the_page(
    gemini: Emulator, probing_nexus: str, open_chat: OpenChat
) -> None:
    chat = open_chat(probing_nexus)
    chat.page.add_init_script(LATEST_RELEASE)
    chat.page.reload()
    gemini.behave("*", "per-day")
    chat.ask("Hello")
    expect(chat.alert).to_contain_text("reached their limits")
    expect(chat.message).to_be_disabled()
    expect(chat.page.get_by_text("We will keep trying until then")).to_be_visible()
    gemini.reset()

    expect(chat.message).to_be_enabled(timeout=RELEASED_MS)
    expect(chat.alert).to_be_hidden()
    expect(chat.message).to_have_value("")

    expect(chat.again).to_be_visible(timeout=RELEASED_MS)
    expect(chat.articles).to_have_count(2)
    assert questions(gemini) == ["Hello"]


def test_models_that_do_not_answer_are_said_to_be_so_and_tried_until_they_do(
    gemini: Emulator, fresh_nexus: str, open_chat: OpenChat
) -> None:
    chat = open_chat(fresh_nexus)
    gemini.behave("*", "overloaded")
    chat.ask("Hello")
    expect(chat.alert).to_contain_text("overloaded")
    expect(chat.alert).not_to_contain_text("limits")
    expect(chat.alert).not_to_contain_text("retry_at")
    expect(chat.message).to_be_disabled()
    expect(chat.articles.get_by_text("Waiting.")).to_be_visible()

    tried = len(gemini.calls())
    assert eventually(lambda: len(gemini.calls()) > tried, RELEASED_MS / 1000)
    expect(chat.articles.get_by_text("Waiting.")).to_be_visible()
    expect(chat.articles.get_by_text("No answer.")).to_have_count(0)
    expect(chat.retry).to_have_count(0)

    gemini.reset()
    expect(chat.status).to_have_text(re.compile("Answer complete"), timeout=RELEASED_MS)
    expect(chat.articles).to_have_count(2)
    expect(chat.message).to_have_value("")
    expect(chat.message).to_be_enabled()
    assert questions(gemini) == ["Hello"]


def test_two_tabs_try_a_waiting_message_once(
    gemini: Emulator, fresh_nexus: str, open_chat: OpenChat
) -> None:
    chat = open_chat(fresh_nexus)
    gemini.behave("*", "overloaded")
    chat.ask("Hello")
    expect(chat.alert).to_contain_text("overloaded")
    other = chat.page.context.new_page()
    other.goto(chat.page.url)
    expect(other.get_by_text("Waiting.")).to_be_visible()
    gemini.reset()

    for page in (chat.page, other):
        answers = page.get_by_role("log").get_by_role("button", name="Copy answer")
        expect(answers).to_have_count(1, timeout=RELEASED_MS)
    assert questions(gemini) == ["Hello"]
