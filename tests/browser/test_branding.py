"""What an operator makes their own, with values that are odd or meant to do harm."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import expect

from tests.browser.chat_page import LAID_OUT, ChatPage, until
from tests.browser.test_accessibility import axe, violations  # noqa: F401 - a fixture
from tests.browser.test_shell import NewContext

pytestmark = pytest.mark.browser

HOSTILE = "<img src=x onerror='window.pwned = 1'> of a very long name, which ends somewhere"
SVG = "data:image/svg+xml,<svg xmlns='http://www.w3.org/2000/svg'><script>pwned = 1</script></svg>"
TERMS = "https://acme.example/terms"
PALE = "#fff9c4"


def open_with(
    own: dict[str, Any], nexus: str, new_context: NewContext
) -> tuple[ChatPage, list[str]]:
    """The page with these values in `config.json`, and the list of what it reports."""
    chat = ChatPage(new_context().new_page(), nexus)
    reports: list[str] = []
    chat.page.on("console", lambda message: reports.append(message.text))
    chat.page.on("pageerror", lambda error: reports.append(str(error)))
    chat.page.route("**/config.json", lambda route: route.fulfill(json=own))
    chat.open()
    return chat, reports


def test_odd_values_are_reported_once_and_what_is_shown_is_text_that_can_be_read(
    nexus: str,
    new_context: NewContext,
    axe: str,  # noqa: F811
) -> None:
    own = {
        "name": HOSTILE,
        "accent": PALE,
        "starters": [f"<b>{'W' * 150}</b>"],
        "notice": "N" * 400,
        "links": {"privacy": "javascript:window.pwned=1", "terms": TERMS},
        "logo": SVG,
        "tagline": "T" * 200,
        "language": "no language",
    }
    chat, reports = open_with(own, nexus, new_context)
    page = chat.page

    expect(page.get_by_role("heading", name=HOSTILE, exact=True)).to_be_visible()
    expect(page).to_have_title(HOSTILE)
    tagline = page.get_by_text("T" * 200)
    expect(tagline).to_be_visible()
    expect(page.get_by_role("link", name="Terms")).to_have_attribute("href", TERMS)
    expect(page.get_by_role("link", name="Privacy")).to_have_count(0)
    until(page, lambda: len(reports) >= 3)
    assert sorted(line.split(" ")[1] for line in reports) == [
        "language",
        "links.privacy",
        "logo",
    ]
    assert violations(chat, axe) == []
    for width in (320, 1280):
        page.set_viewport_size({"width": width, "height": 700})
        page.evaluate(LAID_OUT)
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
        assert tagline.evaluate("it => it.scrollWidth <= it.clientWidth")
        buttons = page.get_by_role("button").filter(visible=True)
        too_wide = "all => all.filter((it) => it.scrollWidth > it.clientWidth + 2).length"
        assert buttons.evaluate_all(too_wide) == 0
    assert page.evaluate("window.pwned") is None


def test_only_words_of_the_operator_are_in_their_language(
    nexus: str, new_context: NewContext
) -> None:
    own = {"language": "de", "tagline": "Fragen Sie uns."}
    chat, reports = open_with(own, nexus, new_context)

    expect(chat.page.get_by_text("Fragen Sie uns.")).to_have_attribute("lang", "de")
    assert chat.page.locator("[lang=de]").count() == 1
    assert reports == []


def test_without_values_the_page_says_that_a_machine_answers(chat: ChatPage) -> None:
    expect(chat.page.get_by_text("Messages are processed by Google")).to_be_visible()
    expect(chat.page.locator(".small-print a")).to_have_count(0)


def test_a_logo_that_does_not_load_leaves_the_name(nexus: str, new_context: NewContext) -> None:
    chat, _ = open_with({"name": "Acme", "logo": "no-such-logo.png"}, nexus, new_context)

    expect(chat.page.get_by_role("heading", name="Acme")).to_be_visible()
    expect(chat.page.locator("img")).to_have_count(0)


def test_a_configuration_that_stalls_holds_nobody_up_and_the_title_is_the_name(
    nexus: str, new_context: NewContext
) -> None:
    page = new_context().new_page()
    html = page.request.get(nexus).text().replace("<title>Nexus", "<title>Acme")
    page.route(nexus, lambda route: route.fulfill(body=html, content_type="text/html"))
    page.route("**/config.json", lambda _: None)  # never answered

    page.goto(nexus)

    expect(page.get_by_role("textbox", name="Message")).to_be_visible()
    expect(page.get_by_role("heading", name="Acme")).to_be_visible()
