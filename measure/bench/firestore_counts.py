"""Counts the Firestore operations of Nexus: `python -m measure.bench.firestore_counts`.

The meter sits between real functions and the Firestore emulator. infra/release/costs.py uses the
figures, from infra/release/firestore_counts.json.
"""

from __future__ import annotations

import argparse
import contextlib
import functools
import json
import random
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx2
import pytest

from measure.bench.firestore_meter import FirestoreMeter, Kind, Operation
from tools.emulator.server import Emulator
from tools.testkit.firestore import FirestoreEmulator, firestore_emulator
from tools.testkit.serving import API_KEY, ServedFunction, serve

COUNTS = Path(__file__).parents[2] / "infra" / "release" / "firestore_counts.json"
WINDOWS, VISITORS = "exhaustion_windows", "visitors"
MODELS = ("gemini-3.8-flash", "gemini-3.6-flash", "gemini-3.5-flash-lite")

REQUESTS = 200
SECONDS = 10.0
VISIT = 5
"""Messages of one visitor, one after another."""

_CLIENTS = 32
_ATTEMPTS = 3
_BODY = {"messages": [{"role": "user", "content": "Hello"}]}
_TROUBLES = ("store.unavailable", "visitor_store.unavailable")
_RECOVERIES = ("store.recovered", "visitor_store.recovered")


@dataclass(frozen=True, slots=True, kw_only=True)
class Count:
    """The operations of one situation.

    Attributes:
        what: The situation.
        instances: Processes that were asked.
        requests: How many there were.
        seconds: Over which time; 0 for single requests.
        operations: How many of each, as `collection.kind`.
        hottest: The most writes, refused ones included, to one document within one second.
    """

    what: str
    instances: int
    requests: int
    seconds: float
    operations: dict[str, int]
    hottest: int


class SlowMachineError(Exception):
    """A process stopped waiting for the store: this machine is too busy to measure."""


class Rig:
    """Functions with their own upstream and metered store."""

    def __init__(
        self, meter: FirestoreMeter, gemini: Emulator, functions: list[ServedFunction], target: str
    ) -> None:
        """Uses running parts."""
        self.meter = meter
        self.gemini = gemini
        self.functions = functions
        self._is_chat = target == "chat"
        self._client = httpx2.Client(timeout=60)
        self._troubles = 0

    def ask(
        self, number: int = 0, *, stream: bool = False, headers: dict[str, str] | None = None
    ) -> httpx2.Response:
        """Sends one request to the process of that number."""
        url = self.functions[number % len(self.functions)].url
        if self._is_chat:
            return self._client.post(url, json=_BODY | {"stream": stream}, headers=headers)
        return self._client.get(url)

    def ask_evenly(
        self, ask: Callable[[int], object], times: int = REQUESTS, over: float = SECONDS
    ) -> float:
        """Calls `ask` with 0, 1, … at a steady rate; returns the seconds it took."""
        started = time.monotonic()

        def at_its_time(number: int) -> None:
            time.sleep(max(0.0, started + number * over / times - time.monotonic()))
            ask(number)

        with ThreadPoolExecutor(_CLIENTS) as pool:
            list(pool.map(at_its_time, range(times)))
        return time.monotonic() - started

    def counted(self, what: str, requests: int = 1, seconds: float = 0) -> Count:
        """The operations since the last call."""
        time.sleep(0.3)  # For writes that no request waits for, such as the end of a window.
        operations = self.meter.operations()
        self.meter.reset()
        return Count(
            what=what,
            instances=len(self.functions),
            requests=requests,
            seconds=round(seconds, 1),
            operations=dict(
                sorted(Counter(f"{one.collection}.{one.kind}" for one in operations).items())
            ),
            hottest=_hottest(operations),
        )

    def warm_up(self) -> None:
        """Lets each process connect to the store, and resets the meter."""
        for number in range(len(self.functions)):
            for _ in range(5):
                self.ask(number).raise_for_status()
                time.sleep(0.3)
                if self._logged(_TROUBLES) == self._logged(_RECOVERIES):
                    break
                time.sleep(1)
        self.meter.reset()
        self._troubles = self._logged(_TROUBLES)

    def must_have_been_quick(self) -> None:
        """Figures of processes that went on without the store would be those of something else.

        Raises:
            SlowMachineError: There was one.
        """
        if self._logged(_TROUBLES) > self._troubles:
            raise SlowMachineError

    def wait_for_the_end_of(self, model: str) -> None:
        """Waits until a model's newest window has ended."""
        ends = [
            datetime.fromisoformat(event["until"])
            for function in self.functions
            for event in function.events("window.opened")
            if event["model"] == model
        ]
        time.sleep(max(0.0, (max(ends) - datetime.now(UTC)).total_seconds()) + 0.05)

    def close(self) -> None:
        """Closes its connections."""
        self._client.close()

    def _logged(self, names: tuple[str, ...]) -> int:
        return sum(event["event"] in names for one in self.functions for event in one.events())


