"""The page in other languages: whose choice counts, what changes with it, and what fits."""

import re
from functools import partial
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.browser.chat_page import OpenChat
from tests.browser.test_accessibility import axe, violations  # noqa: F401 - a fixture
from tests.browser.test_branding import open_with
from tests.browser.test_shell import NewContext

pytestmark = pytest.mark.browser

WRITE_HERE = {
    "en": "Write a message",
    "de": "Nachricht schreiben",
    "es": "Escribe un mensaje",
    "fr": "Écrivez un message",
    "pt": "Escreva uma mensagem",
    "ja": "メッセージを入力",
    "ar": "اكتب رسالة",
}
WIDTHS = (360, 1440)
CUT = """
    [...document.querySelectorAll("button, select, h1, h2, p, legend, label")]
        .filter((it) => it.checkVisibility() && !it.closest(".unseen"))
        .filter((it) => it.scrollWidth > it.clientWidth + 2 && it.clientWidth > 0)
        .map((it) => it.outerHTML)
"""


def shown_in(page: Page, language: str) -> None:
    expect(page.get_by_placeholder(WRITE_HERE[language], exact=True)).to_be_visible()
    expect(page.locator("html")).to_have_attribute("lang", language)
    direction = "rtl" if language == "ar" else "ltr"
    expect(page.locator("html")).to_have_attribute("dir", direction)


@pytest.mark.parametrize(
    ("locale", "language"),
    [
        ("en-GB", "en"),
        ("de-AT", "de"),
        ("es-MX", "es"),
        ("fr-CA", "fr"),
        ("pt-PT", "pt"),
        ("ja-JP", "ja"),
        ("ar-EG", "ar"),
    ],
)
def test_the_page_speaks_the_browsers_language_and_fits(
    locale: str, language: str, nexus: str, open_chat: OpenChat
) -> None:
    page = open_chat(nexus, locale=locale).page

    shown_in(page, language)
    page.locator("[aria-controls=settings]").click()
    expect(page.locator("select")).to_be_visible()
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": 800})
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
        assert page.evaluate(CUT) == []


@pytest.mark.parametrize("language", ["de", "ar"])
def test_axe_finds_nothing_in_another_language(
    language: str,
    exhausted_nexus: str,
    open_chat: OpenChat,
    axe: str,  # noqa: F811
) -> None:
    chat = open_chat(exhausted_nexus, locale=language)
    expect(chat.alert).not_to_be_empty()

    assert violations(chat, axe, WIDTHS) == []


def test_a_choice_changes_the_page_at_once_and_lasts(nexus: str, open_chat: OpenChat) -> None:
    chat = open_chat(nexus, locale="en-GB")
    chat.message.fill("A draft")
    page = chat.page
    page.locator("[aria-controls=settings]").click()
    page.get_by_label("Language").select_option("العربية")

    shown_in(page, "ar")
    expect(page.locator("#message")).to_have_value("A draft")
    expect(page.locator("[aria-controls=settings]")).to_be_focused()
    page.reload()
    shown_in(page, "ar")


def test_the_operators_language_is_for_browsers_of_others(
    nexus: str, new_context: NewContext
) -> None:
    for locale, language in (("nl", "fr"), ("de", "de")):
        chat, _ = open_with({"language": "fr-CA"}, nexus, partial(new_context, locale=locale))
        shown_in(chat.page, language)


@pytest.mark.parametrize(
    ("options", "language", "headline"),
    [
        ({"locale": "de-AT"}, "de", "Der Chat kann gerade nicht antworten"),
        ({"locale": "ar"}, "ar", "لا يمكن للمحادثة الإجابة الآن"),
        (
            {"locale": "de-AT", "java_script_enabled": False},
            "en",
            "The chat cannot answer now",
        ),
    ],
)
def test_the_status_page_speaks_the_browsers_language_and_english_without_a_script(
    options: dict[str, Any],
    language: str,
    headline: str,
    exhausted_nexus: str,
    new_context: NewContext,
) -> None:
    page = new_context(**options, timezone_id="Asia/Tokyo").new_page()
    page.goto(f"{exhausted_nexus}status.html")

    expect(page.locator("h1:visible")).to_have_text(headline)
    expect(page.locator("html")).to_have_attribute("lang", language)
    expect(page.locator("footer")).to_contain_text("UTC." if language == "en" else "Asia/Tokyo.")
    page.set_viewport_size({"width": 360, "height": 800})
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_an_open_status_page_shows_what_has_been_written_since(
    exhausted_nexus: str, new_context: NewContext
) -> None:
    page = new_context(locale="de").new_page()
    page.clock.install()
    page.goto(f"{exhausted_nexus}status.html")
    expect(page).to_have_title(re.compile("^Der Chat kann gerade nicht antworten – "))
    later = """
        <header data-say="TITLE">Service status</header>
        <main><section class="now"><h1 data-say="IS_WORKING">The chat is working</h1>
        <p data-say="ANSWERS"><bdi data-slot="model">Another</bdi> is answering.</p></main>
    """
    page.route("**/status.html", lambda route: route.fulfill(body=later, content_type="text/html"))

    page.clock.fast_forward("01:01")

    expect(page).to_have_title("Der Chat funktioniert – Status des Dienstes")
    expect(page.locator("main")).to_contain_text("Another antwortet.")
