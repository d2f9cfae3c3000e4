"""The rig on which subjects are measured: a fake Gemini, a folder, a Firestore emulator, load."""

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
    """The result of a load.

    Attributes:
        replies: All replies.
        answered: The correct ones.
        seconds: Its duration.
        cpu_seconds: The subject's CPU.
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
    """A running subject."""

    subject: Subject
    running: Running
    environment: Environment

    def target(self, *, stream: bool = False) -> Target:
        """A chat or a poll for it."""
        return self.subject.ask(self.running.url, self.environment, stream=stream)

    def load(self, *targets: Target, clients: int = 1, requests: int, seconds: float) -> Load:
        """Has clients ask for a number of requests or seconds, whichever ends first."""
        cpu = self.running.cpu_seconds()
        load = _load(*targets, clients=clients, requests=requests, seconds=seconds)
        return replace(
            load,
            answered=[reply for reply in load.replies if self.subject.is_answered(reply)],
            cpu_seconds=self.running.cpu_seconds() - cpu,
        )


@dataclass(frozen=True, slots=True)
class Rig:
    """Where subjects run.

    Attributes:
        upstream: The fake Gemini.
        environment: What subjects need to know of it.
    """

    upstream: Upstream
    environment: Environment

    def load(self, *, stream: bool, clients: int, requests: int, seconds: float) -> Load:
        """Has clients ask the upstream itself; CPU is not measured."""
        method = "streamGenerateContent?alt=sse" if stream else "generateContent"
        body = {"contents": [{"role": "user", "parts": [{"text": PROMPT}]}]}
        target = Target(f"{self.upstream.url}/v1beta/models/{MODEL}:{method}", body)
        load = _load(target, clients=clients, requests=requests, seconds=seconds)
        assert all(reply.verdict.text == answer() for reply in load.replies), "it cuts answers"
        return load

    @contextlib.contextmanager
    def start(self, subject: Subject, *, warm: bool = True) -> Iterator[ServedSubject]:
        """Runs a subject that has answered once; a warm one has answered a hundred more."""
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
        """Runs several side by side; only the one that is asked is busy."""
        with contextlib.ExitStack() as stack:
            yield [stack.enter_context(self.start(subject)) for subject in subjects]


@contextlib.contextmanager
def set_up_rig(*, firestore: bool) -> Iterator[Rig]:
    """Sets up a rig, and ends everything on it afterwards."""
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
