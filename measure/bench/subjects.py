"""The subjects: how to start and ask each, and with how many threads."""

from __future__ import annotations

import os
import sys
import tempfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from measure.bench.load import QUESTION, Reply, Target
from measure.bench.program import Program, free_port

REPOSITORY = Path(__file__).parents[2]
API_KEY = "made-up-key-for-benchmarks"
THREADS = 256
"""The default of Nexus. Others have as many, so that threads are no limit: at most 200 clients ask
at once."""

_OURS = ("NEXUS", "GEMINI", "GOOGLE", "FIRESTORE", "LITELLM", "K_", "THREADS", "WORKERS", "PORT")
_NEXUS = REPOSITORY / "functions/main.py"
_PEERS = REPOSITORY / "measure/bench/peers"


@dataclass(frozen=True, slots=True, kw_only=True)
class Environment:
    """Where subjects run.

    Attributes:
        upstream: URL of the fake Gemini.
        folder: For logs and state; each program gets its own subfolder.
        firestore: Variables for an empty database, if there is an emulator.
    """

    upstream: str
    folder: Path
    firestore: Callable[[], Mapping[str, str]] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Subject:
    """One of the programs that are compared.

    Attributes:
        name: Its name in tables.
        argv: Its command, for a port and a folder.
        env: Its environment variables.
        path: The path for a chat.
        body: More fields of a chat.
        headers: More headers of a chat.
        poll: Whether it answers GET and has no chats.
        says_done: Whether its streams end with [DONE], as in Chat Completions.
        on_firestore: Whether it stores its state there.
        needs: What must be installed.
    """

    name: str
    argv: Callable[[int, Path], tuple[str, ...]]
    env: Mapping[str, str] = field(default_factory=dict)
    path: str = "/v1/chat/completions"
    body: Mapping[str, object] = field(default_factory=dict)
    headers: Callable[[Environment], Mapping[str, str]] = lambda _: {}
    poll: bool = False
    says_done: bool = True
    on_firestore: bool = False
    needs: Path | None = None

    def program(self, environment: Environment) -> Program:
        """The program, with its own port and state."""
        port = free_port()
        folder = Path(
            tempfile.mkdtemp(prefix=f"{port}-", dir=environment.folder)
        )  # Ports may recur.
        env = {k: v for k, v in os.environ.items() if not k.startswith(_OURS)}
        env |= {
            "GEMINI_API_KEY": API_KEY,
            "GOOGLE_GEMINI_BASE_URL": environment.upstream,
            "NEXUS_STATE": f"sqlite:{folder / 'nexus.db'}",
            "NEXUS_VISITOR_LIMITS": "off",
            "GEMINI_API_BASE": f"{environment.upstream}/v1beta",  # As LiteLLM is told.
        }
        if self.on_firestore:
            assert environment.firestore is not None, "it needs the Firestore emulator"
            env |= environment.firestore()
        return Program(
            argv=self.argv(port, folder),
            env=env | dict(self.env),
            port=port,
            folder=folder,
            log=folder / "log",
        )

    def is_answered(self, reply: Reply) -> bool:
        """Whether a reply is correct: an answered poll, or a chat's whole text."""
        if self.poll:
            return reply.status == 200
        return reply.verdict.is_whole if self.says_done else reply.verdict.has_reason

    def ask(self, url: str, environment: Environment, *, stream: bool = False) -> Target:
        """A poll, or a chat."""
        if self.poll:
            return Target(url)
        body = {**QUESTION, **self.body, **({"stream": True} if stream else {})}
        return Target(url + self.path, body, headers=dict(self.headers(environment)))

    def asks_of_many(self, url: str, people: int, *, first: int, stream: bool) -> list[Target]:
        """One chat for each of several people, counted from `first`, each on another network."""
        body = {**QUESTION, **({"stream": True} if stream else {})}
        return [
            Target(url + self.path, body, headers={"X-Forwarded-For": f"10.{n >> 8}.{n & 255}.1"})
            for n in range(first, first + people)
        ]


def function(source: Path, target: str) -> Callable[[int, Path], tuple[str, ...]]:
    """The command that serves a function, as on Cloud Run."""

    def argv(port: int, _folder: Path) -> tuple[str, ...]:
        return (
            *(sys.executable, "-m", "functions_framework", "--source", str(source)),
            *("--target", target, "--host", "127.0.0.1", "--port", str(port)),
        )

    return argv


def _threads(count: int) -> dict[str, str]:
    return {"THREADS": str(count)}


_LIMITS = {"NEXUS_VISITOR_LIMITS": "on", "NEXUS_TRUSTED_PROXIES": "1"}
_chat = function(_NEXUS, "chat")
_availability = function(_NEXUS, "check_availability")

BARE = Subject(
    name="bare function",
    argv=function(_PEERS / "bare.py", "constant"),
    env=_threads(THREADS),
    poll=True,
)
BARE_CHAT = Subject(
    name="bare function that chats",
    argv=function(_PEERS / "bare.py", "chat"),
    env=_threads(THREADS),
)
CHAT = Subject(name="Nexus", argv=_chat)
CHAT_NARROW = Subject(name="Nexus, 8 threads", argv=_chat, env=_threads(8))
CHAT_FIRESTORE = Subject(
    name="Nexus on Firestore",
    argv=_chat,
    on_firestore=True,
)
CHAT_LIMITS = Subject(name="Nexus with visitor limits", argv=_chat, env=_LIMITS)
CHAT_LIMITS_FIRESTORE = Subject(
    name="Nexus with visitor limits, on Firestore", argv=_chat, env=_LIMITS, on_firestore=True
)
AVAILABILITY = Subject(
    name="check-availability", argv=_availability, env=_threads(THREADS), poll=True
)
AVAILABILITY_FIRESTORE = Subject(
    name="check-availability on Firestore",
    argv=_availability,
    env=_threads(THREADS),
    poll=True,
    on_firestore=True,
)
SDK = Subject(
    name="google-genai alone", argv=function(_PEERS / "sdk.py", "chat"), env=_threads(THREADS)
)
SEED = Subject(name="the seed as written", argv=function(_PEERS / "seed.py", "chat"))
SEED_WIDE = Subject(
    name=f"the seed, {THREADS} threads",
    argv=function(_PEERS / "seed.py", "chat"),
    env=_threads(THREADS),
)
