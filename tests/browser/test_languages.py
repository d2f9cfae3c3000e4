"""The page in other languages: whose choice counts, what changes with it, and what fits."""

import re
from functools import partial
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from nexus.status.core.history import record
from nexus.waiting_room.core.line_ahead import LineAhead
from nexus.wire.status_page import status_page
from tests.browser.chat_page import LAID_OUT, ChatPage, OpenChat
from tests.browser.nexus_process import ROOT
from tests.browser.test_accessibility import axe, violations  # noqa: F401 - a fixture
from tests.browser.test_branding import open_with
from tests.browser.test_shell import NewContext, wait_for_worker
from tests.browser.test_waiting_room import Line
from tests.tools.serving.polling import eventually
from tools.testkit.states import FIRST, START, after, limited, service

pytestmark = pytest.mark.browser

HTML = "text/html; charset=utf-8"
WRITE_HERE = {
    "en": "Write a message",
    "de": "Ihre Nachricht",
    "es": "Tu mensaje",
    "fr": "Votre message",
    "pt": "Sua mensagem",
    "ja": "メッセージを入力",
    "ar": "اكتب رسالة",
}
WIDTHS = (360, 1440)
CUT = """
    [...document.querySelectorAll("button, select, h1, h2, p, legend, label, li, summary, dialog")]
        .filter((it) => it.checkVisibility() && !it.closest(".unseen, .skip"))
        .filter((it) => {
            const { left, right } = it.getBoundingClientRect();
            const isWide = it.clientWidth > 0 && it.scrollWidth > it.clientWidth + 2;
            return isWide || left < -1 || right > innerWidth + 1;
        })
        .map((it) => it.outerHTML)
"""
TWICE_AS_LONG = """
    import { catalogue as english } from "./%s";
    const twice = (value) => {
        if (typeof value === "string") return `${value} ${value}`;
        if (Array.isArray(value)) return value.map(twice);
        return Object.fromEntries(Object.entries(value).map(([key, each]) => [key, twice(each)]));
    };
    export const catalogue = { ...twice(english), LOCALE: "en" };
"""


def shown_in(page: Page, language: str) -> None:
    expect(page.get_by_placeholder(WRITE_HERE[language], exact=True)).to_be_visible()
    expect(page.locator("html")).to_have_attribute("lang", language)
    direction = "rtl" if language == "ar" else "ltr"
    expect(page.locator("html")).to_have_attribute("dir", direction)


def fits(page: Page, *widths: int) -> None:
    """Assert that nothing is cut or beyond an edge."""
    for width in widths:
        page.set_viewport_size({"width": width, "height": 800})
        page.evaluate(LAID_OUT)
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
        assert page.evaluate(CUT) == []


def choose(page: Page, language: str) -> None:
    page.locator("[aria-controls=settings]").click()
    page.locator("select").select_option(language)
    shown_in(page, language)


def test_every_language_fits_and_a_choice_changes_all_tabs_at_once_and_lasts(
    nexus: str, open_chat: OpenChat
) -> None:
    chat = open_chat(nexus, locale="ja-JP")
    page = chat.page
    shown_in(page, "ja")
    page.locator("#message").fill("A draft")
    other = page.context.new_page()
    other.set_viewport_size({"width": 360, "height": 800})
    other.goto(nexus)
    shown_in(other, "ja")
    page.bring_to_front()  # Frames are rare in a tab behind another.

    for language in WRITE_HERE:
        choose(page, language)
        expect(page.locator("#message")).to_have_value("A draft")
        expect(page.locator("[aria-controls=settings]")).to_be_focused()
        page.locator("[aria-controls=settings]").click()
        expect(page.locator("select")).to_have_value(language)
        fits(page, *WIDTHS)
        page.keyboard.press("Escape")
        shown_in(other, language)
        assert other.locator("#message").evaluate("it => it.scrollWidth <= it.clientWidth")
    page.reload()
    shown_in(page, "ar")


