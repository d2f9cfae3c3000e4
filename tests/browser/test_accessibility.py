import re
from typing import Any

import pytest
from playwright.sync_api import Locator, expect

from tests.browser.chat_page import LAID_OUT, ChatPage, OpenChat, on_hold
from tests.browser.nexus_process import ROOT
from tools.emulator.server import Emulator

pytestmark = pytest.mark.browser

AXE = ROOT / "web/node_modules/axe-core/axe.min.js"
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
RULES_ON_COLOURS = ["color-contrast", "link-in-text-block"]
RUN = """rules =>
    axe.run(document, { runOnly: rules, resultTypes: ["violations"], selectors: false })"""
WIDTHS = (360, 1280)

RICH = """# A title

Some *text* with `code` and a [link](https://example.com/).

1. one
2. two

> quoted

- [x] done, with H<sub>2</sub>O and a note[^1]
- [ ] to do

[^1]: The note.

| a | b |
|---|--:|
| 1 | 2 |

```python
print("a line that is long enough to need scrolling on every screen", "and then some more", 42)
```

```ts
export const f = (x: number): string => `a ${x}`; // a comment
```

Mass is $E = mc^2$, and a mistake is $\\frac{a$.

$$
x = \\frac{-b \\pm \\sqrt{b^2 - 4ac}}{2a}
$$

- قائمة
"""


@pytest.fixture(scope="session")
def axe() -> str:
    if not AXE.is_file():
        pytest.skip("missing tool: axe-core; run: make web-build")
    return AXE.read_text()


def violations(chat: ChatPage, axe: str, widths: tuple[int, ...] = WIDTHS) -> list[str]:
    """What axe finds, light and dark, narrow and wide; a theme changes nothing but colours."""
    found = []
    chat.page.evaluate(axe)
    for width in widths:
        chat.page.set_viewport_size({"width": width, "height": 800})
        for theme in ("light", "dark"):
            rules = RULES if theme == "light" else RULES_ON_COLOURS
            chat.page.emulate_media(color_scheme=theme, reduced_motion="reduce")
            # What a new width makes scrollable takes the focus once the page has measured it.
            chat.page.evaluate(LAID_OUT)
            run: dict[str, Any] = chat.page.evaluate(RUN, rules)
            for violation in run["violations"]:
                where = [node["html"] for node in violation["nodes"]]
                found.append(f"{theme}, {width}: {violation['id']} at {where}")
    return found


def test_empty_and_with_the_settings_or_the_help_open(chat: ChatPage, axe: str) -> None:
    assert violations(chat, axe) == []

    chat.page.get_by_role("button", name="Settings").click()
    expect(chat.page.get_by_role("group", name="Theme")).to_be_visible()
    assert violations(chat, axe) == []

    chat.page.keyboard.press("Escape")
    chat.page.keyboard.press("Control+/")
    expect(chat.page.get_by_role("dialog", name="Keyboard shortcuts")).to_be_visible()
    assert violations(chat, axe) == []


def test_a_chosen_theme(nexus: str, open_chat: OpenChat, axe: str) -> None:
    chat = open_chat(nexus)
    chat.ask_and_wait("Hello")
    for theme in ("light", "dark"):
        chat.page.evaluate("theme => localStorage.setItem('nexus-theme', theme)", theme)
        chat.page.reload()
        expect(chat.again).to_be_visible()

        assert violations(chat, axe, (360,)) == []


def test_framed(nexus: str, open_chat: OpenChat, axe: str) -> None:
    chat = open_chat(nexus)
    # what a frame shows, but where axe can be put
    chat.page.add_init_script("Object.defineProperty(window, 'parent', { value: {} })")
    chat.page.goto(nexus)
    expect(chat.page.get_by_text("Another site is showing this chat")).to_be_visible()

    assert violations(chat, axe) == []


