"""A quick check for regressions: CPU as a multiple of the bare function's, in the same rounds.

Medians of CPU ratios hardly depend on what else the machine does. Shared caches still add noise, so
a figure over its limit is measured again, up to three times.
"""

from __future__ import annotations

import statistics
import sys
from collections.abc import Mapping
from dataclasses import dataclass

from measure.bench.program import run
from measure.bench.results import Row
from measure.bench.rig import Rig, ServedSubject, set_up_rig
from measure.bench.spread import ratios
from measure.bench.subjects import AVAILABILITY, BARE, CHAT, Subject

ROUNDS = 5
START_ROUNDS = 3
ATTEMPTS = 3
_CLIENTS = 8
_SECONDS = 10.0


@dataclass(frozen=True, slots=True)
class Limit:
    """A limit, in multiples of the bare function's CPU.

    Attributes:
        measured: The figure when the limit was set.
        at_most: The limit: above the noise, below twice the figure.
    """

    measured: float
    at_most: float


LIMITS = {
    "poll": Limit(1.4, 2.3),
    "plain chat": Limit(3.6, 6.0),
    "stream of 20 chunks": Limit(8.3, 13.0),
    "start of check-availability": Limit(1.45, 2.3),
    "start of the chat": Limit(2.6, 4.2),
}
"""Requests relative to a request, starts relative to a start."""


def measure(rig: Rig) -> dict[str, float]:
    """Measures all figures once."""
    row = Row()
    for subject in (BARE, AVAILABILITY, CHAT) * START_ROUNDS:
        row.add(subject.name, start=_start(rig, subject))
    with rig.start_all([BARE, AVAILABILITY, CHAT]) as (bare, poll, chat):
        for _ in range(ROUNDS):
            rig.upstream.behave(gap_seconds=0)
            row.add("request", bare=_cpu(bare, 200), poll=_cpu(poll, 200), plain=_cpu(chat, 60))
            rig.upstream.behave(gap_seconds=0.002)
            row.add("request", stream=_cpu(chat, 60, stream=True))
    rig.upstream.reset()

    def against(samples: list[float], floor: list[float]) -> float:
        return statistics.median(ratios(samples, floor))

    bare_start, bare_request = row.of(BARE.name, "start"), row.of("request", "bare")
    return {
        "poll": against(row.of("request", "poll"), bare_request),
        "plain chat": against(row.of("request", "plain"), bare_request),
        "stream of 20 chunks": against(row.of("request", "stream"), bare_request),
        "start of check-availability": against(row.of(AVAILABILITY.name, "start"), bare_start),
        "start of the chat": against(row.of(CHAT.name, "start"), bare_start),
    }


def _start(rig: Rig, subject: Subject) -> float:
    with run(subject.program(rig.environment)) as running:
        running.wait_for_200(subject.ask(running.url, rig.environment))
        return running.cpu_seconds()


def _cpu(served: ServedSubject, requests: int, *, stream: bool = False) -> float:
    load = served.load(
        served.target(stream=stream), clients=_CLIENTS, requests=requests, seconds=_SECONDS
    )
    assert len(load.answered) == len(load.replies), "a figure of failures means nothing"
    return load.cpu_seconds / len(load.replies)


def least_of_some() -> dict[str, float]:
    """The figures, each the lowest of up to three attempts; one if no figure is over its limit."""
    with set_up_rig(firestore=False) as rig:
        figures = measure(rig)
        for _ in range(ATTEMPTS - 1):
            if not over(figures):
                break
            again = measure(rig)
            figures = {name: min(value, again[name]) for name, value in figures.items()}
    return figures


def over(figures: Mapping[str, float]) -> list[str]:
    """The figures over their limits."""
    return [name for name, value in figures.items() if value > LIMITS[name].at_most]


def main() -> int:
    """Prints the figures beside their limits; returns how many are over."""
    figures = least_of_some()
    print(f"{'× bare function, CPU':30}  {'now':>6}  {'was':>6}  {'limit':>6}")
    for name, value in figures.items():
        limit = LIMITS[name]
        mark = "  OVER" if name in over(figures) else ""
        print(f"{name:30}  {value:6.2f}  {limit.measured:6.2f}  {limit.at_most:6.2f}{mark}")
    return len(over(figures))


if __name__ == "__main__":
    sys.exit(main())