def _hottest(operations: list[Operation]) -> int:
    writes = [one for one in operations if one.kind is not Kind.READ]
    return max(
        (
            sum(
                (other.collection, other.document) == (one.collection, one.document)
                and one.at <= other.at < one.at + 1
                for other in writes
            )
            for one in writes
        ),
        default=0,
    )


# The situations


def _start(rig: Rig) -> Iterator[Count]:
    time.sleep(2)
    yield rig.counted("started, and not asked anything for 2 s", 0, 2)
    rig.ask()
    yield rig.counted("its first chat")
    time.sleep(5)
    yield rig.counted("idle for 5 s", 0, 5)


def _healthy(rig: Rig, what: str, *, stream: bool = False) -> Iterator[Count]:
    seconds = rig.ask_evenly(lambda number: rig.ask(number, stream=stream).raise_for_status())
    yield rig.counted(what, REQUESTS, seconds)


def _visits(rig: Rig) -> Iterator[Count]:
    chance = random.Random(7)
    route = [chance.randrange(len(rig.functions)) for _ in range(REQUESTS)]
    ids: dict[int, str] = {}
    visitors = REQUESTS // VISIT

    def send(number: int) -> None:
        visitor = number % visitors
        headers = {"X-Forwarded-For": f"203.0.113.{visitor}"}
        if visitor in ids:
            headers["X-Nexus-Visitor"] = ids[visitor]
        reply = rig.ask(route[number], headers=headers).raise_for_status()
        ids.setdefault(visitor, reply.headers.get("X-Nexus-Visitor", ""))

    seconds = rig.ask_evenly(send)
    yield rig.counted(f"chats with limits, {VISIT} of each visitor", REQUESTS, seconds)


def _past_open_windows(rig: Rig) -> Iterator[Count]:
    for model in MODELS:
        rig.gemini.behave(model, "per-minute", retry_delay="60s")
    rig.ask()
    time.sleep(1.1)
    rig.meter.reset()
    seconds = rig.ask_evenly(lambda number: rig.ask(number).raise_for_status())
    yield rig.counted(f"plain chats past {len(MODELS)} open windows", REQUESTS, seconds)


def _past_ended_windows(rig: Rig) -> Iterator[Count]:
    for model in MODELS[1:]:
        rig.gemini.behave(model, "per-minute", retry_delay="1s")
    rig.gemini.behave(MODELS[0], "per-minute", times=1, retry_delay="1s")
    rig.ask()
    rig.wait_for_the_end_of(MODELS[-1])
    rig.ask()
    time.sleep(1.1)
    rig.meter.reset()
    seconds = rig.ask_evenly(lambda number: rig.ask(number).raise_for_status())
    yield rig.counted(
        f"plain chats of the primary, {len(MODELS) - 1} others' windows over", REQUESTS, seconds
    )


def _window_changes(rig: Rig) -> Iterator[Count]:
    rig.gemini.behave(MODELS[0], "per-minute", retry_delay="2s")
    for what in ("a window opens", "its probe fails, and it opens again"):
        rig.ask()
        yield rig.counted(what)
        rig.wait_for_the_end_of(MODELS[0])
    rig.gemini.behave(MODELS[0], "invalid-request")
    rig.ask()
    yield rig.counted("its probe finds out nothing")
    rig.gemini.behave(MODELS[0], "answer")
    rig.ask()
    yield rig.counted("its probe succeeds, and it closes")


def _threads_at_once(rig: Rig) -> Iterator[Count]:
    rig.gemini.behave(MODELS[0], "per-minute", retry_delay="60s", delay_seconds=0.3)
    with ThreadPoolExecutor(40) as pool:
        list(pool.map(lambda _: rig.ask().raise_for_status(), range(40)))
    yield rig.counted("40 chats under way in one process meet the same 429", 40)


