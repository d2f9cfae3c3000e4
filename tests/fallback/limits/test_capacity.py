"""Limits of a minute against an upstream that counts, by real runners on one SQLite file."""

from __future__ import annotations

from collections import Counter
from collections.abc import Generator
from pathlib import Path

from fallback.core.answer import End, FinishReason, Text, Usage
from fallback.core.chat import Chat, Message, Role
from fallback.core.failure import Failure, FailureKind
from fallback.core.hierarchy import Hierarchy, Model, Target
from fallback.core.quota import Dimension, Quota
from fallback.core.refusal import Refusal
from fallback.core.window_rules import WindowRules
from fallback.limits.shared import SharedLimits
from fallback.limits.store import LIMITS, LimitStore
from fallback.pieces import AnswerStarted
from fallback.ports import AttemptLimits
from fallback.runner import Runner
from fallback.stores.sqlite import SqliteWindowStore
from fallback.stores.sqlite_texts import SqliteTextStore
from fallback.windows.shared import SharedWindows
from tools.testkit.log import RecordingLog
from tools.testkit.time_travel import FakeClock

CHAT = Chat(messages=(Message(Role.USER, "Hi"),))
FIRST, SECOND = "model-a", "model-b"
KEYS = ("main", "second")


class CountingUpstream:
    """Fixed minutes for each model and key."""

    def __init__(self, clock: FakeClock, per_minute: int) -> None:
        self.per_minute = per_minute
        self.answered: Counter[tuple[str, str, int]] = Counter()
        self.refused: Counter[tuple[str, str, int]] = Counter()
        self._clock = clock
        self._start = clock.now()

    def call(self, model: str, key: str) -> Failure | None:
        seconds = (self._clock.now() - self._start).total_seconds()
        minute = (model, key, int(seconds // 60))
        if self.answered[minute] < self.per_minute:
            self.answered[minute] += 1
            return None
        self.refused[minute] += 1
        return Failure(
            kind=FailureKind.RATE_LIMITED,
            status=429,
            retry_delay_seconds=60 - seconds % 60,
            quotas=(Quota(Dimension.REQUESTS_PER_MINUTE, self.per_minute),),
        )


class Provider:
    """One key."""

    def __init__(self, upstream: CountingUpstream, key: str) -> None:
        self._upstream = upstream
        self._key = key

    def attempt(
        self, model: str, chat: Chat, limits: AttemptLimits
    ) -> Generator[Text | End | Failure, None, None]:
        failure = self._upstream.call(model, self._key)
        if failure is not None:
            yield failure
            return
        yield Text("Hello")
        yield End(FinishReason.STOP, Usage(1, 1))


class Process:
    """A runner with views of its own of one file."""

    def __init__(self, path: Path, clock: FakeClock, upstream: CountingUpstream) -> None:
        log = RecordingLog()
        windows = SharedWindows(SqliteWindowStore(path), rules=WindowRules(), clock=clock, log=log)
        limits = LimitStore(SqliteTextStore(path, LIMITS))
        self._runner = Runner(
            Hierarchy(
                "test",
                (Model(FIRST, "A"), Model(SECOND, "B"), Model("model-c", "C")),
                targets=(Target("main"), Target("second", is_default=False)),
                patience_seconds=0,
            ),
            providers={key: Provider(upstream, key) for key in KEYS},
            windows=windows,
            limits=SharedLimits(limits, windows, clock=clock, log=log),
            clock=clock,
            log=log,
        )

    def model(self) -> str | None:
        """Who answers a chat."""
        first = next(self._runner.answer(CHAT, whole=True, request_id="r"))
        assert isinstance(first, AnswerStarted | Refusal)
        return first.model if isinstance(first, AnswerStarted) else None


def test_two_keys_of_ten_a_minute_serve_twenty_and_refuse_once_each(tmp_path: Path) -> None:
    clock = FakeClock()
    upstream = CountingUpstream(clock, per_minute=10)
    process = Process(tmp_path / "nexus.db", clock, upstream)

    models = []
    for _ in range(40):
        models.append(process.model())
        clock.tick(0.5)

    assert models == [FIRST] * 20 + [SECOND] * 20
    assert set(upstream.refused.values()) == {1}
    assert {key[:2] for key in upstream.refused} <= {(m, k) for m in (FIRST, SECOND) for k in KEYS}


def test_processes_use_up_limits_that_are_offered_twice_and_are_hardly_refused(
    tmp_path: Path,
) -> None:
    clock = FakeClock()
    upstream = CountingUpstream(clock, per_minute=60)
    processes = [Process(tmp_path / "nexus.db", clock, upstream) for _ in range(4)]

    minutes = 7
    for number in range(minutes * 240):
        processes[number * 7 % 4].model()
        clock.tick(0.25)

    late = [key for key in upstream.refused if key[0] == FIRST and key[2] >= 3]
    assert sum(upstream.refused[key] for key in late) <= 2
    for key in KEYS:
        used = sum(upstream.answered[FIRST, key, minute] for minute in range(3, minutes))
        assert used >= 0.95 * 60 * (minutes - 3)
