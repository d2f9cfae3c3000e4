"""A visitor's own limit, as the page shows it: the message waits, and goes out at its instant."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.browser.chat_page import ChatPage, OpenChat
from tests.browser.nexus_process import configuration, running_nexus
from tests.tools.serving.polling import eventually
from tools.emulator.server import Emulator

pytestmark = pytest.mark.browser

CHAT = re.compile("/api/chat/")


@pytest.fixture
def limited_nexus(gemini: Emulator, web_build: None, tmp_path: Path) -> Iterator[str]:
    """Address of a Nexus that lets each visitor send one message each fifteen seconds."""
    limits = {"burst = 10\nper_minute = 20": "burst = 1\nper_minute = 4"}
    config = configuration(tmp_path, limits)
    environ = {"NEXUS_VISITOR_LIMITS": "on", "NEXUS_CONFIG": config}
    with running_nexus(gemini.url, tmp_path, **environ) as address:
        yield address


def questions(gemini: Emulator) -> list[str]:
    """The questions that have reached Gemini, in order."""
    return [call.body["contents"][-1]["parts"][0]["text"] for call in gemini.calls()]


def visitor_of(chat: ChatPage) -> str | None:
    """The id that the page sends with its next message."""
    with chat.page.expect_request(CHAT) as request:
        chat.ask("Hello")
    return request.value.headers.get("x-nexus-visitor")


def test_a_message_over_the_limit_waits_and_goes_out_by_itself(
    gemini: Emulator, limited_nexus: str, open_chat: OpenChat
) -> None:
    chat = open_chat(limited_nexus)
    assert visitor_of(chat) is None
    expect(chat.status).to_have_text(re.compile("Answer complete"))

    chat.page.reload()
    visitor = visitor_of(chat)
    assert visitor is not None
    expect(chat.answers).to_have_count(2)
    expect(chat.send).to_be_enabled()
    with chat.page.expect_response(CHAT) as refused:
        chat.ask("One too many")

    assert refused.value.status == 429
    assert refused.value.json()["error"]["code"] == "visitor_rate_limited"
    expect(chat.articles.get_by_role("timer")).to_be_visible()
    expect(chat.answers).to_have_count(3, timeout=60_000)
    expect(chat.articles.get_by_text("Waiting.")).to_have_count(0)
    assert eventually(lambda: questions(gemini).count("One too many") == 1)
    expect(chat.status).to_have_text(re.compile("Answer complete"))
    assert questions(gemini).count("One too many") == 1
