"""Eight processes on Firestore, one killed, and a line of people before them."""

from __future__ import annotations

import contextlib
import re
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from tools.emulator.server import Emulator
from tools.testkit.firestore import firestore_emulator
from tools.testkit.serving import API_KEY, ServedFunction, serve
from tools.testkit.waiting import Visitor, overtaken

RETURNS_SECONDS = 20
PATIENCE_SECONDS = 300
_MODEL = re.compile(r"\[\[hierarchies\.default\.models\]\]\n(?:.+\n)+")


@dataclass(frozen=True, slots=True)
class Waited:
    """What a line of visitors has seen.

    Attributes:
        answered: How many got exactly one answer.
        unanswered_calls: Calls that were refused, or whose process was killed.
        overtaken: By how many one was overtaken, at most.
        seconds: From the models' return to the last answer.
    """

    answered: int
    unanswered_calls: int
    overtaken: int
    seconds: float


def wait_in_line(*, processes: int, people: int, per_minute: int) -> Waited:
    """Has people wait for one model that returns; a process is killed meanwhile and replaced."""
    with contextlib.ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        gemini = stack.enter_context(Emulator(per_minute=per_minute))
        firestore = stack.enter_context(firestore_emulator(folder / "firestore.log"))
        environ = firestore.environ() | {
            "GEMINI_API_KEY": API_KEY,
            "GOOGLE_GEMINI_BASE_URL": gemini.url,
            "NEXUS_CONFIG": str(_one_model(folder / "nexus.toml")),
        }

        def start(number: int) -> ServedFunction:
            return stack.enter_context(serve("chat", environ, folder / f"chat-{number}.log"))

        functions = [start(number) for number in range(processes)]
        for function in functions:  # Connects to the store.
            function.chat("first")
        delay = f"{RETURNS_SECONDS}s"
        gemini.behave("*", "per-minute", retry_delay=delay, limit=per_minute, times=1)
        functions[0].chat("refused")
        returns_at = time.monotonic() + RETURNS_SECONDS
        before = len(gemini.calls())
        visitors = [Visitor(f"visitor {number}") for number in range(people)]
        with ThreadPoolExecutor(people) as pool:
            give_up_at = time.monotonic() + PATIENCE_SECONDS
            waiting = [pool.submit(v.wait, lambda: functions, give_up_at) for v in visitors]
            time.sleep(RETURNS_SECONDS + 5)
            functions.pop().kill()
            functions.append(start(processes))
            for one in waiting:
                one.result()
        calls = gemini.calls()[before:]
        last = max((v.answered_at or 0.0 for v in visitors), default=0.0)
        answered = sum(visitor.answers == 1 for visitor in visitors)
        return Waited(
            answered=answered,
            unanswered_calls=len(calls) - answered,
            overtaken=overtaken(visitors),
            seconds=last - returns_at,
        )


def _one_model(path: Path) -> Path:
    """The real configuration with one model, so that nobody is answered by another."""
    text = (Path(__file__).parents[2] / "functions" / "nexus.toml").read_text()
    _, *others = _MODEL.findall(text)
    for other in others:
        text = text.replace(other, "")
    path.write_text(text)
    return path
