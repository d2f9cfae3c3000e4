"""Conversations that are long cost what changes in them, not what they hold."""

import json
import re
from itertools import pairwise
from typing import Any

import pytest
from playwright.sync_api import CDPSession, expect

from tests.browser.chat_page import ChatPage, OpenChat
from tests.browser.test_streaming import OBSERVE, STREAM, mixed_markdown
from tools.emulator.server import Emulator

pytestmark = pytest.mark.browser

TURNS = 60
PIECES = 80
WHEN = "2026-01-01T00:00:00Z"


def conversation(answers: list[str]) -> str:
    """A file with a conversation of these answers."""
    ending = {"state": "done", "models": ["M"], "finish_reason": "stop", "failure_code": None}
    exchanges: list[dict[str, Any]] = [
        {"question": f"Question {number}", "answer": {**ending, "text": text}}
        for number, text in enumerate(answers, 1)
    ]
    times = {"created_at": WHEN, "updated_at": WHEN}
    one = {"id": "long", "title": "A long one", **times, "exchanges": exchanges}
    head = {"format": "nexus-conversations", "version": 1, "exported_at": WHEN}
    return json.dumps({**head, "conversations": [one]})


def open_long(chat: ChatPage, answers: list[str]) -> None:
    chat.choose_file("long.json", conversation(answers))
    chat.page.get_by_role("link", name="A long one").click()
    expect(chat.answers).to_have_count(len(answers))


class Calls:
    """How often functions of the page run, each named by words that only its source holds."""

    def __init__(self, chat: ChatPage, *words: str) -> None:
        self._cdp: CDPSession = chat.page.context.new_cdp_session(chat.page)
        self._words = words
        for method in ("Profiler.enable", "Debugger.enable"):
            self._cdp.send(method)
        how = {"callCount": True, "detailed": False}
        self._cdp.send("Profiler.startPreciseCoverage", how)

    def count(self) -> list[int]:
        found: list[dict[int, int]] = [{} for _ in self._words]
        for script in self._cdp.send("Profiler.takePreciseCoverage")["result"]:
            reply = self._cdp.send("Debugger.getScriptSource", {"scriptId": script["scriptId"]})
            for function in script["functions"]:
                extent = function["ranges"][0]
                source = reply["scriptSource"][extent["startOffset"] : extent["endOffset"]]
                for words, counts in zip(self._words, found, strict=True):
                    if words in source:
                        counts[len(source)] = extent["count"]
        return [counts[min(counts)] for counts in found]  # the innermost around the words


def test_only_the_row_whose_answer_grows_is_drawn_again(nexus: str, open_chat: OpenChat) -> None:
    chat = open_chat(nexus)
    open_long(chat, ["Short."] * TURNS)
    calls = Calls(chat, "question-actions", "answer-head")
    chat.page.evaluate(STREAM, ["word " * (2 * PIECES), 10])

    chat.ask_and_wait("And now?")

    # once for each piece and a few times around them, however many rows there are
    drawn = calls.count()
    assert all(0 < count < PIECES + TURNS / 2 for count in drawn), drawn


def test_the_newest_answer_is_drawn_first_and_the_others_little_by_little(
    nexus: str, open_chat: OpenChat
) -> None:
    chat = open_chat(nexus)
    section = mixed_markdown(1_500)
    chat.page.evaluate(OBSERVE)
    chat.page.evaluate(
        """() => {
            window.order = [];
            new MutationObserver((records) => {
                const all = [...document.querySelectorAll(".answer")];
                for (const { target } of records) {
                    const row = all.indexOf(target.closest(".prose")?.parentElement);
                    if (row >= 0 && !window.order.includes(row)) window.order.push(row);
                }
            }).observe(document.querySelector("main"), { childList: true, subtree: true });
        }"""
    )
    open_long(chat, [section] * TURNS)
    for row in (45, 30, 15, 0):
        expect(chat.answers.nth(row).locator("table").first).to_be_attached()

    order = chat.page.evaluate("() => window.order")
    assert [after - before for before, after in pairwise(order)] == [-1] * (TURNS - 1)
    work = chat.page.evaluate("() => window.work.added")
    there = chat.answers.locator(".prose *").count()
    assert max(work) < there / 4, "never much of it at once"


def test_a_long_list_or_table_grows_where_it_is(chat: ChatPage, gemini: Emulator) -> None:
    row = "| {n} | *some* words | `{n}` |\n"
    table = "| a | b | c |\n|---|---|---|\n" + "".join(row.format(n=n) for n in range(400))
    items = "".join(f"- item {n} with *emphasis*\n" for n in range(400))
    gemini.behave("*", "answer", text=f"{items}\n\n{table}", chunks=150, chunk_seconds=0.01)
    chat.page.evaluate(OBSERVE)

    answer = chat.ask_and_wait("Hello")

    expect(answer.locator("li")).to_have_count(400)
    expect(answer.locator("tbody tr")).to_have_count(400)
    work = sum(chat.page.evaluate("() => window.work.added"))
    assert work < 2 * answer.locator(".prose *").count()


def test_one_long_list_is_drawn_little_by_little(nexus: str, open_chat: OpenChat) -> None:
    chat = open_chat(nexus)
    chat.page.evaluate(OBSERVE)
    items = 2_000
    open_long(chat, ["".join(f"- item {n} with *emphasis*\n" for n in range(items))])

    expect(chat.answers.locator("li")).to_have_count(items)
    work = chat.page.evaluate("() => window.work.added")
    assert max(work) < 2 * items / 3


def test_what_is_exported_in_the_middle_of_an_answer_is_what_has_come(
    chat: ChatPage, gemini: Emulator
) -> None:
    gemini.behave("*", "answer", text="part " * 1200, chunks=600, chunk_seconds=0.1)
    chat.ask("Hello")
    expect(chat.answers).to_contain_text(re.compile("(part ){40}"))

    chat.page.get_by_text("Export and import").click()
    with chat.page.expect_download() as download:
        chat.page.get_by_role("button", name="Export this one as Markdown").click()

    text = download.value.path().read_text()
    chat.stop.click()
    assert text.count("part ") >= 40


def test_a_long_question_is_folded_until_somebody_wants_it(chat: ChatPage) -> None:
    text = "\n".join(f"line {number}" for number in range(60))
    chat.ask_and_wait(text)
    question = chat.articles.first.locator("p").first
    more = chat.page.get_by_role("button", name="Show more")
    expect(question).to_have_text(text)
    expect(more).to_have_attribute("aria-expanded", "false")
    folded = question.bounding_box()
    assert folded
    assert folded["height"] < 300

    more.focus()
    top = question.evaluate("box => box.getBoundingClientRect().top")
    chat.page.keyboard.press("Enter")

    less = chat.page.get_by_role("button", name="Show less")
    expect(less).to_be_focused()
    expect(less).to_have_attribute("aria-expanded", "true")
    whole = question.bounding_box()
    assert whole
    assert whole["height"] > 900
    assert whole["y"] == top, "it is read from where it was"
    chat.ask_and_wait("A short one")
    expect(less).to_have_count(1)
