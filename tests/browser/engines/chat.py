"""The page as a visitor knows it, in any engine: by roles, names and words."""

from collections.abc import Callable
from typing import Any

from tests.browser.chat_page import AT_REST
from tests.browser.engines.browsers import Browser
from tests.tools.serving.polling import eventually

ENTER = "\ue007"
SHIFT_ENTER = "\ue008\ue007\ue000"

FIND = """
    const [selector, name] = arguments;
    const nameOf = (element) =>
        element.ariaLabel ?? element.labels?.[0]?.textContent ?? element.textContent;
    return [...document.querySelectorAll(selector)]
        .filter((element) => element.checkVisibility() && nameOf(element).trim() === name)
        .at(-1) ?? null;
"""
FORGET = """
    localStorage.clear();
    sessionStorage.clear();
    indexedDB.deleteDatabase("nexus");
"""
IS_IN_SIGHT = """
    const [words] = arguments;
    const elements = [...document.querySelectorAll("[role=log] *")];
    const last = elements.findLast((it) => it.textContent.trim() === words);
    if (!last) return false;
    const { left, top, height } = last.getBoundingClientRect();
    const found = document.elementFromPoint(left + 2, top + height / 2);
    return found?.textContent.trim() === words;
"""
GO_OFFLINE = """
    const [isOnLine] = arguments;
    const onLine = { configurable: true, get: () => isOnLine };
    Object.defineProperty(Navigator.prototype, "onLine", onLine);
    dispatchEvent(new Event(isOnLine ? "online" : "offline"));
"""


class Chat:
    """The chat in the tab that is in front."""

    def __init__(self, browser: Browser, url: str) -> None:
        self.browser = browser
        self.url = url

    # What a visitor does

    def open(self) -> None:
        """Open the page as somebody who was never here."""
        self.browser.open(f"{self.url}config.json")
        self.browser.run(FORGET)
        self.browser.open(self.url)
        self.wait_for_message_box()

    def reload(self) -> None:
        self.browser.reload()
        self.wait_for_message_box()

    def write(self, keys: str) -> None:
        self.browser.type(self.message(), keys)

    def ask(self, words: str) -> None:
        self.write(words + ENTER)

    def press(self, button: str) -> None:
        self.browser.click(self.find("button, summary", button))

    def set_online(self, is_online: bool) -> None:
        """Tell the page that the network has gone or come: not every driver can cut it."""
        self.browser.run(GO_OFFLINE, is_online)

    # What a visitor sees

    def message(self) -> Any:
        return self.find("textarea", "Message")

    def button(self, name: str) -> Any:
        return self.browser.run(FIND, "button, summary", name)

    def draft(self) -> str:
        return str(self.browser.run("return document.getElementById('message').value"))

    def is_disabled(self) -> bool:
        return bool(self.browser.run("return document.getElementById('message').disabled"))

    def text(self, selector: str) -> str:
        """The visible text of all elements of a selector."""
        return str(
            self.browser.run(
                """return [...document.querySelectorAll(arguments[0])]
                    .filter((element) => element.checkVisibility())
                    .map((element) => element.innerText).join("\\n")""",
                selector,
            )
        )

    def transcript(self) -> str:
        return self.text("[role=log]")

    def status(self) -> str:
        return str(self.browser.run("return document.querySelector('[role=status]').textContent"))

    def distance_to_end(self) -> float:
        """How many pixels of the conversation are below what is in sight."""
        script = """
            const log = document.querySelector("[role=log]");
            return log.scrollHeight - log.clientHeight - log.scrollTop;
        """
        return float(self.browser.run(script))

    # Waiting

    def find(self, selector: str, name: str) -> Any:
        def element() -> Any:
            return self.browser.run(FIND, selector, name)

        assert eventually(lambda: element() is not None), f"there is no {name!r}"
        return element()

    def wait_for_message_box(self) -> None:
        self.until(lambda: bool(self.browser.run("return !!document.getElementById('message')")))

    def until(self, condition: Callable[[], bool]) -> None:
        # Each look is a script in the page, which costs more than most of what it waits for.
        is_true = eventually(condition, pause_seconds=0.1)
        assert is_true, f"The page shows:\n{self.text('body')}"

    def until_read(self, words: str, selector: str = "[role=log]") -> None:
        self.until(lambda: words in self.text(selector))

    def until_in_sight(self, words: str) -> None:
        """Wait until nothing hides the last element that says this."""
        self.until(lambda: bool(self.browser.run(IS_IN_SIGHT, words)))

    def until_answered(self) -> None:
        """Wait until the answer is complete and in its place."""
        self.until(lambda: "Answer complete" in self.status())
        self.until(lambda: bool(self.browser.run(f"return ({AT_REST})()")))
