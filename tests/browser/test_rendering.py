import re

import pytest
from playwright.sync_api import expect

from tests.browser.chat_page import ChatPage, OpenChat
from tools.emulator.server import Emulator

pytestmark = pytest.mark.browser

LAZY = re.compile("/assets/(highlighter|typesetter|noto-sans-math)-")
CODE = "```js\nconst x = 1; // one\n```\n\n```brainfuck\n+[>]\n```"


def test_what_few_answers_need_is_fetched_with_the_first_of_them(
    gemini: Emulator, nexus: str, open_chat: OpenChat
) -> None:
    chat = open_chat(nexus)
    fetched: list[str] = []
    chat.page.on("request", lambda request: fetched.extend(LAZY.findall(request.url)))
    gemini.behave("*", "answer", text="It costs $5, or $6. `code`")
    chat.ask_and_wait("Hello")
    assert fetched == []
    assert not LAZY.search(chat.page.content())

    gemini.behave("*", "answer", text=CODE)
    answer = chat.ask_and_wait("Hello")
    expect(answer.locator(".hl-keyword")).to_have_text("const")
    expect(answer.get_by_role("group", name="Code, brainfuck").locator("span")).to_have_count(0)
    assert fetched == ["highlighter"]

    gemini.behave("*", "answer", text="$$x^2$$ and $\\frac{a$")
    answer = chat.ask_and_wait("Hello")
    expect(answer.locator("math")).to_have_count(1)
    expect(answer.locator("code").last).to_have_text("\\frac{a")
    assert fetched[:2] == ["highlighter", "typesetter"]


@pytest.mark.parametrize("clipboard", ["undefined", "{ writeText: () => Promise.reject() }"])
def test_answers_and_code_are_copied_without_the_permission(
    chat: ChatPage, gemini: Emulator, clipboard: str
) -> None:
    gemini.behave("*", "answer", text=CODE)
    answer = chat.ask_and_wait("Hello")
    define = f"() => Object.defineProperty(navigator, 'clipboard', {{ value: {clipboard} }})"
    chat.page.evaluate(define)

    answer.get_by_role("button", name="Copy answer").click()
    expect(chat.status).to_have_text("Copied.")
    chat.message.press("Control+v")
    expect(chat.message).to_have_value(CODE)

    answer.get_by_role("button", name="Copy", exact=True).first.click()
    chat.message.fill("")
    chat.message.press("Control+v")
    expect(chat.message).to_have_value("const x = 1; // one")


def test_each_block_reads_in_its_own_direction(chat: ChatPage, gemini: Emulator) -> None:
    gemini.behave("*", "answer", text="مرحبا\n\n- واحد\n\nEnglish\n\n```\nمرحبا\n```")

    answer = chat.ask_and_wait("Hello")

    for locator, direction in (("ul", "rtl"), (".code-frame pre", "ltr")):
        expect(answer.locator(locator)).to_have_css("direction", direction)
    expect(answer.locator("p[dir]").first).to_have_css("direction", "rtl")
    expect(answer.locator("p[dir]").last).to_have_css("direction", "ltr")


def test_formulas_bring_their_font(chat: ChatPage, gemini: Emulator) -> None:
    gemini.behave("*", "answer", text=r"$\sqrt{2}$")
    with chat.page.expect_response(re.compile("/assets/noto-sans-math-.*woff2")):
        answer = chat.ask_and_wait("Hello")
    expect(answer.locator("msqrt")).to_be_visible()
    chat.page.evaluate("() => document.fonts.ready.then(() => {})")

    devtools = chat.page.context.new_cdp_session(chat.page)
    for domain in ("DOM", "CSS"):
        devtools.send(f"{domain}.enable")
    root = devtools.send("DOM.getDocument", {"depth": 0})["root"]["nodeId"]
    where = {"nodeId": root, "selector": "msqrt"}
    sign = devtools.send("DOM.querySelector", where)
    used = devtools.send("CSS.getPlatformFontsForNode", {"nodeId": sign["nodeId"]})["fonts"]
    assert [(font["familyName"], font["isCustomFont"]) for font in used] == [
        ("Noto Sans Math", True)
    ]


