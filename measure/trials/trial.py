"""One trial: an answer is broken off at a random instant, and the page is left to itself."""

from __future__ import annotations

import contextlib
import random
import signal
from collections.abc import Callable
from dataclasses import dataclass

from playwright.sync_api import Browser, BrowserContext, Error, Page, expect

from measure.trials.installation import Installation
from tools.emulator.server import Emulator

WORDS = 240
CHUNKS = 60
CHUNK_SECONDS = 0.04
LATEST_SECONDS = 2.0
"""An answer takes 2.4 s, and is broken off before this."""
MOST_MS = 120_000
"""The page goes on for about two minutes before it leaves an answer to the visitor."""

TEXT = " ".join(f"w{number}" for number in range(1, WORDS + 1))
ANSWER = "article.answer"


@dataclass(frozen=True, slots=True)
class Scene:
    """What a trial plays with."""

    context: BrowserContext
    page: Page
    nexus: Installation
    chance: random.Random

    def pause(self, most_seconds: float) -> None:
        """Lets a random time pass."""
        self.page.context.pages[0].wait_for_timeout(self.chance.uniform(0, most_seconds * 1000))


def kill_tab(scene: Scene) -> Page:
    """Closes, crashes or reloads the tab, and opens the conversation again."""
    address = scene.page.url
    way = scene.chance.choice(["close", "crash", "reload"])
    if way == "reload":
        scene.page.reload()
        return scene.page
    page = scene.context.new_page()
    if way == "crash":
        with scene.page.expect_event("crash"), contextlib.suppress(Error):
            scene.page.goto("chrome://crash")
    scene.page.close()
    page.wait_for_timeout(scene.chance.uniform(0, 2_000))
    page.goto(address)
    return page


def cut_network(scene: Scene) -> Page:
    """Ends all connections for a while; half of the time the browser knows that it is offline."""
    is_known = scene.chance.random() < 0.5
    scene.context.set_offline(is_known)
    scene.nexus.network.cut()
    scene.pause(4)
    scene.nexus.network.mend()
    scene.context.set_offline(False)
    return scene.page


def kill_function(scene: Scene) -> Page:
    """Kills the process that answers."""
    scene.nexus.instance.kill_worker()
    return scene.page


def kill_instance(scene: Scene) -> Page:
    """Ends the instance, gently or not, and starts another after a while."""
    scene.nexus.instance.kill(scene.chance.choice([signal.SIGKILL, signal.SIGTERM]))
    scene.pause(4)
    scene.nexus.instance.start()
    return scene.page


KINDS: dict[str, Callable[[Scene], Page]] = {
    "tab killed": kill_tab,
    "network cut": cut_network,
    "function killed": kill_function,
    "instance killed": kill_instance,
}


def play(
    kind: str, chance: random.Random, browser: Browser, gemini: Emulator, nexus: Installation
) -> str | None:
    """Plays one trial.

    Args:
        kind: One of `KINDS`.
        chance: Makes every random choice.
        browser: Gets a context for the trial.
        gemini: Is told what to answer.
        nexus: Is whole before the trial, and after it.

    Returns:
        What is wrong with the answer in the end; None if it is whole.
    """
    nexus.instance.wait_until_ready()
    gemini.reset()
    gemini.behave("*", "answer", text=TEXT, chunks=CHUNKS, chunk_seconds=CHUNK_SECONDS)
    context = browser.new_context()
    try:
        page = context.new_page()
        page.goto(nexus.url)
        page.get_by_role("textbox", name="Message").fill("Count")
        page.get_by_role("button", name="Send").click()
        expect(page.locator(ANSWER).get_by_text("w1 w2")).to_be_visible(timeout=60_000)
        scene = Scene(context, page, nexus, chance)
        scene.pause(LATEST_SECONDS)
        if page.locator(ANSWER).get_attribute("data-state") != "streaming":
            return "not broken off: the answer was over"
        page = KINDS[kind](scene)
        try:
            page.locator(f'{ANSWER}[data-state="done"]').wait_for(timeout=MOST_MS)
        except Error:
            return f"not done: {page.locator(ANSWER).inner_text()[-200:]!r}"
        expect(page.get_by_role("button", name="Send")).to_be_visible()
        return difference(page.locator(f"{ANSWER} .prose").inner_text().split())
    finally:
        context.close()


def difference(words: list[str]) -> str | None:
    """The first place where the words are not the answer's; None if there is none."""
    expected = TEXT.split()
    for index, (word, wanted) in enumerate(zip(words, expected, strict=False)):
        if word != wanted:
            return f"{' '.join(words[max(0, index - 3) : index + 3])!r} instead of {wanted!r}"
    if len(words) != len(expected):
        return f"{len(words)} words instead of {len(expected)}"
    return None
