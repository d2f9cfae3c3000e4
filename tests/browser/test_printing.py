"""Print, and "save as PDF", give the whole conversation and nothing else."""

import json
import re

import pytest
from playwright.sync_api import expect

from tests.browser.chat_page import LAID_OUT, OpenChat
from tests.browser.test_long_conversations import conversation, open_long
from tests.browser.test_streaming import mixed_markdown

pytestmark = pytest.mark.browser

TURNS = 20
LONG_QUESTION = "\n".join(f"line {number}" for number in range(60))


def answers() -> list[str]:
    body = mixed_markdown(1_500)
    return [f"# Begin {n}\n\n{body}\n\n# End {n}" for n in range(TURNS)]


def test_every_page_of_a_conversation_is_printed_also_from_a_dark_screen(
    nexus: str, open_chat: OpenChat
) -> None:
    chat = open_chat(nexus, color_scheme="dark")
    open_long(chat, answers())
    expect(chat.answers.last.get_by_role("heading", name=f"End {TURNS - 1}")).to_be_attached()

    pdf = chat.page.pdf(outline=True, tagged=True)

    # Chromium writes headings and pages as they are, and packs only what is on the pages
    titles = re.findall(rb"/Title \(((?:Begin|End) \d+)\)", pdf)
    expected = [f"{word} {n}".encode() for n in range(TURNS) for word in ("Begin", "End")]
    assert sorted(titles) == sorted(expected)
    assert len(re.findall(rb"/Type /Page\b(?!s)", pdf)) >= TURNS


def test_what_has_not_been_drawn_yet_is_drawn_for_the_printer(
    nexus: str, open_chat: OpenChat
) -> None:
    chat = open_chat(nexus)
    open_long(chat, answers())
    expect(chat.answers.first.locator("table")).not_to_have_count(0)  # the last to be drawn
    expect(chat.answers.locator("code[data-math]:not([data-drawn])")).to_have_count(0)
    chat.new_chat.click()
    expect(chat.answers).to_have_count(0)
    chat.page.evaluate(LAID_OUT)

    # with no frames to draw in
    chat.page.evaluate("() => { window.requestAnimationFrame = () => 0; history.back(); }")
    expect(chat.answers).to_have_count(TURNS)
    expect(chat.page.locator(".on-paper")).to_have_count(0)
    assert chat.answers.locator(".prose *").count() == 0
    chat.page.evaluate("() => dispatchEvent(new Event('beforeprint'))")

    assert chat.answers.filter(has=chat.page.locator("table")).count() == TURNS


def test_on_paper_there_are_words_in_black_on_white_and_no_controls(
    nexus: str, open_chat: OpenChat
) -> None:
    chat = open_chat(nexus, color_scheme="dark")
    chat.page.evaluate("() => localStorage.setItem('nexus-theme', 'dark')")
    chat.page.reload()
    file = conversation(["The answer.\n\n```js\n1\n```"])
    chat.choose_file("a.json", file.replace('"Question 1"', json.dumps(LONG_QUESTION)))
    chat.page.get_by_role("link", name="A long one").click()
    expect(chat.answers.get_by_text("The answer.")).to_be_visible()
    expect(chat.page.get_by_role("button", name="Show more")).to_be_visible()

    chat.page.emulate_media(media="print")

    for role in ("button", "textbox", "navigation", "banner"):
        expect(chat.page.get_by_role(role)).to_have_count(0)
    expect(chat.answers.locator("p").first).to_have_css("color", "rgb(27, 30, 32)")
    question = chat.articles.first.locator("p")
    assert question.evaluate("box => box.scrollHeight <= box.clientHeight")
    for element in ("#page", "[role=log]"):
        clipped = "element => getComputedStyle(element).overflow !== 'visible'"
        assert not chat.page.locator(element).evaluate(clipped)
