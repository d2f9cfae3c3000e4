"""Plays one fault against the real runner, client and store; only Gemini is emulated."""

from __future__ import annotations

import enum
import itertools
import threading
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from fallback.core.answer import End, Text
from fallback.core.chat import Chat, Message, Role
from fallback.core.hierarchy import Hierarchy, Limits, Model
from fallback.core.refusal import Refusal
from fallback.core.window_rules import WindowRules, next_quota_day
from fallback.core.windows import EVERY_MODEL, METERED, Window
from fallback.limits.shared import SharedLimits
from fallback.limits.store import LIMITS, LimitStore
from fallback.pieces import AnswerStarted, Interrupted, Piece
from fallback.ports import Provider, StoreUnavailableError, WindowStore
from fallback.runner import Runner
from fallback.stores.sqlite import SqliteWindowStore
from fallback.stores.sqlite_texts import SqliteTextStore
from fallback.system_clock import SystemClock
from fallback.wait_budget import WaitBudget
from fallback.windows.book import MAX_AGE
from fallback.windows.shared import SharedWindows
from measure.fault_matrix.faults import CHUNKS, Fault
from nexus.wire.error import refusal_error
from tools.emulator.server import Emulator
from tools.testkit.log import RecordingLog

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
MODELS = 3
TEXT = " ".join(f"word{number}" for number in range(40))
# Only silent models need a short limit; a long one keeps a busy machine from adding time-outs.
SILENCE_SECONDS = 2.0
_FOR_SILENCE = Limits(
    backoff_seconds=(0.01,),
    deadline_seconds=20,
    first_text_seconds=SILENCE_SECONDS,
    thinking_seconds=SILENCE_SECONDS,
    idle_seconds=SILENCE_SECONDS,
    last_resort_seconds=SILENCE_SECONDS,
)
_FOR_ALL_ELSE = Limits(backoff_seconds=(0.01,), first_text_seconds=30, idle_seconds=30)
_SLOW_SECONDS = 2.0
_STORE_SECONDS = 120.0
_CHAT = Chat(messages=(Message(Role.USER, "Count"),))
_numbers = itertools.count()


class Condition(enum.StrEnum):
    """How the store is while the request runs."""

    HEALTHY = "healthy"
    SLOW = "slow"
    DOWN = "down"
    FLAPPING = "flapping"


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """The outcome of one request.

    Attributes:
        visitor: What the visitor got.
        calls: How often each model was asked, in the order of the hierarchy.
        windows: Reason and length of each window, by the model's place; 0 is the whole service.
    """

    visitor: str
    calls: tuple[int, ...]
    windows: tuple[tuple[int, str], ...]


class StoppedClock(SystemClock):
    """A clock whose date stands still, so that windows have exactly the length of the rules."""

    def __init__(self) -> None:
        self._now = NOW

    def now(self) -> datetime:
        return self._now

    def step(self) -> None:
        """Lets enough time pass for the store to be read again."""
        self._now += MAX_AGE


class FaultyStore:
    """A real store that is slow, down or flapping until it is mended."""

    def __init__(self, store: WindowStore, condition: Condition) -> None:
        self._store = store
        self._condition = condition
        self._calls = itertools.count()
        self._mended = threading.Event()

    def mend(self) -> None:
        self._mended.set()

    def read(self, since: datetime | None = None) -> Mapping[str, Window]:
        self._suffer()
        return self._store.read(since)

    def extend(self, model: str, window: Window) -> object | None:
        self._suffer()
        return self._store.extend(model, window)

    def lease(self, model: str, seen: Window, until: datetime) -> Window | None:
        self._suffer()
        return self._store.lease(model, seen, until)

    def close(self, model: str, seen: Window) -> bool:
        self._suffer()
        return self._store.close(model, seen)

    def _suffer(self) -> None:
        if self._mended.is_set() or self._condition is Condition.HEALTHY:
            return
        if self._condition is Condition.SLOW:
            self._mended.wait(_SLOW_SECONDS)
        elif self._condition is Condition.DOWN or next(self._calls) % 2 == 0:
            raise StoreUnavailableError("it is down")


