"""What happens to the service, and what has to be seen then."""

from __future__ import annotations

import os
import random
import statistics
import time
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from drills.fleet import PRIMARY, SECOND, calls, eventually, fleet, load
from tests.faults.cell import Condition
from tests.faults.faults import CHUNKS, Fault, Stage
from tests.faults.matrix import bench
from tests.support.serving import ServedFunction

PROCESSES = 8
CLIENTS = 32
PER_SECOND = float(os.environ.get("PER_SECOND", "100"))
SOAK_MINUTES = float(os.environ.get("MINUTES", "30"))
_BREAKS = ("cut", "silent-end", "malformed-chunk", "error-event", "error-raw", "error-array")
_WINDOW = "4s"


class Failed(Exception):  # noqa: N818 - a drill fails; it is not an error
    """What was promised was not seen."""


def _say(text: str, *, holds: bool = True) -> None:
    if not holds:
        raise Failed(text)
    print(f"  {text}", flush=True)


def streams() -> None:
    """1,000 streams, each broken by a random fault after a random chunk, end whole."""
    chance = random.Random(7)  # noqa: S311 - the same faults each time
    faults = [
        Fault(
            f"{number}",
            Stage.MIDDLE,
            chance.choice(_BREAKS),
            (("after_chunks", chance.randint(1, CHUNKS)), ("chunks", CHUNKS)),
        )
        for number in range(1000)
    ]
    with bench() as one, ThreadPoolExecutor(8) as pool:

        def play(fault: Fault) -> str:
            # It also asserts that the text is complete, with nothing twice.
            return one.play(
                fault, stream=True, all_models=False, condition=Condition.HEALTHY
            ).visitor

        ends = Counter(pool.map(play, faults))
    _say(f"{dict(ends)}", holds=set(ends) == {"an answer of model 1, continued by model 2"})


def window_ends() -> None:
    """A window ends under load: one probe for all processes, and success is known to all."""
    with fleet(PROCESSES, on_firestore=True) as (functions, gemini, _):
        gemini.behave(PRIMARY, "per-minute", retry_delay=_WINDOW)
        with load(functions, CLIENTS, PER_SECOND) as tally:
            eventually(lambda: len(tally.answers) > 100, 60)
            started = time.monotonic()
            before = len(calls(gemini, PRIMARY, 0))
            gemini.behave(PRIMARY, "answer", first_text_seconds=1.2)
            eventually(lambda: len(calls(gemini, PRIMARY, 0)) > before, 60)
            eventually(lambda: sum(who == PRIMARY for _, who in list(tally.answers)) > 100, 60)
            time.sleep(2)
        probe, *others = calls(gemini, PRIMARY, started)
        first_second = [at for at in (probe, *others) if at < probe + 1]
        known = probe + 1.2
        late = [who for at, who in tally.answers if at > known + 1.5 + 1.2 and who != PRIMARY]
        _say(
            f"{len(tally.answers)} answers, {dict(tally.statuses)}",
            holds=set(tally.statuses) == {200},
        )
        _say(f"{len(first_second)} call in the first second", holds=len(first_second) == 1)
        _say(f"{len(late)} answers of others from 1.5 s after its success", holds=not late)


def turns_429() -> None:
    """The primary turns 429 under load: each process learns it once."""
    with fleet(PROCESSES, on_firestore=True) as (functions, gemini, _):
        with load(functions, CLIENTS, PER_SECOND) as tally:
            eventually(lambda: len(tally.answers) > 200, 60)
            turned = time.monotonic()
            gemini.behave(PRIMARY, "per-minute", retry_delay="60s")
            eventually(lambda: any(who == SECOND for _, who in list(tally.answers)), 30)
            time.sleep(5)
        refused = calls(gemini, PRIMARY, turned)
        late = [at for at in refused if at > refused[0] + 1.5]
        _say(f"{dict(tally.statuses)}", holds=set(tally.statuses) == {200})
        _say(f"{len(refused)} calls to it, {len(late)} of them after 1.5 s", holds=not late)


