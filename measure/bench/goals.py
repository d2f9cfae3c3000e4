"""The goals of Nexus, as ratios within one run, and whether it meets them."""

from __future__ import annotations

import statistics
from collections.abc import Mapping
from dataclasses import dataclass

from measure.bench.peers.gateways import PORTKEY
from measure.bench.results import Row
from measure.bench.rows.chats import DIRECT
from measure.bench.spread import ratios, spread
from measure.bench.subjects import (
    AVAILABILITY,
    BARE,
    CHAT,
    CHAT_FIRESTORE,
    SDK,
    SEED_WIDE,
    Subject,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Goal:
    """One goal.

    Attributes:
        text: What it demands.
        limit: What the median must not exceed or, if `at_least`, must reach.
        row: The row that measures it.
        who: The subject it is about.
        measure: The figure it is about.
        with_peers: Whether the row comes from the run with the peers.
        at_least: Whether `limit` is a minimum.
        multiple_of: The subject whose figure it is divided by, if any.
        above: The subject whose figure is subtracted, if any.
        unit: The unit after the number.
        is_stretch: Whether missing it is acceptable.
    """

    text: str
    limit: float
    row: str
    who: Subject
    measure: str
    with_peers: bool = False
    at_least: bool = False
    multiple_of: str | None = None
    above: str | None = None
    unit: str = ""
    is_stretch: bool = False

    def samples(self, results: Mapping[str, Row], peers: Mapping[str, Row]) -> list[float]:
        """One number for each round; empty if nothing was measured."""
        row = (peers if self.with_peers else results).get(self.row)
        if row is None:
            return []
        return counted(row, self.who.name, self.measure, self.multiple_of, self.above)

    def is_met(self, samples: list[float]) -> bool:
        """Whether the median is on the right side of the limit."""
        median = statistics.median(samples)
        return median >= self.limit if self.at_least else median <= self.limit


def counted(
    row: Row, who: str, measure: str, multiple_of: str | None, above: str | None
) -> list[float]:
    """A subject's numbers, as they are or relative to another subject's."""
    samples = row.of(who, measure)
    floor = row.of(multiple_of or above or who, measure)
    if not samples or not floor:
        return []
    if multiple_of:
        return ratios(samples, floor)
    if above:
        return [sample - statistics.median(floor) for sample in samples]
    return samples


def table(results: Mapping[str, Row], peers: Mapping[str, Row]) -> str:
    """All goals as a Markdown table."""
    lines = ["| Goal | Measured | Met |", "| --- | --- | --- |"]
    for goal in GOALS:
        samples = goal.samples(results, peers)
        if not samples:
            lines.append(f"| {goal.text} | not measured | – |")
            continue
        met = "yes" if goal.is_met(samples) else ("no (stretch)" if goal.is_stretch else "**no**")
        lines.append(f"| {goal.text} | {spread(samples).text(3)}{goal.unit} | {met} |")
    return "\n".join(lines)


GOALS = (
    Goal(
        text="Cold start of check-availability, SQLite: at most 1.8 × the bare function",
        limit=1.8,
        row="cold-start",
        who=AVAILABILITY,
        measure="seconds",
        multiple_of=BARE.name,
        unit=" ×",
    ),
    Goal(
        text="Cold start of the chat, SQLite: at most 3.2 ×",
        limit=3.2,
        row="cold-start",
        who=CHAT,
        measure="seconds",
        multiple_of=BARE.name,
        unit=" ×",
    ),
    Goal(
        text="Cold start of the chat, Firestore: at most 4.5 ×",
        limit=4.5,
        row="cold-start",
        who=CHAT_FIRESTORE,
        measure="seconds",
        multiple_of=BARE.name,
        unit=" ×",
    ),
    Goal(
        text="CPU for 1,000 streams, 100 at once: at most 0.7 × google-genai alone",
        limit=0.7,
        with_peers=True,
        row="chats",
        who=CHAT,
        measure="stream_100_cpu",
        multiple_of=SDK.name,
        unit=" ×",
    ),
    Goal(
        text="… and below Portkey's",
        limit=1.0,
        with_peers=True,
        row="chats",
        who=CHAT,
        measure="stream_100_cpu",
        multiple_of=PORTKEY.name,
        unit=" ×",
        is_stretch=True,
    ),
    Goal(
        text="Streams a second, 200 at once: at least 1.5 × google-genai alone",
        limit=1.5,
        at_least=True,
        with_peers=True,
        row="chats",
        who=CHAT,
        measure="stream_200_per_second",
        multiple_of=SDK.name,
        unit=" ×",
    ),
    Goal(
        text="… and above Portkey's",
        limit=1.0,
        at_least=True,
        with_peers=True,
        row="chats",
        who=CHAT,
        measure="stream_200_per_second",
        multiple_of=PORTKEY.name,
        unit=" ×",
        is_stretch=True,
    ),
    Goal(
        text="Median first text, 20 at once: at most 8 ms beyond the upstream's",
        limit=8.0,
        with_peers=True,
        row="chats",
        who=CHAT,
        measure="stream_20_first_text",
        above=DIRECT,
        unit=" ms",
    ),
    Goal(
        text="CPU for 1,000 plain chats, 100 at once: at most 1.25 × google-genai alone",
        limit=1.25,
        with_peers=True,
        row="chats",
        who=CHAT,
        measure="plain_100_cpu",
        multiple_of=SDK.name,
        unit=" ×",
    ),
    Goal(
        text="First request after a 429 of model 1, SQLite: at most 15 ms above a healthy one",
        limit=15.0,
        row="falling-back",
        who=CHAT,
        measure="added",
        unit=" ms",
    ),
    Goal(
        text="Calls wasted on it in 200 requests: at most 1",
        limit=1.0,
        row="falling-back",
        who=CHAT,
        measure="wasted",
    ),
    Goal(
        text="First request with all five at 429, SQLite: at most 60 ms",
        limit=60.0,
        row="falling-back",
        who=CHAT,
        measure="all_first",
        unit=" ms",
    ),
    Goal(
        text="Later requests with all five at 429, SQLite: at most 4 ms",
        limit=4.0,
        row="falling-back",
        who=CHAT,
        measure="all_later",
        unit=" ms",
    ),
    Goal(
        text="CPU of a warm poll: at most 1.5 × the bare function",
        limit=1.5,
        row="availability",
        who=AVAILABILITY,
        measure="cpu_1",
        multiple_of=BARE.name,
        unit=" ×",
    ),
    Goal(
        text="Median latency of a warm poll: at most 1.5 × the bare function",
        limit=1.5,
        row="availability",
        who=AVAILABILITY,
        measure="p50_1",
        multiple_of=BARE.name,
        unit=" ×",
    ),
    Goal(
        text="Idle memory: at most 1.25 × the seed as written",
        limit=1.25,
        with_peers=True,
        row="memory",
        who=CHAT,
        measure="idle",
        multiple_of=SEED_WIDE.name,
        unit=" ×",
    ),
    Goal(
        text="Memory per open stream: under 150 KB",
        limit=150_000 / 1024,
        row="memory",
        who=CHAT,
        measure="each",
        unit=" KiB",
    ),
)