def play(
    fault: Fault,
    *,
    stream: bool,
    all_models: bool,
    condition: Condition,
    gemini: Emulator,
    provider: Provider,
    folder: Path,
) -> Outcome:
    """Sends one chat to a new hierarchy whose first model fails, or all of them."""
    number = next(_numbers)
    names = [f"model-{number}-{place}" for place in range(1, MODELS + 1)]
    for place, name in enumerate(names):
        if (place == 0 or all_models) and fault.behaviour is not None:
            options: dict[str, Any] = dict(fault.options)
            if options:
                options["text"] = TEXT
            gemini.behave(name, fault.behaviour, **options)
        else:
            gemini.behave(name, "answer", text=TEXT, chunks=CHUNKS)
    sqlite = SqliteWindowStore(folder / f"{number}.db")
    store = FaultyStore(sqlite, condition)
    limits = LimitStore(SqliteTextStore(folder / f"{number}.db", LIMITS))
    clock = StoppedClock()
    windows = SharedWindows(
        store, rules=WindowRules(), clock=clock, log=RecordingLog(), jitter=lambda: 0.0
    )
    runner = Runner(
        Hierarchy(
            "faults",
            tuple(Model(name, name) for name in names),
            _FOR_SILENCE if fault.is_silence else _FOR_ALL_ELSE,
        ),
        providers={"main": provider},
        windows=windows,
        limits=SharedLimits(limits, windows, clock=clock, log=RecordingLog()),
        clock=clock,
        log=RecordingLog(),
        jitter=lambda: 0.0,
    )
    pieces = list(runner.answer(_CHAT, whole=not stream, request_id="r"))
    store.mend()
    opened = dict(windows.snapshot(WaitBudget(clock, 0)))
    _store_again(windows, clock)
    assert _ends(sqlite.read()) == _ends(opened)
    return Outcome(
        visitor=_said(pieces, names),
        calls=tuple(gemini.count(name) for name in names),
        windows=tuple(
            (0 if name == EVERY_MODEL else names.index(name) + 1, _described(window))
            for name, window in sorted(opened.items())
            if window.reason != METERED
        ),
    )


def _store_again(windows: SharedWindows, clock: StoppedClock) -> None:
    """Has windows stored that were found during the trouble."""
    windows.flush(_STORE_SECONDS)
    clock.step()
    windows.snapshot(WaitBudget(clock, 0))
    windows.flush(_STORE_SECONDS)


def _ends(windows: Mapping[str, Window]) -> dict[str, datetime]:
    return {name: window.until for name, window in windows.items()}


def _said(pieces: list[Piece], names: list[str]) -> str:
    """What the visitor saw."""
    speakers = [names.index(p.display_name) + 1 for p in pieces if isinstance(p, AnswerStarted)]
    text = "".join(piece.text for piece in pieces if isinstance(piece, Text))
    match pieces[-1]:
        case Refusal() as refusal:
            error = refusal_error(refusal)
            assert text == ""
            return f"{error.status} `{error.code}`"
        case Interrupted(is_overdue=is_overdue):
            assert TEXT.startswith(text), text
            return (
                "half an answer, `deadline_exceeded`"
                if is_overdue
                else (
                    "all of the text, `answer_interrupted`"
                    if text == TEXT
                    else "half an answer, `answer_interrupted`"
                )
            )
        case End(finish_reason=reason):
            if reason != "stop":
                return f"an answer that ends with `{reason}`"
            assert text == TEXT, text
            return "an answer of model " + ", continued by model ".join(map(str, speakers))
    raise AssertionError(pieces)


def _described(window: Window) -> str:
    if window.until == next_quota_day(NOW):
        return f"`{window.reason}`, the day"
    return f"`{window.reason}`, {(window.until - NOW).total_seconds():g} s"