def store_paused() -> None:
    """The store stands still for 30 s under load: chats go on, and it is right again after."""
    with fleet(PROCESSES, on_firestore=True) as (functions, gemini, firestore):
        assert firestore is not None
        with load(functions, CLIENTS, PER_SECOND) as tally:
            eventually(lambda: len(tally.answers) > 200, 60)
            begun = time.monotonic()
            time.sleep(10)
            paused = time.monotonic()
            firestore.pause()
            time.sleep(5)
            gemini.behave(SECOND, "per-day")  # Found by whoever comes to it, while nobody can tell.
            gemini.behave(PRIMARY, "per-minute", retry_delay="60s")
            time.sleep(25)
            firestore.go_on()
            resumed = time.monotonic()
            time.sleep(2)
            right = time.monotonic()
            time.sleep(5)
        healthy, during = tally.between(begun, paused), tally.between(paused, resumed)
        added = [
            round(
                1000
                * (statistics.quantiles(during, n=100)[n] - statistics.quantiles(healthy, n=100)[n])
            )
            for n in (49, 98)
        ]
        late = calls(gemini, PRIMARY, right) + calls(gemini, SECOND, right)
        _say(f"{dict(tally.statuses)}", holds=set(tally.statuses) == {200})
        _say(f"added latency: median {added[0]} ms, p99 {added[1]} ms", holds=added[1] < 300)
        _say(f"{len(late)} calls to exhausted models from 2 s after", holds=not late)


def soak() -> None:
    """Mixed load and faults for half an hour (MINUTES): nothing grows, nothing is lost."""
    chance = random.Random(7)  # noqa: S311 - as above
    kinds = [*_BREAKS, "per-minute", "overloaded", "hang-after-headers", "reset", "html-502"]
    with fleet(2, on_firestore=False) as (functions, gemini, _):
        samples: list[tuple[int, int, int]] = []
        with load(functions, 8, 20) as tally:
            eventually(lambda: len(tally.answers) > 200, 60)
            ends_at = time.monotonic() + 60 * SOAK_MINUTES
            while time.monotonic() < ends_at:
                gemini.reset()
                for model in (PRIMARY, SECOND):
                    kind = chance.choice(kinds)
                    delay = {"retry_delay": "2s"} if kind == "per-minute" else {}
                    gemini.behave(model, kind, times=chance.randint(1, 5), **delay)
                time.sleep(min(5.0, max(0.0, ends_at - time.monotonic())))
                samples.append(_size(functions))
        ended = [
            event for f in functions for event in f.events() if event["event"].startswith("chat.")
        ]
    settled = samples[len(samples) // 5 :]
    for place, what in enumerate(("KiB", "file descriptors", "threads")):
        early, late = (
            statistics.median(sample[place] for sample in part)
            for part in (settled[: len(settled) // 4], settled[-len(settled) // 4 :])
        )
        _say(f"{what}: {early:g}, then {late:g}", holds=late <= early * 1.1 + 8)
    ends = Counter(event["event"] for event in ended)
    total = sum(tally.statuses.values())
    _say(f"{dict(tally.statuses)}", holds=0 not in tally.statuses and 500 not in tally.statuses)
    over = sum(count for event, count in ends.items() if event != "chat.resumed")
    _say(f"{over} of {total} requests ended in the log: {dict(ends)}", holds=over == total)


def _size(functions: list[ServedFunction]) -> tuple[int, int, int]:
    """Memory in KiB, open files and threads of all workers."""
    sums = [0, 0, 0]
    for function in functions:
        master = function.process.pid
        for worker in Path(f"/proc/{master}/task/{master}/children").read_text().split():
            status = dict(
                line.split(":", 1)
                for line in Path(f"/proc/{worker}/status").read_text().splitlines()
            )
            sums[0] += int(status["VmRSS"].split()[0])
            sums[1] += len(list(Path(f"/proc/{worker}/fd").iterdir()))
            sums[2] += int(status["Threads"])
    return sums[0], sums[1], sums[2]


DRILLS: dict[str, Callable[[], None]] = {
    "streams": streams,
    "window-ends": window_ends,
    "turns-429": turns_429,
    "store-paused": store_paused,
    "soak": soak,
}