def test_processing_and_streaming(chat: ChatPage, gemini: Emulator, axe: str) -> None:
    text = RICH + "word " * 1000
    gemini.behave("*", "answer", text=text, chunks=400, chunk_seconds=0.25)
    with on_hold(chat.page):
        chat.ask("Hello")
        expect(chat.processing).to_be_visible()
        assert violations(chat, axe) == []

    expect(chat.answers.get_by_role("heading", name="A title")).to_be_visible()
    assert violations(chat, axe) == []
    chat.stop.click()
    expect(chat.answers.get_by_text("Stopped.")).to_be_visible()


def test_answered_with_its_tooltip_open(chat: ChatPage, gemini: Emulator, axe: str) -> None:
    gemini.behave("*", "answer", text=RICH)
    answer = chat.ask_and_wait("Hello")
    code = answer.get_by_role("group", name="Code, python")
    expect(code).to_have_attribute("tabindex", "0")
    expect(answer.locator(".hl-comment")).to_be_attached()
    expect(answer.locator("math")).to_have_count(2)

    chat.about.focus()
    expect(chat.tooltip).to_be_visible()

    assert violations(chat, axe) == []


def test_the_list_as_a_dialog_with_an_undo(nexus: str, open_chat: OpenChat, axe: str) -> None:
    chat = open_chat(nexus, viewport={"width": 360, "height": 800})
    for words in ("Hello", "Goodbye"):
        chat.ask_and_wait(words)
        chat.new_chat.click()
    chat.page.get_by_role("button", name="Conversations").click()
    dialog = chat.page.get_by_role("dialog")
    dialog.get_by_text("Export and import").click()
    dialog.get_by_role("button", name="Delete").last.click()
    expect(dialog.get_by_role("button", name="Undo")).to_be_visible()

    assert violations(chat, axe, widths=(360,)) == []


def test_offline_waiting_and_editing(chat: ChatPage, axe: str) -> None:
    chat.ask_and_wait("Hello")
    chat.page.context.set_offline(True)
    expect(chat.page.locator("p").get_by_text("You are offline")).to_be_visible()
    for words in ("And now?", "And then?"):
        chat.ask(words)
    expect(chat.articles.get_by_text("Waiting.")).to_have_count(2)
    chat.articles.last.get_by_role("button", name="Edit").click()
    expect(chat.page.get_by_role("textbox", name="Your words")).to_be_visible()

    found = violations(chat, axe)
    chat.page.context.set_offline(False)
    assert found == []


def test_failed(chat: ChatPage, axe: str) -> None:
    error = {"code": "internal_error", "message": "", "request_id": "r-1"}
    chat.page.route(
        "**/api/chat/**", lambda route: route.fulfill(status=500, json={"error": error})
    )
    chat.ask("Hello")
    expect(chat.answers.get_by_text("r-1")).to_be_visible()

    assert violations(chat, axe) == []


def test_exhausted_with_a_waiting_message(nexus: str, open_chat: OpenChat, axe: str) -> None:
    chat = open_chat(nexus)
    error = {"code": "models_exhausted", "message": "", "retry_after_seconds": 3600}
    refusal = {"error": error}
    chat.page.route("**/api/chat/**", lambda route: route.fulfill(status=503, json=refusal))
    chat.ask("Hello")
    expect(chat.alert).to_contain_text("Temporarily unavailable")
    expect(chat.articles.get_by_text("Waiting.")).to_be_visible()

    assert violations(chat, axe) == []


def test_an_offer_and_an_answer_of_this_device(open_with_device: OpenChat, axe: str) -> None:
    chat = open_with_device("downloadable")
    start = chat.page.get_by_role("button", name="answer on this device")
    expect(start).to_be_visible()
    assert violations(chat, axe) == []

    start.click()
    expect(chat.page.get_by_role("progressbar")).to_be_visible()
    assert violations(chat, axe, widths=(360,)) == []
    chat.page.evaluate("() => standIn.finishDownload()")
    expect(chat.answers.get_by_text("From this device")).to_be_visible()
    assert violations(chat, axe) == []


