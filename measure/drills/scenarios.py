"""The drills: what happens to the service, and what must be seen."""

from __future__ import annotations

import math
import os
import random
import statistics
import time
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

from fallback.core.latency import MIN_SAMPLES
from measure.bench.load import OpenLoop, chat
from measure.bench.upstream import Upstream
from measure.drills.fleet import (
    PRIMARY,
    SECOND,
    LoadedFleet,
    ended,
    eventually,
    fleet,
    loaded_fleet,
    statuses,
)
from measure.drills.waiting_room import wait_in_line
from measure.fault_matrix.cell import Condition
from measure.fault_matrix.faults import CHUNKS, Fault, Stage
from measure.fault_matrix.matrix import bench
from tools.emulator.server import Emulator
from tools.testkit.serving import ServedFunction

PROCESSES = 8
PER_SECOND = float(os.environ.get("PER_SECOND", "400"))
SOAK_MINUTES = float(os.environ.get("MINUTES", "30"))
_BREAKS = ("cut", "silent-end", "malformed-chunk", "error-event", "error-raw", "error-array")
_PROBE_SECONDS = 1.2
"""Time to the probe's first text: longer than the second in which it must be the only call."""


class Failed(Exception):  # noqa: N818 - a drill fails; it is not an error
    """A promise was not kept."""


def _say(text: str, *, holds: bool = True) -> None:
    if not holds:
        raise Failed(text)
    print(f"  {text}", flush=True)


def streams() -> None:
    """1,000 streams, each broken by a random fault after a random chunk, end complete."""
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
            # It also asserts that the text is complete, without repetition.
            return one.play(
                fault, stream=True, all_models=False, condition=Condition.HEALTHY
            ).visitor

        ends = Counter(pool.map(play, faults))
    _say(f"{dict(ends)}", holds=set(ends) == {"an answer of model 1, continued by model 2"})


def window_ends() -> None:
    """A window ends under load: one process probes, and all learn of its success."""
    with loaded_fleet(PROCESSES, PER_SECOND) as loaded:
        opened = time.monotonic()
        # The limit that it names is learned: it must not be what holds the load back afterwards.
        limit = {"requests_per_minute": 1_000_000}
        loaded.gemini.behave(PRIMARY, status=429, retry_delay_seconds=4, **limit)
        eventually(lambda: loaded.answered_by(SECOND, opened) > PER_SECOND, 30)
        refused = len(loaded.calls(PRIMARY, opened))
        loaded.gemini.behave(PRIMARY, status=200, first_text_seconds=_PROBE_SECONDS)
        eventually(lambda: len(loaded.calls(PRIMARY, opened)) > refused, 60)
        eventually(lambda: loaded.answered_by(PRIMARY, opened) > PER_SECOND, 60)
        time.sleep(2)
        probe, *others = loaded.calls(PRIMARY, opened)[refused:]
        in_first_second = [call for call in (probe, *others) if call.at < probe.at + 1]
        known_to_all = probe.at + _PROBE_SECONDS + 1.5
        late = [reply for reply in loaded.replies() if reply.at > known_to_all]
        strayed = [reply for reply in late if reply.verdict.model != PRIMARY]
        _say_load(loaded)
        _say(f"{len(in_first_second)} call in the first second", holds=len(in_first_second) == 1)
        _say(
            f"{len(strayed)} of {len(late)} answers by others from 1.5 s after its success",
            holds=bool(late) and not strayed,
        )


def turns_429() -> None:
    """The primary starts to answer 429 under load: each process wastes at most one call."""
    with loaded_fleet(PROCESSES, PER_SECOND) as loaded:
        turned = time.monotonic()
        loaded.gemini.behave(PRIMARY, status=429, retry_delay_seconds=60)
        eventually(lambda: loaded.answered_by(SECOND, turned) > 5 * PER_SECOND, 60)
        refused = loaded.calls(PRIMARY, turned)
        first_answer = min(
            ended(reply) for reply in loaded.replies(turned) if reply.verdict.model == SECOND
        )
        under_way = [r for r in loaded.replies(turned) if r.at < first_answer and ended(r) > turned]
        late = [call for call in refused if call.at > refused[0].at + 1.5]
        _say_load(loaded)
        _say(
            f"{len(refused)} calls to it by {PROCESSES} processes, {len(under_way)} chats begun"
            f" before the first was answered; {len(late)} calls after 1.5 s",
            holds=len(refused) <= PROCESSES + len(under_way) and not late,
        )


def store_paused() -> None:
    """The store stops for 30 s under load: chats continue, and its windows are right afterwards."""
    with loaded_fleet(PROCESSES, PER_SECOND) as loaded:
        begun = time.monotonic()
        time.sleep(10)
        paused = time.monotonic()
        loaded.firestore.pause()
        time.sleep(5)
        # Each process finds out for itself, because none can tell the others.
        for model in (SECOND, PRIMARY):
            loaded.gemini.behave(model, status=429, retry_delay_seconds=90)
        time.sleep(25)
        loaded.firestore.go_on()
        resumed = time.monotonic()
        time.sleep(2)
        right = time.monotonic()
        time.sleep(5)
        healthy, during = (
            statistics.quantiles([r.seconds for r in loaded.replies(*span)], n=100)
            for span in ((begun, paused), (paused, resumed))
        )
        median_ms, p99_ms = (round(1000 * (during[n] - healthy[n])) for n in (49, 98))
        late = loaded.calls(PRIMARY, right) + loaded.calls(SECOND, right)
        _say_load(loaded)
        _say(f"added latency: median {median_ms} ms, p99 {p99_ms} ms", holds=p99_ms < 300)
        _say(f"{len(late)} calls to exhausted models from 2 s after", holds=not late)


