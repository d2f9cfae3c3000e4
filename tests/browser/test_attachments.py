"""Text files that are dropped on the page, and the message that they are sent with."""

import re

import pytest
from playwright.sync_api import expect

from tests.browser.chat_page import ChatPage, sent
from tests.browser.test_accessibility import AXE, violations
from tools.emulator.server import Emulator

pytestmark = pytest.mark.browser

DROP = """() => {
    const data = new DataTransfer();
    data.items.add(new File(["a,b\\n1,2"], "data.csv"));
    data.items.add(new File([new Uint8Array([0x89, 0x50, 0, 1])], "picture.png"));
    for (const type of ["dragenter", "dragover", "drop"]) {
        const init = { dataTransfer: data, bubbles: true, cancelable: true };
        const event = new DragEvent(type, init);
        document.body.dispatchEvent(event);
        if (type === "drop") return event.defaultPrevented;
    }
}"""


def test_dropped_files_are_sent_with_the_message_and_shown_with_it(
    chat: ChatPage, gemini: Emulator
) -> None:
    assert chat.page.evaluate(DROP)
    files = chat.page.get_by_role("list", name="Attached files")
    expect(files.get_by_role("listitem")).to_contain_text(["data.csv"])
    expect(chat.status).to_have_text(re.compile("picture.png is not a text file"))
    assert violations(chat, AXE.read_text(), (360,)) == []
    chat.page.reload()
    expect(files).to_contain_text("data.csv")

    gemini.behave("*", "answer", text="It *depends*. " * 400, chunks=400, chunk_seconds=0.2)
    with chat.page.expect_request("**/chat/completions") as request:
        chat.ask("Why?")
    chat.message.fill("And then?")
    chat.message.press("Enter")
    expect(chat.articles.get_by_text("after the message before it")).to_be_visible()
    gemini.reset()
    gemini.behave("*", "answer", text="It *depends*.")
    chat.stop.click()
    expect(chat.answers).to_have_count(2)
    expect(chat.status).to_have_text(re.compile("Answer complete"))
    chat.come_to_rest()

    assert sent(request.value)[-1]["content"] == "Why?\n\ndata.csv:\n```csv\na,b\n1,2\n```"
    expect(files).to_have_count(1)
    files.get_by_text("data.csv").click()
    expect(chat.articles.first).to_contain_text("a,b\n1,2")
    assert violations(chat, AXE.read_text(), (360,)) == []
