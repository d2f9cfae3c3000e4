"""Reading on a phone while text comes in, and finding one's way in a long conversation."""

import re
from typing import Any

import pytest
from playwright.sync_api import CDPSession, expect

from tests.browser.chat_page import ChatPage, OpenChat, sent, where_scrolling_ends
from tests.browser.test_conversations import choose_file
from tools.emulator.server import Emulator

pytestmark = pytest.mark.browser

PHONE = {
    "viewport": {"width": 390, "height": 700},
    "has_touch": True,
    "is_mobile": True,
}
TOP = "log => log.scrollTop"
# As the browser's own search: from where it is, and on from the beginning.
FOUND = """words => window.find(words, false, false, true)
    && document.querySelector("[role=log]").contains(getSelection().anchorNode)"""
GROWN = "length => document.querySelector('.answer').innerText.length > length"


class Finger:
    """A finger on the conversation: the browser makes scrolling of it, with its momentum."""

    def __init__(self, cdp: CDPSession) -> None:
        self._cdp = cdp
        self._y = 0.0

    def down(self, y: float = 300) -> None:
        self._y = y
        self._send("touchStart")

    def move(self, distance: float) -> None:
        """By so many pixels; down is positive, and shows what is above."""
        for _ in range(10):
            self._y += distance / 10
            self._send("touchMove")

    def up(self) -> None:
        self._send("touchEnd")

    def _send(self, kind: str) -> None:
        points = [] if kind == "touchEnd" else [{"x": 195, "y": self._y}]
        self._cdp.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": points})


def test_a_finger_is_never_overruled_by_new_text(
    gemini: Emulator, nexus: str, open_chat: OpenChat
) -> None:
    chat = open_chat(nexus, **PHONE)
    finger = Finger(chat.page.context.new_cdp_session(chat.page))
    jump = chat.page.get_by_role("button", name="Jump to the latest message")
    lines = chat.answers.get_by_text("line")
    gemini.behave("*", "answer", text="line\n\n" * 1500, chunks=300, chunk_seconds=0.15)
    chat.ask("Hello")
    expect(lines.nth(30)).to_be_attached()

    finger.down()
    finger.move(20)
    expect(jump).to_be_visible()
    held = where_scrolling_ends(chat)
    expect(lines.nth(lines.count() + 10)).to_be_attached()
    assert chat.log.evaluate(TOP) == held, "a finger that rests holds the text"

    chat.log.evaluate("log => log.addEventListener('scrollend', () => { window.isAtRest = true; })")
    finger.move(200)
    finger.up()
    chat.page.wait_for_function("() => window.isAtRest")
    above = where_scrolling_ends(chat)
    assert above < held - 150
    expect(lines.nth(lines.count() + 10)).to_be_attached()
    assert chat.log.evaluate(TOP) == above

    jump.tap()
    expect(jump).to_be_hidden()
    expect(lines.nth(lines.count() + 10)).to_be_attached()
    expect(jump).to_be_hidden()
    chat.stop.tap()
    expect(chat.answers.get_by_text("Stopped.")).to_be_in_viewport()


def test_a_finger_that_reaches_the_end_follows_again(
    gemini: Emulator, nexus: str, open_chat: OpenChat
) -> None:
    chat = open_chat(nexus, **PHONE)
    finger = Finger(chat.page.context.new_cdp_session(chat.page))
    jump = chat.page.get_by_role("button", name="Jump to the latest message")
    text = "line\n\n" * 40 + "word " * 2000  # grows slower than a finger moves, in the end
    gemini.behave("*", "answer", text=text, chunks=225, chunk_seconds=0.32)
    chat.ask("Hello")
    expect(chat.answers.get_by_text("word word")).to_be_visible()

    finger.down(400)
    finger.move(60)
    expect(jump).to_be_visible()
    finger.move(-390)
    expect(jump).to_be_hidden()
    finger.move(-60)  # there is nothing more to show
    shown = len(chat.answers.inner_text())
    chat.page.wait_for_function(GROWN, arg=shown + 200)
    expect(jump).to_be_hidden()
    finger.up()
    chat.stop.tap()
    expect(chat.answers.get_by_text("Stopped.")).to_be_in_viewport()


def long_conversation(turns: int, text: str) -> dict[str, Any]:
    """A file with one conversation."""
    answer = {"state": "done", "models": ["A model"]}
    exchanges = [
        {"question": f"Question {n}.", "answer": {**answer, "text": f"{text} {n}."}}
        for n in range(turns)
    ]
    entry = {
        "id": "long",
        "title": "A long one",
        "created_at": "2026-01-01T00:00:00Z",
        "updated_at": "2026-01-01T00:00:00Z",
        "exchanges": exchanges,
    }
    return {"format": "nexus-conversations", "version": 1, "conversations": [entry]}


@pytest.mark.parametrize(
    ("turns", "text", "count"),
    [
        (210, "Answer", 2 * 99 + 1),  # 200 messages
        (100, "文" * 4_000, 2 * 86 + 1),  # 1 MiB, at three bytes a character
        (40, "word " * 3_000, 2 * 26 + 1),  # 400,000 characters
    ],
)
def test_of_a_long_conversation_the_newest_is_sent_and_all_of_it_can_be_read(
    chat: ChatPage, gemini: Emulator, turns: int, text: str, count: int
) -> None:
    choose_file(chat, long_conversation(turns, text))
    chat.page.get_by_role("link", name="A long one").click()
    expect(chat.articles).to_have_count(2 * turns)
    gemini.behave("*", "answer", text="The latest answer.")

    with chat.page.expect_request(re.compile("/api/chat/")) as request:
        chat.ask_and_wait("And now?")

    messages = sent(request.value)
    assert messages[-1] == {"role": "user", "content": "And now?"}
    assert messages[-2]["content"].endswith(f" {turns - 1}.")
    assert messages[0]["role"] == "user"
    assert len(messages) == count
    expect(chat.answers.last).to_contain_text("The latest answer.")
    expect(chat.articles).to_have_count(2 * turns + 2)
    for words in ("Question 0.", f"Question {turns // 2}.", "The latest answer."):
        assert chat.page.evaluate(FOUND, words), words
