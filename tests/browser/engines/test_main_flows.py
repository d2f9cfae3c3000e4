"""What a visitor does every day, in the engines that the other tests do not use."""

import re
import zlib
from typing import Any

import pytest

from tests.browser.engines.browsers import Browser
from tests.browser.engines.chat import SHIFT_ENTER, Chat
from tests.browser.test_waiting import asked
from tools.emulator.server import Emulator

pytestmark = [
    pytest.mark.browser,
    pytest.mark.parametrize("running_browser", ["firefox", "webkit"], indirect=True),
]

LONG: dict[str, Any] = {
    "text": "word and more words " * 1500,
    "chunks": 300,
    "chunk_seconds": 0.15,
}
NEAR_END_PX = 30


def test_a_question_is_answered_and_the_tooltip_names_the_model(
    chat: Chat, gemini: Emulator, models: list[dict[str, str]]
) -> None:
    gemini.behave("*", "answer", text="Short.")
    chat.ask("Hello")
    chat.until_answered()

    chat.press("About the model")
    chat.until_read(f"Answered by {models[0]['display_name']}", "[role=tooltip]")
    assert chat.draft() == ""
    chat.press("New chat")
    chat.until(lambda: chat.text("article") == "")


def test_a_stream_is_followed_while_lines_are_typed_and_ends_at_stop(
    chat: Chat, gemini: Emulator
) -> None:
    gemini.behave("*", "answer", **LONG)
    chat.ask("Hello")
    chat.until(lambda: len(chat.transcript()) > 3_000)

    for _ in range(4):
        chat.write(f"one more line{SHIFT_ENTER}")
    length = len(chat.transcript())
    chat.until(lambda: len(chat.transcript()) > length + 500)
    chat.until(lambda: chat.distance_to_end() < NEAR_END_PX)
    chat.press("Stop")

    chat.until_read("Stopped.")
    assert chat.draft() == "one more line\n" * 4
    chat.until(lambda: chat.button("Send") is not None)


def test_another_model_answers_then_all_are_exhausted_and_then_back(
    engine: Browser, fresh_nexus: str, gemini: Emulator, models: list[dict[str, str]]
) -> None:
    chat = Chat(engine, fresh_nexus)
    chat.open()
    gemini.behave(models[0]["name"], "per-day")
    chat.ask("Hello")
    chat.until_answered()
    chat.press("About the model")
    chat.until_read(f"Answered by {models[1]['display_name']}", "[role=tooltip]")

    gemini.behave("*", "per-minute", retry_delay="12s")
    chat.ask("Patience")
    chat.until_read("Temporarily unavailable", "[role=alert]")
    assert chat.is_disabled()
    chat.until_read("You are next in line.", ".banner")
    chat.until_in_sight("Waiting.")
    if not engine.run("return 'LanguageModel' in window"):
        loaded = "return performance.getEntriesByType('resource').map(({ name }) => name).join()"
        assert "/device-" not in str(engine.run(loaded))

    gemini.reset()
    chat.until(lambda: not chat.is_disabled())
    chat.until(lambda: chat.text("[data-state=done]").count("Nexus Core") == 2)
    assert asked(gemini)[-1] == "Patience"


def test_a_conversation_and_a_draft_are_there_after_a_reload(chat: Chat, gemini: Emulator) -> None:
    gemini.behave("*", "answer", text="Some **bold** words.")
    chat.ask("Hello")
    chat.until_read("Some bold words.")
    chat.until_answered()
    chat.write("half a thought")

    chat.reload()

    chat.until_read("Some bold words.")
    chat.until(lambda: chat.draft() == "half a thought")


def test_two_tabs_show_one_answer_and_either_may_stop_it(chat: Chat, gemini: Emulator) -> None:
    chat.ask("Hello")
    chat.until_answered()
    address = str(chat.browser.run("return location.href"))
    gemini.behave("*", "answer", **LONG)
    chat.ask("And again")
    chat.until_read("word and more")

    chat.browser.open_tab(address)
    chat.until_read("word and more")
    chat.press("Stop")

    chat.until_read("Stopped.")
    chat.browser.show_tab(0)
    chat.until_read("Stopped.")


def test_what_is_written_offline_is_sent_once_and_in_order(chat: Chat, gemini: Emulator) -> None:
    chat.set_online(False)
    for words in ("One", "Two"):
        chat.ask(words)
        chat.until(lambda: chat.draft() == "")
    chat.until(lambda: chat.transcript().count("Waiting.") == 2)

    chat.set_online(True)

    chat.until(lambda: chat.text("[data-state=done]").count("Nexus Core") == 2)
    assert asked(gemini) == ["One", "Two"]


def test_a_conversation_is_printed_to_its_end(chat: Chat, gemini: Emulator) -> None:
    gemini.behave("*", "answer", text="A paragraph of words.\n\n" * 200)
    chat.ask("Hello")
    chat.until_answered()

    pdf = chat.browser.print_to_pdf()

    packed = re.findall(rb"stream\r?\n(x.*?)endstream", pdf, re.DOTALL)
    plain = pdf + b"".join(zlib.decompress(stream) for stream in packed)
    assert len(re.findall(rb"/Type /Page\b(?!s)", plain)) > 3


def test_the_welcome_starts_at_its_top_on_a_low_screen(chat: Chat) -> None:
    chat.browser.resize(500, 400)
    chat.browser.open("about:blank")
    chat.browser.take_console()  # What had not come of the page that was left.
    chat.browser.open(chat.url)
    chat.wait_for_message_box()

    chat.until_in_sight("What is on your mind?")