@pytest.mark.parametrize("language", ["de", "ar"])
def test_words_of_twice_the_length_fit_on_a_telephone_from_either_side(
    language: str, nexus: str, new_context: NewContext
) -> None:
    [english] = (ROOT / "web/dist/assets").glob("en-*.js")
    script = TWICE_AS_LONG % english.name
    context = new_context(locale=language, viewport={"width": 360, "height": 800})
    context.route(
        re.compile(rf"/assets/{language}-\w+\.js$"),
        lambda route: route.fulfill(body=script, content_type="text/javascript"),
    )
    chat = ChatPage(context.new_page(), nexus)
    chat.open()
    page = chat.page
    expect(page.locator("html")).to_have_attribute("lang", language)
    fits(page, 360)
    chat.ask_and_wait("Hello")
    expect(chat.again).to_be_visible()
    chat.about.focus()
    expect(chat.tooltip).to_be_visible()
    fits(page, 360)

    chat.articles.first.get_by_role("button", name="Edit").click()
    fits(page, 360)
    page.keyboard.press("Escape")
    Line(called=100, issued=110, per_second=0.05).stand_before(context)
    chat.ask("And now?")
    expect(page.get_by_role("button", name="Leave the line")).to_be_visible()
    fits(page, 360)

    page.get_by_role("button", name="Settings").click()
    expect(page.locator("select")).to_be_visible()
    fits(page, 360)
    page.locator(".settings-panel button").last.click()
    expect(page.get_by_role("dialog", name="Keyboard shortcuts")).to_be_visible()
    fits(page, 360)
    page.keyboard.press("Escape")
    page.get_by_role("button", name="Conversations").click()
    for part in ("Share this conversation", "Export and import"):
        page.get_by_role("dialog").get_by_text(part).first.click()
    fits(page, 360)


def test_the_language_of_a_first_visit_is_there_offline(
    nexus: str, new_context: NewContext
) -> None:
    context = new_context(service_worker=True, locale="fr")
    chat = ChatPage(context.new_page(), nexus)
    chat.open()
    wait_for_worker(chat.page)
    [words] = (ROOT / "web/dist/assets").glob("fr-*.js")
    is_kept = "async path => (await caches.match(path)) !== undefined"
    assert eventually(lambda: bool(chat.page.evaluate(is_kept, f"assets/{words.name}")))

    context.set_offline(True)
    chat.page.reload()

    shown_in(chat.page, "fr")


def test_axe_finds_nothing_from_right_to_left(
    exhausted_nexus: str,
    open_chat: OpenChat,
    axe: str,  # noqa: F811
) -> None:
    chat = open_chat(exhausted_nexus, locale="ar")
    expect(chat.alert).not_to_be_empty()

    assert violations(chat, axe, WIDTHS) == []


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


def test_each_headline_of_the_status_page_gives_way_to_the_next_when_its_time_is_up(
    nexus: str, new_context: NewContext
) -> None:
    line = LineAhead(waiting=40, comes_at=after(301), is_known=True, until=after(901))
    written = status_page(record(None, service(limited(FIRST, 90)), START, line))
    page = new_context(locale="de", timezone_id="Asia/Tokyo").new_page()
    page.clock.install(time=START)
    page.route("**/status.html", lambda route: route.fulfill(body=written, content_type=HTML))
    page.goto(f"{nexus}status.html")
    now = page.locator(".now:visible")
    expect(now.locator("h1")).to_have_text("Der Chat kann gerade nicht antworten")
    expect(now).to_contain_text("In der Warteschlange (22. November 2026 um 21:00): etwa 40.")
    expect(now).to_contain_text("zu dieser Zeit: etwa 6 Minuten.")

    page.clock.fast_forward("02:00")
    expect(now.locator("h1")).to_have_text("Neue Nachrichten müssen warten")

    page.clock.fast_forward("15:00")
    expect(now.locator("h1")).to_have_text("Der Chat wird erneut geprüft")


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
