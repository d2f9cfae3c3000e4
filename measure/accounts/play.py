"""Chats of which one in twenty breaks and one in twenty is abandoned, over the emulator."""

from __future__ import annotations

import itertools
import math
import random
from collections import Counter
from collections.abc import Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

from fallback.core.chat import Chat, Message, Role
from fallback.core.hierarchy import Hierarchy, Limits, Model, Target
from fallback.core.window_rules import WindowRules
from fallback.events import Event
from fallback.gemini.endpoint import DeveloperApi
from fallback.gemini.known_models import KnownModels
from fallback.gemini.rest import RestProvider
from fallback.hedging.hedges import Hedges
from fallback.limits.shared import SharedLimits
from fallback.runner import Runner
from fallback.system_clock import SystemClock
from fallback.windows.shared import SharedWindows
from tools.emulator.server import Emulator
from tools.testkit.log import RecordingLog
from tools.testkit.memory_limits import MemoryLimits
from tools.testkit.memory_store import MemoryStore

Key = tuple[str, str, str, str]
"""A model, a target, a tier, and `prompt` or `output`."""

WITHIN = 0.01
"""How far off the estimates may be in all."""

SLOW_MODEL = "slow-model"
"""Its readers leave in the pause after its first text, so it has said nothing that they miss."""

_TIERS = {"main": None, "second": "priority"}
_MODELS = ("first-model", "second-model", "third-model")
_ONE_IN = 20
_THREADS = 8
_READ = 2
"""Pieces that a reader who leaves has read: whose answer it is, and its first text."""

_PAUSE_SECONDS = 60.0
_FAULTS: tuple[tuple[str, dict[str, Any]], ...] = (
    ("cut", {"after_chunks": 3}),
    ("error-event", {"after_chunks": 5}),
    ("silent-end", {"after_chunks": 2}),
    ("malformed-chunk", {"after_chunks": 4}),
    ("empty-stream", {}),
    ("overloaded", {}),
)
_WORDS = ("models", "answer", "until", "their", "quota", "of", "the", "day", "ends")


class _NeverLate(Hedges):
    """Cancels no call: of what is on its way to a cancelled one nobody is told."""

    def late_seconds(self, _key: str, _tokens: int) -> tuple[float, float]:
        return math.inf, math.inf


@dataclass(frozen=True, slots=True)
class Accounts:
    """Tokens as the log and the invoice have them.

    Attributes:
        told: Those of the log that Gemini told.
        billed: Those of the invoice of which the caller was told.
        estimated: Those of the log that were estimated.
        billed_untold: Those of the invoice of which nobody was told.
        calls: Calls on the invoice.
    """

    told: Counter[Key]
    billed: Counter[Key]
    estimated: Counter[Key]
    billed_untold: Counter[Key]
    calls: int

    @property
    def agree(self) -> bool:
        """Whether what was told is equal, and the estimate of the rest close."""
        estimated, billed = self.estimated.total(), self.billed_untold.total()
        return self.told == self.billed and abs(estimated - billed) <= WITHIN * billed


def play(chats: int, seed: int = 1) -> Accounts:
    """Plays so many chats, a few at a time."""
    log, clock = RecordingLog(), SystemClock()
    # Windows would keep models out, and with them the calls that this is about.
    rules = WindowRules(tripping_failures=100, tripping_silences=100)
    windows = SharedWindows(MemoryStore(), rules=rules, clock=clock, log=log)
    with Emulator() as emulator:
        _tell_faults(emulator, chats)
        emulator.behave(SLOW_MODEL, "answer", chunk_seconds=_PAUSE_SECONDS)
        hierarchy = _hierarchy(*_MODELS)
        known = KnownModels(hierarchy.models, log)
        providers = {}
        for target, tier in _TIERS.items():
            emulator.key(f"key-of-{target}", name=target)
            endpoint = DeveloperApi(
                base_url=emulator.url, api_key=f"key-of-{target}", service_tier=tier
            )
            providers[target] = RestProvider(endpoint, clock, known)
        limits = SharedLimits(MemoryLimits(), windows, clock=clock, log=log)
        runner = Runner(
            hierarchy,
            providers=providers,
            windows=windows,
            limits=limits,
            clock=clock,
            log=log,
            hedges=_NeverLate(log),
        )

        def ask(number: int) -> None:
            chat = _chat(random.Random(f"{seed}/{number}"))
            is_left = number % _ONE_IN == _ONE_IN - 1
            pieces = runner.answer(
                chat,
                whole=False,
                request_id=str(number),
                hierarchy=_hierarchy(SLOW_MODEL) if is_left else None,
            )
            for _ in itertools.islice(pieces, _READ if is_left else None):
                pass
            pieces.close()

        with ThreadPoolExecutor(_THREADS) as readers:
            list(readers.map(ask, range(chats)))
        for provider in providers.values():
            provider.close()
        rows = emulator.invoice()
    return Accounts(
        told=_logged(log, "prompt_tokens", "completion_tokens"),
        billed=_billed(rows, told=True),
        estimated=_logged(log, "estimated_prompt_tokens", "estimated_completion_tokens"),
        billed_untold=_billed(rows, told=False),
        calls=sum(row["calls"] for row in rows),
    )


def _tell_faults(emulator: Emulator, chats: int) -> None:
    """Breaks one call in twenty of the first model, in each way in turn."""
    faults = itertools.cycle(_FAULTS)
    for _ in range(chats // _ONE_IN):
        emulator.behave(_MODELS[0], "answer", times=_ONE_IN - 2, thoughts=True)
        name, options = next(faults)
        emulator.behave(_MODELS[0], name, times=1, **options)


def _hierarchy(*names: str) -> Hierarchy:
    models = tuple(Model(name, name) for name in names)
    targets = tuple(Target(name, is_default=name == "main") for name in _TIERS)
    # Nor is a call given up on a busy machine.
    limits = Limits(
        attempts_per_model=1,
        backoff_seconds=(),
        deadline_seconds=3000,
        first_text_seconds=600,
        thinking_seconds=600,
        idle_seconds=600,
    )
    return Hierarchy("accounts", models, limits, targets=targets)


def _chat(chance: random.Random) -> Chat:
    words = chance.choices(_WORDS, k=chance.randint(300, 600))
    return Chat(messages=(Message(Role.USER, " ".join(words)),), instructions=("Be brief.",))


def _logged(log: RecordingLog, prompt: str, output: str) -> Counter[Key]:
    found: Counter[Key] = Counter()
    for line in [*log.of(Event.CHAT_ANSWERED), *log.of(Event.ATTEMPT_ACCOUNTED)]:
        # Where no tokens are told, no tier is.
        names = line["model"], line["target"], line["tier"] or "standard"
        found[*names, "prompt"] += line[prompt]
        found[*names, "output"] += line[output]
    return +found


def _billed(rows: Iterable[Mapping[str, Any]], *, told: bool) -> Counter[Key]:
    found: Counter[Key] = Counter()
    for row in rows:
        if row["told"] is told:
            names = row["model"], row["caller"], row["tier"]
            found[*names, "prompt"] += row["prompt_tokens"]
            found[*names, "output"] += row["output_tokens"]
    return +found
