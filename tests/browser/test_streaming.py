"""A long answer costs no more at its end than at its beginning; nobody who reads is moved."""

import logging
import re
import statistics
from itertools import cycle, islice

import pytest
from playwright.sync_api import expect

from tests.browser.chat_page import ChatPage, OpenChat, where_scrolling_ends
from tests.browser.test_conversation import IS_AT_END
from tools.emulator.server import Emulator

pytestmark = pytest.mark.browser
logger = logging.getLogger(__name__)

CHARACTERS = 50_000

SECTION = r"""## Section {n}: what it is about

A paragraph with *emphasis*, **more**, `code`, a [link](https://example.com/{n}) and $x_{n}^2 + y$.
{words}

- first point
  - nested, with $\frac{{1}}{{{n}}}$
    1. deeper
    2. still deeper
- second point

| name | value | note |
|:-----|------:|------|
| a{n} | {n}   | some words |
| b{n} | 1{n}  | other words |

```python
def section_{n}(value: int) -> str:
    # a comment
    return f"{{value}} of {n}"
```

$$
\sum_{{k=1}}^{{{n}}} k = \frac{{{n}({n}+1)}}{{2}}
$$

"""

# The service ends answers at 8192 tokens, so the page itself sends this one: a piece a frame, for
# a slow machine then draws no more at once than a fast one.
STREAM = """([text, size]) => {
    const encoder = new TextEncoder();
    const line = (data) => encoder.encode(`data: ${data}\\n\\n`);
    const event = (choice) => line(JSON.stringify({ choices: [choice] }));
    const original = window.fetch;
    window.fetch = (url, options) => {
        if (!String(url).includes("/api/chat/")) return original(url, options);
        let sent = 0;
        const body = new ReadableStream({
            async pull(controller) {
                await new Promise(requestAnimationFrame);
                const content = text.slice(sent, sent + size);
                sent += size;
                controller.enqueue(event({ delta: { content } }));
                if (sent < text.length) return;
                controller.enqueue(event({ delta: {}, finish_reason: "stop" }));
                controller.enqueue(line("[DONE]"));
                controller.close();
            },
        });
        const headers = { "Content-Type": "text/event-stream" };
        return Promise.resolve(new Response(body, { headers }));
    };
}"""

OBSERVE = """() => {
    window.work = { added: [] };
    new MutationObserver((records) => {
        const count = (node) => node.nodeType === 1 ? 1 + node.querySelectorAll("*").length : 0;
        const nodes = records.flatMap((record) => [...record.addedNodes]);
        window.work.added.push(nodes.reduce((sum, node) => sum + count(node), 0));
    }).observe(document.querySelector("main"), { childList: true, subtree: true });
}"""