def test_interrupted_and_renaming_and_deleted(chat: ChatPage, axe: str) -> None:
    text = 'data: {"choices": [{"delta": {"content": "What has arrived"}}]}\n\n'
    headers = {"Content-Type": "text/event-stream"}
    chat.page.route("**/api/chat/**", lambda route: route.fulfill(body=text, headers=headers))
    chat.ask("Hello")
    expect(chat.answers.get_by_text("Interrupted.")).to_be_visible()
    expect(chat.page.get_by_role("button", name="Continue")).to_be_enabled()
    panel = chat.page.get_by_role("navigation", name="Conversations")
    panel.get_by_role("button", name="Rename").click()
    expect(panel.get_by_role("textbox", name="Title")).to_be_visible()
    assert violations(chat, axe, widths=(1280,)) == []

    panel.get_by_role("textbox", name="Title").press("Escape")
    assert violations(chat, axe, widths=(360,)) == []
    chat.page.set_viewport_size({"width": 1280, "height": 800})
    panel.get_by_role("button", name="Delete").click()
    expect(panel.get_by_role("button", name="Undo")).to_be_visible()
    assert violations(chat, axe, widths=(1280,)) == []


def test_nothing_needs_sideways_scrolling_at_320_pixels(
    gemini: Emulator, nexus: str, open_chat: OpenChat
) -> None:
    chat = open_chat(nexus, viewport={"width": 320, "height": 640})
    gemini.behave("*", "answer", text=RICH + "unbreakable" * 20)
    chat.ask_and_wait("Hello " + "unbreakable" * 20)

    for element in ("html", "[role=log]"):
        overflow = "element => element.scrollWidth - element.clientWidth"
        assert chat.page.locator(element).evaluate(overflow) == 0

    chat.page.get_by_role("button", name="Settings").click()
    expect(chat.page.get_by_role("group", name="Theme")).to_be_visible()
    in_sight(chat, chat.page.locator(".settings-panel"))
    chat.page.get_by_role("button", name="Keyboard shortcuts").click()
    dialog = chat.page.get_by_role("dialog")
    in_sight(chat, dialog)
    assert dialog.evaluate("element => element.scrollWidth - element.clientWidth") == 0


def in_sight(chat: ChatPage, element: Locator) -> None:
    """Assert that an element lies between the left and the right edge."""
    expect(element).to_be_visible()
    box = element.bounding_box()
    assert box
    assert chat.page.viewport_size
    assert box["x"] >= 0
    assert box["x"] + box["width"] <= chat.page.viewport_size["width"]


def test_without_colours_of_its_own_edges_and_focus_are_seen(
    nexus: str, open_chat: OpenChat
) -> None:
    chat = open_chat(nexus, forced_colors="active", reduced_motion="reduce")
    chat.ask_and_wait("Hello")
    edge = "element => parseFloat(getComputedStyle(element).borderTopWidth)"
    settings = chat.page.get_by_role("button", name="Settings")
    settings.press("Enter")
    expect(chat.page.get_by_role("group", name="Theme")).to_be_visible()
    parts = [
        chat.page.locator(".composer"),
        chat.send,
        chat.new_chat,
        settings,
        chat.articles.first.locator("p"),
        chat.page.locator(".settings-panel"),
        chat.page.locator(".themes input:checked + span"),
    ]
    assert [part.evaluate(edge) > 0 for part in parts] == [True] * len(parts)

    outline = "element => getComputedStyle(element).outlineStyle"
    for part in (settings, chat.new_chat, chat.log, chat.about):
        part.focus()
        chat.page.keyboard.press("Shift")  # the focus of a keyboard
        assert part.evaluate(outline) == "solid", part
    chat.message.focus()
    assert chat.page.locator(".composer").evaluate(outline) == "solid"


def test_nothing_moves_for_those_who_want_no_motion(nexus: str, open_chat: OpenChat) -> None:
    chat = open_chat(nexus, reduced_motion="reduce")
    with on_hold(chat.page):
        chat.ask("Hello")
        expect(chat.processing).to_be_visible()
        assert chat.page.evaluate("() => document.getAnimations().length") == 0

    expect(chat.status).to_have_text(re.compile("Answer complete"))
