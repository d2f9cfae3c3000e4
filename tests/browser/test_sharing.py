"""What leaves the page to be read elsewhere."""

from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import BrowserContext, expect

from tests.browser.chat_page import ChatPage
from tests.browser.test_hostile_markdown import CASES, HOSTILE_NAME, WATCH, Watch, exported_file

pytestmark = pytest.mark.browser

SAFE = (
    "Is $\\sqrt{2}$ *rational*?\n\n| a |\n| - |\n| 1 |\n\n```js\nlet a = 1;\n```\n\n1. one\n2. two"
)


def test_a_shared_page_shows_all_and_nothing_in_it_runs(
    chat: ChatPage, new_context: Callable[..., BrowserContext], tmp_path: Path
) -> None:
    turns = {text: text for text in CASES.values()}
    chat.choose_file("a.md", exported_file(turns | {SAFE: SAFE}, title=HOSTILE_NAME))
    chat.page.get_by_role("link", name=HOSTILE_NAME).click()
    chat.page.get_by_text("Share this conversation").click()
    with chat.page.expect_download() as download:
        chat.page.get_by_role("button", name="Save as a web page").click()
    path = tmp_path / download.value.suggested_filename
    download.value.save_as(path)

    page = new_context().new_page()
    watch = Watch(page, path.as_uri())
    page.goto(path.as_uri())
    page.evaluate(WATCH)

    expect(page.get_by_role("heading", level=1)).to_have_text(HOSTILE_NAME)
    questions = page.locator("article.question > p")
    assert questions.evaluate_all("boxes => boxes.map(box => box.textContent)") == [
        text.replace("\0", "")
        for text in [*turns, SAFE]  # HTML cannot hold it
    ]
    last = page.locator("article.answer").last
    expect(last.locator("msqrt, em, td, .hl-keyword, ol > li")).to_have_count(6)
    expect(last.get_by_role("group", name="Code, js")).to_have_attribute("tabindex", "0")
    assert page.locator("script, button, iframe, img, form, [onload], [onerror]").count() == 0
    assert watch.problems() == []