def mixed_markdown(characters: int = CHARACTERS) -> str:
    words = " ".join(islice(cycle(("the", "quick", "brown", "fox")), 80))
    text = ""
    while len(text) < characters:
        text += SECTION.format(n=len(text) // 1000 + 1, words=words)
    return text[:characters]


def test_long_answers_are_drawn_piece_by_piece_and_what_is_drawn_stays(
    nexus: str, open_chat: OpenChat
) -> None:
    chat = open_chat(nexus, viewport={"width": 1280, "height": 800})
    chat.page.evaluate(STREAM, [mixed_markdown(), 200])
    chat.page.evaluate(OBSERVE)
    cdp = chat.page.context.new_cdp_session(chat.page)
    chat.ask("Hello")
    expect(chat.answers.locator("table").nth(1)).to_be_attached()
    chat.page.evaluate(
        """() => {
            window.kept = [...document.querySelectorAll(".prose > *")].slice(0, 12);
            getSelection().selectAllChildren(window.kept[0]);
            window.selected = getSelection().toString();
        }"""
    )
    cdp.send("HeapProfiler.collectGarbage")
    early = chat.page.evaluate("() => performance.memory.usedJSHeapSize")
    expect(chat.status).to_have_text(re.compile("Answer complete"), timeout=60_000)
    expect(chat.answers.locator(".hl-comment").last).to_be_attached()
    chat.come_to_rest()
    cdp.send("HeapProfiler.collectGarbage")
    late = chat.page.evaluate("() => performance.memory.usedJSHeapSize")

    expect(chat.answers.locator("h3, h4").last).to_contain_text("Section 50")
    work = chat.page.evaluate("() => window.work.added")
    logger.info("heap %.1f to %.1f MB", early / 1e6, late / 1e6)
    logger.info("%d changes, median %d, most %d", len(work), statistics.median(work), max(work))
    assert chat.page.evaluate("() => window.kept.every((element) => element.isConnected)")
    assert chat.page.evaluate("() => getSelection().toString() === window.selected")
    # In all, each element is made a few times at most, and never all of them at once.
    there = chat.answers.locator(".prose *").count()
    assert max(work) < there / 4
    assert sum(work) < there * 4


@pytest.mark.parametrize("way", ["wheel", "keyboard", "select", "scroll into view"])
def test_readers_are_never_moved(
    gemini: Emulator, nexus: str, open_chat: OpenChat, way: str
) -> None:
    chat = open_chat(nexus, viewport={"width": 800, "height": 500})
    gemini.behave("*", "answer", text=mixed_markdown(20_000), chunks=150, chunk_seconds=0.04)
    jump = chat.page.get_by_role("button", name="Jump to the latest message")
    chat.ask("Hello")
    expect(chat.answers.locator("table").nth(1)).to_be_attached()

    match way:
        case "wheel":
            chat.log.hover()
            chat.page.mouse.wheel(0, -6)  # less than what counts as the end
        case "keyboard":
            chat.log.focus()
            chat.page.keyboard.press("ArrowUp")
        case "select":
            # A pointer would have to hit text that moves; the selection is what counts.
            settled = chat.answers.locator("p").nth(1)
            settled.evaluate("element => getSelection().selectAllChildren(element)")
        case _:
            chat.answers.locator("h3, h4").first.evaluate("element => element.scrollIntoView()")
    expect(jump).to_be_visible()
    top = where_scrolling_ends(chat)
    expect(chat.status).to_have_text(re.compile("Answer complete"), timeout=60_000)

    assert chat.log.evaluate("log => log.scrollTop") == top
    jump.click()
    chat.page.wait_for_function(IS_AT_END)


PATHOLOGICAL = {
    "quotes": ">" * 10_000 + " x",
    "lists": "- " * 10_000 + "x",
    "deep list": "\n".join("  " * depth + "- a" for depth in range(100)),
    "unclosed fence": "```js\n" + "const x = 1;\n" * 2_000,
    "table": "|a|b|\n|-|-|\n" + "|x|y|\n" * 2_000,
    "wide table": "\n".join("|" + cell * 300 for cell in ("a|", "-|", "x|")),
    "long word": "x" * 28_000,
    "long line": "word " * 5_600,
    "zalgo": ("a" + "\u0301\u0323" * 60) * 200,
    "brackets": "[" * 9_000 + "\n\n" + "*a _b " * 2_500,
    "formulas": "$x_1$ " * 2_000 + "\n\n$$" + "{" * 2_000,
}


def test_no_answer_freezes_the_page_or_leaves_its_column(chat: ChatPage, gemini: Emulator) -> None:
    for name, text in PATHOLOGICAL.items():
        gemini.behave("*", "answer", text=f"{text}\n\nend of {name}", chunks=20)

        chat.ask_and_wait("Hello")

        expect(chat.answers.locator(".prose")).to_contain_text(f"end of {name}")
        for element in ("html", "[role=log]"):
            overflow = "element => element.scrollWidth - element.clientWidth"
            assert chat.page.locator(element).evaluate(overflow) == 0, name
        chat.new_chat.click()
        expect(chat.articles).to_have_count(0)