def silence() -> None:
    """The primary falls silent for 30 s: no chat waits longer than its late point explains."""
    late_seconds, own_seconds, per_second, outage_seconds = 2.0, 0.5, 5.0, 30.0
    with Upstream() as gemini, fleet(1, gemini.url) as functions:
        gemini.behave(chunks=20, gap_seconds=0.2, first_text_seconds=own_seconds)
        gemini.behave(PRIMARY, first_text_seconds=late_seconds)
        with OpenLoop([chat(functions[0].url, stream=True)], per_second) as load:
            eventually(lambda: len(load.replies) > MIN_SAMPLES + 2 * per_second * late_seconds, 90)
            silent = time.monotonic()
            gemini.behave(PRIMARY, first_text_seconds=3600)
            time.sleep(outage_seconds)
            spoken = time.monotonic()
            gemini.behave(PRIMARY, first_text_seconds=late_seconds)
            time.sleep(5)
    waits = [
        reply.first_text_seconds or math.inf
        for reply in load.replies
        if silent <= reply.at < spoken
    ]
    late = sum(wait > 2 * own_seconds for wait in waits)
    longest, most_late = 2 * late_seconds + own_seconds + 0.5, per_second * (late_seconds + 1) + 3
    _say(f"{len(waits)} chats, the longest wait {max(waits):.1f} s", holds=max(waits) <= longest)
    _say(f"{late} of them late", holds=late <= most_late)


def _say_load(loaded: LoadedFleet) -> None:
    replies = loaded.replies()
    seconds = max(map(ended, replies)) - min(reply.at for reply in replies)
    whole = sum(reply.verdict.is_whole for reply in replies)
    _say(
        f"{len(replies) / seconds:.0f} chats a second, {len(replies)} in all: {statuses(replies)},"
        f" {whole} whole",
        holds=whole == len(replies),
    )


def soak() -> None:
    """Mixed load and faults for half an hour (MINUTES): nothing grows, nothing is lost."""
    chance = random.Random(7)  # noqa: S311 - as above
    kinds = [*_BREAKS, "per-minute", "overloaded", "hang-after-headers", "reset", "html-502"]
    with Emulator() as gemini, fleet(2, gemini.url) as functions:
        targets = [chat(f.url, number=n, stream=n > 1) for n, f in enumerate(functions * 2)]
        samples: list[tuple[int, int, int]] = []
        with OpenLoop(targets, 20) as load:
            eventually(lambda: len(load.replies) > 200, 60)
            ends_at = time.monotonic() + 60 * SOAK_MINUTES
            while time.monotonic() < ends_at:
                gemini.reset()
                for model in (PRIMARY, SECOND):
                    kind = chance.choice(kinds)
                    more: dict[str, Any] = {}
                    if kind == "per-minute":
                        more = {"retry_delay": "2s"}
                    elif kind in _BREAKS:
                        more = {"after_chunks": chance.randint(0, CHUNKS)}
                    gemini.behave(model, kind, times=chance.randint(1, 5), **more)
                time.sleep(min(5.0, max(0.0, ends_at - time.monotonic())))
                samples.append(_size(functions))
        logged = [
            event for f in functions for event in f.events() if event["event"].startswith("chat.")
        ]
    settled = samples[len(samples) // 5 :]
    for place, what in enumerate(("KiB", "file descriptors", "threads")):
        early, late = (
            statistics.median(sample[place] for sample in part)
            for part in (settled[: len(settled) // 4], settled[-len(settled) // 4 :])
        )
        _say(f"{what}: {early:g}, then {late:g}", holds=late <= early * 1.1 + 8)
    seen = statuses(load.replies)
    _say(f"{seen}", holds=0 not in seen and 500 not in seen)
    ends = Counter(event["event"] for event in logged)
    over = sum(count for event, count in ends.items() if event != "chat.resumed")
    _say(
        f"{over} of {len(load.replies)} requests ended in the log: {dict(ends)}",
        holds=over == len(load.replies),
    )


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


def waiting_room() -> None:
    """60 visitors wait for a model of 120 a minute, on eight processes of which one is killed."""
    waited = wait_in_line(processes=8, people=60, per_minute=120)
    _say(f"answered once: {waited.answered} of 60", holds=waited.answered == 60)
    _say(f"refused or killed calls: {waited.unanswered_calls}", holds=waited.unanswered_calls <= 3)
    _say(f"overtaken by at most {waited.overtaken}", holds=waited.overtaken <= 5)
    _say(f"the last one after {waited.seconds:.0f} s")


DRILLS: dict[str, Callable[[], None]] = {
    "streams": streams,
    "window-ends": window_ends,
    "turns-429": turns_429,
    "store-paused": store_paused,
    "silence": silence,
    "waiting-room": waiting_room,
    "soak": soak,
}