BEYOND = """Water is H<sub>2</sub>O.[^1] First<br>second, <SUP>*up*</SUP>, <sub>open, </sup>, [^x].

| a | b |
|---|---|
| one<br/>two | CO<sub>2</sub> |
| | |

- [x] done
- [ ] open
  1. nested

[^1]: A note with `code`.
[^x]: Another."""


def test_what_models_write_beyond_markdown_is_drawn(chat: ChatPage, gemini: Emulator) -> None:
    gemini.behave("*", "answer", text=BEYOND)

    answer = chat.ask_and_wait("Hello")

    first = answer.locator("p").first
    expect(first.locator("sub")).to_have_text(["2"])
    expect(first.locator("sup")).to_have_text(["[1]", "up", "[x]"])
    expect(first.locator("br")).to_have_count(1)
    expect(first).to_contain_text("<sub>open, </sup>,")
    expect(answer.locator("td br")).to_have_count(1)
    expect(answer.locator("td sub")).to_have_text("2")
    expect(answer.locator("tbody tr")).to_have_count(1)
    expect(answer.locator("small")).to_have_text(["[1] A note with code.", "[x] Another."])
    for name, words in (("Done", "done"), ("To do", "open")):
        item = answer.get_by_role("listitem").filter(has=chat.page.get_by_role("img", name=name))
        expect(item).to_contain_text(words)
        expect(item).to_have_css("list-style-type", "none")


def test_headings_differ_from_each_other(chat: ChatPage, gemini: Emulator) -> None:
    gemini.behave("*", "answer", text="# One\n\n## Two\n\n### Three\n\n#### Four\n\nText.")

    answer = chat.ask_and_wait("Hello")
    expect(answer.get_by_text("Text.")).to_be_visible()

    look = "all => all.map((h) => getComputedStyle(h).fontSize + getComputedStyle(h).color)"
    looks = answer.locator("h3, h4, h5, h6").evaluate_all(look)
    assert len(looks) == len(set(looks)) == 4


def test_a_wide_table_on_a_phone_scrolls_and_says_so(
    gemini: Emulator, nexus: str, open_chat: OpenChat
) -> None:
    chat = open_chat(nexus, viewport={"width": 360, "height": 700})
    cells = "| some words in here " * 5 + "|\n"
    gemini.behave("*", "answer", text=cells + "|---" * 5 + "|\n" + cells * 3)

    answer = chat.ask_and_wait("Hello")

    frame = answer.get_by_role("group", name="Table")
    expect(frame).to_have_attribute("tabindex", "0")
    expect(frame).to_have_css("background-image", re.compile("gradient"))
    row = frame.locator("tbody tr").first.bounding_box()
    assert row
    assert row["height"] < 100  # no tower of single words


def test_text_that_is_to_go_on_says_so_without_motion_for_those_who_want_none(
    gemini: Emulator, nexus: str, open_chat: OpenChat
) -> None:
    chat = open_chat(nexus, reduced_motion="reduce")
    gemini.behave("*", "answer", text="part " * 1200, chunks=600, chunk_seconds=0.1)
    chat.ask("Hello")
    expect(chat.answers.get_by_text("part part")).to_be_visible()
    sign = """() => {
        const end = document.querySelector(".answer .prose > p:last-child");
        return getComputedStyle(end, "::after").content;
    }"""

    assert chat.page.evaluate(sign) == '""'
    assert chat.page.evaluate("() => document.getAnimations().length") == 0
    chat.page.emulate_media(reduced_motion="no-preference")
    assert chat.page.evaluate("() => document.getAnimations().length") == 1
    chat.stop.click()
    expect(chat.answers.get_by_text("Stopped.")).to_be_visible()
    assert chat.page.evaluate(sign) == "none"
