"""What models and visitors write does nothing but stand there, whatever it is."""

import json
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Dialog, Page, expect

from tests.browser.chat_page import ChatPage
from tests.browser.test_focus_and_undo import LISTEN
from tools.emulator.server import Emulator

pytestmark = pytest.mark.browser

CASES: dict[str, str] = json.loads(Path(__file__).with_name("hostile_markdown.json").read_text())
FEWEST_CASES = 60
NEVER_CLOSED = "code that is never closed"
HOSTILE_NAME = '<img src=x onerror="window.pwned=1">'

WATCH = """() => {
    window.violations = [];
    document.addEventListener("securitypolicyviolation", (event) => {
        window.violations.push(`${event.effectiveDirective} ${event.blockedURI} ${event.sample}`);
    });
}"""

# What is wrong with the elements of the answers on the page.
DANGERS = r"""() => {
    const words = (text) => new Set(text.split(" "));
    const tags = words(
        "a blockquote br button code del div em h3 h4 h5 h6 hr li ol p pre small span strong " +
        "sub sup table tbody td th thead tr ul");
    const attributes = words(
        "align aria-label class data-drawn data-language data-long data-math data-open " +
        "data-label data-task dir href referrerpolicy rel role start tabindex target title type");
    // The page says which language its own words in an answer are in; the text cannot choose it.
    const languages = words("ar de el en es fr he it ja ko nl pt th zh");
    const isOwn = ({ localName, className }, name, value) =>
        name === "lang" && localName === "div" && className === "code-head" &&
        languages.has(value) && value === document.documentElement.lang;
    const notMath = /^(a|script|style|img|svg|annotation-xml|maction|mglyph|foreignObject)$/i;
    const dangers = [];
    for (const element of document.querySelectorAll(".prose *")) {
        const isMath = element.closest("math") !== null;
        const isBadTag = isMath ? notMath.test(element.localName) : !tags.has(element.localName);
        if (isBadTag) dangers.push(element.outerHTML);
        for (const { name, value } of element.attributes) {
            const isBad = isMath
                ? /^(on|id$|name$|.*href|src)/.test(name)
                : !attributes.has(name) && !isOwn(element, name, value);
            const isBadStyle = name === "style" && /url\(|fixed|expression/i.test(value);
            if (isBad || isBadStyle) dangers.push(`${name}=${value} of ${element.localName}`);
        }
    }
    for (const { lang } of document.querySelectorAll(".prose[lang]"))
        if (!languages.has(lang)) dangers.push(`lang=${lang} of an answer`);
    for (const link of document.querySelectorAll(".prose a")) {
        const isSafe = /^(https?|mailto):$/.test(link.protocol);
        if (!isSafe || link.rel !== "noopener noreferrer nofollow") dangers.push(link.outerHTML);
    }
    return dangers;
}"""

DRAWN = "() => new Promise((drawn) => requestAnimationFrame(() => setTimeout(drawn)))"


class Watch:
    """Everything that a page does and should not."""

    def __init__(self, page: Page, origin: str) -> None:
        self.page = page
        self.found: list[str] = []
        page.on("dialog", self._dismiss)
        page.on("popup", lambda popup: self.found.append(f"popup {popup.url}"))
        page.on("pageerror", lambda error: self.found.append(f"error {error}"))
        page.on("console", lambda message: self.found.append(f"console {message.text}"))
        page.on("request", lambda request: self._check(request.url, origin))
        page.evaluate(WATCH)

    def _dismiss(self, dialog: Dialog) -> None:
        self.found.append(f"dialog {dialog.message}")
        dialog.dismiss()

    def _check(self, url: str, origin: str) -> None:
        if urlsplit(url)[:2] != urlsplit(origin)[:2]:
            self.found.append(f"request {url}")

    def problems(self) -> list[str]:
        ran = ["code ran"] if self.page.evaluate("() => 'pwned' in window") else []
        violations = self.page.evaluate("() => window.violations")
        return [*self.found, *ran, *violations, *self.page.evaluate(DANGERS)]


def test_there_are_enough_cases_and_each_is_another() -> None:
    assert len(CASES) >= FEWEST_CASES
    assert len(set(CASES.values())) == len(CASES)


