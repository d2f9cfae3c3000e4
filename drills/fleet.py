"""Several chat processes, clients that never pause, and a tally of what they got."""

from __future__ import annotations

import contextlib
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import httpx2

from emulator.server import Emulator
from tests.support.firestore import FirestoreEmulator, firestore_emulator
from tests.support.serving import API_KEY, ServedFunction, serve

PRIMARY, SECOND = "gemini-3.8-flash", "gemini-3.7-flash"
QUESTION = {"messages": [{"role": "user", "content": "Hello"}]}


@dataclass
class Tally:
    """What clients got.

    Attributes:
        statuses: Replies by status; 0 for a connection that failed.
        answers: Instant and model of each answer.
        seconds: How long each reply took, with the instant at which it came.
    """

    statuses: Counter[int] = field(default_factory=Counter)
    answers: list[tuple[float, str]] = field(default_factory=list)
    seconds: list[tuple[float, float]] = field(default_factory=list)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def between(self, start: float, end: float) -> list[float]:
        """Seconds of the replies that came in a time, sorted."""
        return sorted(took for at, took in self.seconds if start <= at < end)


@contextlib.contextmanager
def fleet(
    processes: int, *, on_firestore: bool
) -> Iterator[tuple[list[ServedFunction], Emulator, FirestoreEmulator | None]]:
    """Starts an upstream, a store and so many chat functions; ends them all."""
    with contextlib.ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        gemini = stack.enter_context(Emulator())
        environ = {
            "GEMINI_API_KEY": API_KEY,
            "GOOGLE_GEMINI_BASE_URL": gemini.url,
            "NEXUS_STATE": f"sqlite:{folder / 'nexus.db'}",
            "NEXUS_VISITOR_LIMITS": "off",
        }
        firestore = None
        if on_firestore:
            firestore = stack.enter_context(firestore_emulator(folder / "firestore.log"))
            environ |= {**firestore.environ(), "NEXUS_STATE": "firestore"}
        functions = [
            stack.enter_context(serve("chat", environ, folder / f"chat-{number}.log"))
            for number in range(processes)
        ]
        yield functions, gemini, firestore


@contextlib.contextmanager
def load(functions: list[ServedFunction], clients: int, per_second: float) -> Iterator[Tally]:
    """Clients that ask at a steady rate in all, each at its own process by turns."""
    tally = Tally()
    over = threading.Event()
    pause = clients / per_second

    def ask(number: int) -> None:
        url = f"{functions[number % len(functions)].url}/v1/chat/completions"
        due = time.monotonic() + pause * number / clients
        with httpx2.Client(timeout=70) as client:
            while not over.wait(max(0.0, due - time.monotonic())):
                due = max(due + pause, time.monotonic() - pause)
                started = time.monotonic()
                try:
                    reply = client.post(url, json=QUESTION)
                    status, body = reply.status_code, reply.json()
                except httpx2.TransportError:
                    status, body = 0, {}
                ended = time.monotonic()
                with tally.lock:
                    tally.statuses[status] += 1
                    tally.seconds.append((ended, ended - started))
                    if status == 200:
                        tally.answers.append((ended, body["model"]))

    threads = [threading.Thread(target=ask, args=(number,)) for number in range(clients)]
    for thread in threads:
        thread.start()
    try:
        yield tally
    finally:
        over.set()
        for thread in threads:
            thread.join()


def eventually(is_so: Callable[[], bool], seconds: float) -> None:
    """Waits until something is so.

    Raises:
        TimeoutError: It was not, for so long.
    """
    give_up_at = time.monotonic() + seconds
    while not is_so():
        if time.monotonic() > give_up_at:
            raise TimeoutError(f"not within {seconds:g} s")
        threading.Event().wait(0.01)


def calls(gemini: Emulator, model: str, start: float, end: float = float("inf")) -> list[float]:
    """When a model was called, in a time."""
    return [call.at for call in gemini.calls() if call.model == model and start <= call.at < end]
