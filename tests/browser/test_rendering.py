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