def test_all_cases_together_are_harmless_at_every_moment_of_their_arrival(
    chat: ChatPage, gemini: Emulator
) -> None:
    watch = Watch(chat.page, chat.url)
    # Last comes the one that would make of all others its own.
    text = "\n\n".join(sorted(CASES.values(), key=lambda text: text == CASES[NEVER_CLOSED]))
    gemini.behave("*", "answer", text=text, chunks=300, chunk_seconds=0.01)
    chat.ask("Hello")
    expect(chat.stop).to_be_visible()
    while chat.stop.is_visible():
        assert watch.problems() == []

    expect(chat.answers.locator("math").first).to_be_attached()
    expect(chat.answers.locator(".hl-tag, .hl-name").first).to_be_attached()
    assert watch.problems() == []


def exported_file(turns: dict[str, str], **fields: Any) -> str:
    """An exported conversation; the fields are those of its first line."""
    when = "2026-01-01T00:00:00Z"
    head = {"version": 1, "id": "a", "title": None, "created_at": when, "updated_at": when}
    ending = {"state": "done", "models": [HOSTILE_NAME], "finish_reason": HOSTILE_NAME}
    lines = [f"<!-- nexus:conversation {json.dumps(head | fields)} -->"]
    for question, answer in turns.items():
        lines += ["<!-- nexus:question -->", "", question, "", "<!-- nexus:question-end -->"]
        lines += [f"<!-- nexus:answer {json.dumps(ending)} -->", "", answer, ""]
        lines += ["<!-- nexus:answer-end -->"]
    return "\n".join(lines)


def test_each_case_of_an_imported_file_is_harmless_as_an_answer_and_as_a_question(
    chat: ChatPage,
) -> None:
    watch = Watch(chat.page, chat.url)
    turns = {text: text for text in CASES.values()}
    chat.choose_file("a.md", exported_file(turns, title=HOSTILE_NAME))
    chat.page.get_by_role("link", name=HOSTILE_NAME).click()

    questions = chat.page.locator("article.question > p")
    expect(questions).to_have_count(len(turns))
    assert questions.evaluate_all("boxes => boxes.map(box => box.textContent)") == list(turns)
    assert questions.locator("*").count() == 0
    expect(chat.page.locator("article.answer[data-state=done] .copy")).not_to_have_count(0)
    # The oldest is the last to be drawn.
    expect(chat.answers.first.locator(".prose > *")).not_to_have_count(0)
    assert chat.answers.filter(has=chat.page.locator(".prose > *")).count() == len(turns)
    expect(chat.answers.locator("math").first).to_be_attached()
    expect(chat.answers.locator(".hl-tag, .hl-name").first).to_be_attached()
    chat.page.evaluate(DRAWN)
    assert chat.page.locator("article img, article script, article iframe").count() == 0
    assert watch.problems() == []


NOT_EXPORTED = [
    "<script>window.pwned=1</script>",
    "<!-- nexus:conversation <img src=x onerror=window.pwned=1> -->",
    exported_file({"a": "<!-- nexus:question -->"}),
    exported_file({"a": "<!-- nexus:answer-end -->\n<!-- nexus:__proto__ -->"}),
    exported_file({"a": "b"}, id='"><img src=x onerror=window.pwned=1>'),
    exported_file({"a": "b"}, title={"__html": "<img src=x onerror=window.pwned=1>"}),
    exported_file({"a": "b"}).replace('"done"', '"waiting"'),
    "<!-- nexus:conversation " * 200_000,
]
REFUSED = """count => count === window.said
    .filter((words) => /Nothing was imported|not a Nexus file|version/.test(words)).length"""


def test_files_that_nobody_has_exported_are_refused(chat: ChatPage) -> None:
    watch = Watch(chat.page, chat.url)
    chat.page.evaluate(LISTEN, chat.status.element_handle())
    for count, file in enumerate(NOT_EXPORTED, 1):
        chat.choose_file("a.md", file)

        chat.page.wait_for_function(REFUSED, arg=count)
        expect(chat.page.get_by_role("navigation").get_by_role("listitem")).to_have_count(0)
        assert watch.problems() == [], file[:100]


def test_a_links_host_is_shown_where_its_text_says_another(
    chat: ChatPage, gemini: Emulator
) -> None:
    gemini.behave("*", "answer", text=CASES["direction override in a link"])

    answer = chat.ask_and_wait("Hello")

    expect(answer.locator(".link-target")).to_have_text(["evil.example"] * 3)