def _fleet(rig: Rig, per_second: int) -> Iterator[Count]:
    def ask(number: int) -> None:
        rig.ask(number).raise_for_status()

    seconds = 4.0
    requests = int(per_second * seconds)
    rig.ask_evenly(ask, requests // 2, seconds / 2)
    rig.meter.reset()
    rig.gemini.behave(MODELS[0], "per-minute", retry_delay="5s")
    took = rig.ask_evenly(ask, requests, seconds)
    yield rig.counted(f"a window opens under {per_second} chats a second", requests, took)
    rig.gemini.behave(MODELS[0], "answer", first_text_seconds=0.3)
    took = rig.ask_evenly(ask, requests, seconds)
    yield rig.counted(f"it is over, and closes under {per_second} a second", requests, took)


@dataclass(frozen=True, slots=True, kw_only=True)
class Situation:
    """A situation to measure."""

    play: Callable[[Rig], Iterator[Count]]
    instances: int = 1
    target: str = "chat"
    limits: str = "off"
    is_cold: bool = False


_HEALTHY = [
    situation
    for instances in (1, 3)
    for situation in (
        Situation(play=functools.partial(_healthy, what="plain chats"), instances=instances),
        Situation(
            play=functools.partial(_healthy, what="streamed chats", stream=True),
            instances=instances,
        ),
        Situation(
            play=functools.partial(_healthy, what="polls of check-availability"),
            instances=instances,
            target="check_availability",
        ),
        Situation(play=_visits, instances=instances, limits="on"),
    )
]
SITUATIONS = [
    Situation(play=_start, is_cold=True),
    *_HEALTHY,
    Situation(play=_past_open_windows),
    Situation(play=_past_ended_windows),
    Situation(play=_window_changes),
    Situation(play=_threads_at_once),
    Situation(play=functools.partial(_fleet, per_second=16), instances=8),
    Situation(play=functools.partial(_fleet, per_second=80), instances=8),
]


def measure() -> dict[str, Any]:
    """Measures everything, in about three minutes; returns each `Count` by situation.

    Raises:
        pytest.skip.Exception: The Firestore emulator is not installed.
        SlowMachineError: In none of three attempts was this machine quiet enough.
    """
    counts: dict[str, Any] = {}
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        with firestore_emulator(folder / "firestore.log") as firestore:
            print(_HEAD, flush=True)
            for situation in SITUATIONS:
                measured = _measured(situation, firestore, folder)
                counts |= {_name(count): asdict(count) for count in measured}
                print(*map(_line, measured), sep="\n", flush=True)
    return counts


def _measured(situation: Situation, firestore: FirestoreEmulator, folder: Path) -> list[Count]:
    for attempt in range(_ATTEMPTS):
        with _rig(situation, firestore, folder) as rig:
            try:
                if not situation.is_cold:
                    rig.warm_up()
                counts = list(situation.play(rig))
                if not situation.is_cold:
                    rig.must_have_been_quick()
                return counts
            except SlowMachineError:
                if attempt == _ATTEMPTS - 1:
                    raise
    raise AssertionError("the last attempt returns or raises")


@contextlib.contextmanager
def _rig(situation: Situation, firestore: FirestoreEmulator, folder: Path) -> Iterator[Rig]:
    with contextlib.ExitStack() as stack:
        meter = stack.enter_context(FirestoreMeter(firestore.host))
        gemini = stack.enter_context(Emulator())
        environ = firestore.environ() | {
            "FIRESTORE_EMULATOR_HOST": meter.host,
            "GEMINI_API_KEY": API_KEY,
            "GOOGLE_GEMINI_BASE_URL": gemini.url,
            "NEXUS_VISITOR_LIMITS": situation.limits,
            "NEXUS_TRUSTED_PROXIES": "1",
        }
        functions = [
            stack.enter_context(serve(situation.target, environ, folder / f"{number}.log"))
            for number in range(situation.instances)
        ]
        rig = Rig(meter, gemini, functions, situation.target)
        stack.callback(rig.close)
        yield rig


_HEAD = """\
| Situation | Instances | Requests | Seconds | Windows: read, written, deleted, refused \
| Visitors: read, written, refused | Most writes to one document in a second |
| --- | ---: | ---: | ---: | ---: | ---: | ---: |"""


def _name(count: Count) -> str:
    return count.what if count.instances == 1 else f"{count.what}, {count.instances} instances"


def _line(count: Count) -> str:
    def of(collection: str, *kinds: Kind) -> str:
        return ", ".join(str(count.operations.get(f"{collection}.{kind}", 0)) for kind in kinds)

    cells = (
        count.what,
        count.instances,
        count.requests,
        f"{count.seconds:g}",
        of(WINDOWS, Kind.READ, Kind.WRITE, Kind.DELETE, Kind.REFUSED),
        of(VISITORS, Kind.READ, Kind.WRITE, Kind.REFUSED),
        count.hottest,
    )
    return f"| {' | '.join(map(str, cells))} |"


def main() -> int:
    """Measures, prints the table, and stores the figures."""
    argparse.ArgumentParser(
        prog="python -m measure.bench.firestore_counts", description=__doc__
    ).parse_args()
    try:
        measured = measure()
    except pytest.skip.Exception as missing:
        sys.exit(str(missing))
    except SlowMachineError:
        sys.exit("this machine was too busy: processes went on without the store")
    COUNTS.write_text(json.dumps(measured, indent=2) + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
