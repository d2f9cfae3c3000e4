"""Several chat processes that share a store, and what clients and models saw of them."""

from __future__ import annotations

import contextlib
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from measure.bench.load import OpenLoop, Reply, chat
from measure.bench.upstream import Call, Upstream
from tools.testkit.firestore import FirestoreEmulator, firestore_emulator
from tools.testkit.serving import API_KEY, ServedFunction, serve

PRIMARY, SECOND = "gemini-3.8-flash", "gemini-3.6-flash"


@contextlib.contextmanager
def fleet(processes: int, gemini_url: str, **environ: str) -> Iterator[list[ServedFunction]]:
    """Runs several chat functions. Keyword arguments are environment variables."""
    with contextlib.ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        variables = {
            "GEMINI_API_KEY": API_KEY,
            "GOOGLE_GEMINI_BASE_URL": gemini_url,
            "NEXUS_STATE": f"sqlite:{folder / 'nexus.db'}",
            "NEXUS_VISITOR_LIMITS": "off",
            **environ,
        }
        yield [
            stack.enter_context(serve("chat", variables, folder / f"chat-{number}.log"))
            for number in range(processes)
        ]


@dataclass
class LoadedFleet:
    """A fleet on Firestore, under a steady load.

    Attributes:
        gemini: The models.
        firestore: The shared store.
        load: The clients.
    """

    gemini: Upstream
    firestore: FirestoreEmulator
    load: OpenLoop

    def replies(self, start: float = 0.0, end: float = float("inf")) -> list[Reply]:
        """The replies that ended within a period."""
        return [reply for reply in list(self.load.replies) if start <= ended(reply) < end]

    def calls(self, model: str, start: float = 0.0) -> list[Call]:
        """The calls to a model since an instant."""
        return [call for call in self.gemini.calls() if call.model == model and call.at >= start]

    def answered_by(self, model: str, start: float = 0.0) -> int:
        """The number of answers by a model since an instant."""
        return sum(reply.verdict.model == model for reply in self.replies(start))


def ended(reply: Reply) -> float:
    """When a reply was complete."""
    return reply.at + reply.seconds


def statuses(replies: Sequence[Reply]) -> dict[int, int]:
    """The number of replies by status; 0 is a failed connection."""
    return dict(Counter(reply.status for reply in replies))


@contextlib.contextmanager
def loaded_fleet(processes: int, per_second: float) -> Iterator[LoadedFleet]:
    """Starts models, a store, a fleet and a load, and waits until latency is steady."""
    with contextlib.ExitStack() as stack:
        gemini = stack.enter_context(Upstream())
        gemini.behave(chunks=1, gap_seconds=0)
        log = Path(stack.enter_context(tempfile.TemporaryDirectory())) / "firestore.log"
        firestore = stack.enter_context(firestore_emulator(log))
        functions = stack.enter_context(fleet(processes, gemini.url, **firestore.environ()))
        targets = [chat(function.url, number=n) for n, function in enumerate(functions)]
        load = stack.enter_context(OpenLoop(targets, per_second))
        loaded = LoadedFleet(gemini, firestore, load)
        eventually(lambda: len(load.replies) > per_second, 60)
        # By now the backlog of the start is answered.
        eventually(lambda: max(reply.seconds for reply in load.replies[-processes:]) < 0.1, 60)
        yield loaded


def eventually(is_so: Callable[[], bool], seconds: float) -> None:
    """Waits until a condition holds.

    Raises:
        TimeoutError: It did not hold within this time.
    """
    give_up_at = time.monotonic() + seconds
    while not is_so():
        if time.monotonic() > give_up_at:
            raise TimeoutError(f"not within {seconds:g} s")
        time.sleep(0.05)
