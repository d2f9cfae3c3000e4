"""`python -m measure.trials` breaks off answers at random instants: TRIALS of them, from SEED on.

The page is never clicked. Prints how many answers became whole, with every word once, for each
kind of break; Ctrl-C ends it early.
"""

from __future__ import annotations

import contextlib
import os
import random
import shutil
import sys
from collections import Counter
from collections.abc import Iterator

from playwright.sync_api import sync_playwright

from measure.trials.installation import installation
from measure.trials.trial import KINDS, play
from tools.emulator.server import Emulator

_REPORT_EVERY = 20


def main() -> int:
    """Plays, and returns how many answers were not whole."""
    trials, seed = int(os.environ.get("TRIALS", "200")), os.environ.get("SEED", "1")
    whole: Counter[str] = Counter()
    played: Counter[str] = Counter()
    with contextlib.suppress(KeyboardInterrupt):
        for kind, wrong in results(trials, seed):
            played[kind] += 1
            whole[kind] += wrong is None
            if wrong:
                print(f"trial {played.total()}, {kind}: {wrong}", flush=True)
            if played.total() % _REPORT_EVERY == 0:
                print(f"{whole.total()} of {played.total()} whole", flush=True)
    for kind in KINDS:
        print(f"{kind}: {whole[kind]} of {played[kind]} whole")
    print(f"all: {whole.total()} of {played.total()} whole (seed {seed})")
    return played.total() - whole.total()


def results(trials: int, seed: str) -> Iterator[tuple[str, str | None]]:
    """Plays each kind in turn; yields it, and what was wrong with the answer."""
    chromium = os.environ.get("CHROMIUM") or shutil.which("chromium")
    flags = ["--no-sandbox", "--disable-gpu", "--disable-quic"]
    kinds = list(KINDS)
    with (
        Emulator() as gemini,
        installation(gemini.url) as nexus,
        sync_playwright() as playwright,
    ):
        browser = playwright.chromium.launch(executable_path=chromium, args=flags)
        for number in range(trials):
            kind = kinds[number % len(kinds)]
            chance = random.Random(f"{seed}-{number}")
            yield kind, play(kind, chance, browser, gemini, nexus)
        browser.close()


if __name__ == "__main__":
    sys.exit(min(main(), 1))
