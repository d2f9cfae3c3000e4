"""Where subjects are measured: the fake Gemini, a folder, a Firestore emulator; and their load."""

from __future__ import annotations

import contextlib
import shutil
import statistics
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from measure.bench.load import PROMPT, Reply, Target, ask_all
from measure.bench.program import Running, run
from measure.bench.spread import percentile
from measure.bench.subjects import Environment, Subject
from measure.bench.upstream import Upstream, answer
from tools.testkit.firestore import firestore_emulator

MODEL = "gemini-3.8-flash"
"""The first of the hierarchy."""

_WARM_UP = 100


@dataclass(frozen=True, slots=True)
class Load:
    """What came of a load.

    Attributes:
        replies: All of them.
        answered: Those that are what was asked for.
        seconds: How long it took.
        cpu_seconds: What it cost the subject.
    """

    replies: list[Reply]
    answered: list[Reply]
    seconds: float
    cpu_seconds: float

    def measures(self) -> dict[str, float]:
        """The numbers of one round."""
        measures = {
            "failed": len(self.replies) - len(self.answered),
            "cpu": 1000 * self.cpu_seconds / len(self.replies),
            "per_second": len(self.answered) / self.seconds,
        }
        if self.answered:
            took = [reply.seconds for reply in self.answered]
            first = [r.first_text_seconds for r in self.answered if r.first_text_seconds]
            measures["p50"] = 1000 * statistics.median(took)
            measures["p99"] = 1000 * percentile(took, 99)
            if first:
                measures["first_text"] = 1000 * statistics.median(first)
        return measures


@dataclass(frozen=True, slots=True)
class ServedSubject:
    """A subject that runs."""

    subject: Subject
    running: Running
    environment: Environment

    def target(self, *, stream: bool = False) -> Target:
        """The request of a chat or a poll."""
        return self.subject.ask(self.running.url, self.environment, stream=stream)

    def load(self, *targets: Target, clients: int = 1, requests: int, seconds: float) -> Load:
        """Has clients ask until so many requests or seconds are over."""
        cpu = self.running.cpu_seconds()
        load = _load(*targets, clients=clients, requests=requests, seconds=seconds)
        return replace(
            load,
            answered=[reply for reply in load.replies if self.subject.is_answered(reply)],
            cpu_seconds=self.running.cpu_seconds() - cpu,
        )


@dataclass(frozen=True, slots=True)
class Rig:
    """Where they run.

    Attributes:
        upstream: The fake Gemini.
        environment: What subjects are told of it.
    """

    upstream: Upstream
    environment: Environment

    def load(self, *, stream: bool, clients: int, requests: int, seconds: float) -> Load:
        """Has clients ask the upstream itself; its CPU is nobody's business."""
        method = "streamGenerateContent?alt=sse" if stream else "generateContent"
        body = {"contents": [{"role": "user", "parts": [{"text": PROMPT}]}]}
        target = Target(f"{self.upstream.url}/v1beta/models/{MODEL}:{method}", body)
        load = _load(target, clients=clients, requests=requests, seconds=seconds)
        assert all(reply.verdict.text == answer() for reply in load.replies), "it cuts answers"
        return load

    @contextlib.contextmanager
    def start(self, subject: Subject, *, warm: bool = True) -> Iterator[ServedSubject]:
        """Runs a subject, from its first answer on; warm, it has answered a hundred more."""
        with run(subject.program(self.environment)) as running:
            served = ServedSubject(subject, running, self.environment)
            running.wait_for_200(served.target())
            if warm:
                for stream in (False, True):
                    target = served.target(stream=stream)
                    served.load(target, clients=20, requests=_WARM_UP, seconds=20)
            yield served

    @contextlib.contextmanager
    def start_all(self, subjects: list[Subject]) -> Iterator[list[ServedSubject]]:
        """Runs several, side by side; all but the one that is asked are idle."""
        with contextlib.ExitStack() as stack:
            yield [stack.enter_context(self.start(subject)) for subject in subjects]


@contextlib.contextmanager
def set_up_rig(*, firestore: bool) -> Iterator[Rig]:
    """Sets one up, and ends all that runs on it."""
    with contextlib.ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="nexus-bench-")))
        upstream = stack.enter_context(Upstream())
        environment = Environment(upstream=upstream.url, folder=folder)
        if firestore:
            emulator = stack.enter_context(firestore_emulator(folder / "firestore.log"))
            environment = replace(environment, firestore=emulator.environ)
        yield Rig(upstream, environment)


def _load(*targets: Target, clients: int, requests: int, seconds: float) -> Load:
    started = time.monotonic()
    replies = ask_all(*targets, clients=clients, requests=requests, seconds=seconds)
    return Load(replies, replies, time.monotonic() - started, 0.0)


def missing_tools() -> list[str]:
    """What the Firestore emulator needs and this machine lacks."""
    return [tool for tool in ("gcloud", "java") if shutil.which(tool) is None]
