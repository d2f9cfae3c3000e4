"""The rows of `make bench` and of `make bench-peers`."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from measure.bench.peers.gateways import LITELLM, LITELLM_TUNED, PORTKEY
from measure.bench.row import Column, Measured, Table
from measure.bench.rows import (
    availability,
    bundle,
    chats,
    cold_start,
    falling_back,
    memory,
    operations,
    stores,
)
from measure.bench.subjects import (
    AVAILABILITY,
    AVAILABILITY_FIRESTORE,
    BARE,
    BARE_CHAT,
    CHAT,
    CHAT_FIRESTORE,
    CHAT_LIMITS,
    CHAT_LIMITS_FIRESTORE,
    CHAT_NARROW,
    SDK,
    SEED,
    SEED_WIDE,
)

_COLD_START = (
    Table(
        "From the start of the command to the end of the first 200 reply.",
        (
            Column("seconds", "seconds"),
            Column("× bare", "seconds", multiple_of=BARE.name),
            Column("CPU s", "cpu"),
            Column("× bare", "cpu", multiple_of=BARE.name),
        ),
    ),
)
_FALLING_BACK = (
    Table(
        "Model 1 starts to answer 429; latency of one request after another, in ms. "
        "Calls to model 1 after that are wasted.",
        (
            Column("healthy", "healthy"),
            Column("first at 429", "first"),
            Column("added by it", "added"),
            Column("later", "later"),
            Column("wasted calls", "wasted"),
            Column("requests", "asked"),
            Column("share answered", "answered"),
        ),
    ),
    Table(
        "All five models answer 429; latency in ms.",
        (
            Column("first", "all_first"),
            Column("later", "all_later"),
        ),
    ),
)
_MEMORY = (
    Table(
        "Memory (PSS) of all processes after twenty chats, and what each of 200 open streams adds. "
        "google-genai has 100 connections; other streams wait.",
        (
            Column("MiB idle", "idle"),
            Column("KiB per stream", "each"),
            Column("open streams", "streams"),
        ),
    ),
)


def _chats(cells: Sequence[chats.Cell]) -> tuple[Table, ...]:
    def columns(measure: str, above: str | None = None, *, streams: bool = False) -> list[Column]:
        return [
            Column(f"{cell.kind}, {cell.clients}", f"{cell.name}_{measure}", above=above)
            for cell in cells
            if cell.stream or not streams
        ]

    return (
        Table("CPU seconds for 1,000 answers, by concurrent clients.", columns("cpu")),
        Table("Answers a second.", columns("per_second")),
        Table(
            "Median time to the first text, beyond the upstream's, in ms.",
            columns("first_text", chats.DIRECT, streams=True),
        ),
        Table(
            "Median time to the last byte, beyond the upstream's, in ms.",
            columns("p50", chats.DIRECT),
        ),
        Table("Incomplete answers.", columns("failed"), if_all_zero="Every answer was complete."),
    )


_CELLS = [chats.Cell(stream, clients) for stream in (False, True) for clients in (1, 20, 100, 200)]

NEXUS = (
    Measured(
        name="cold-start",
        title="Cold start",
        subjects=(BARE, AVAILABILITY, AVAILABILITY_FIRESTORE, CHAT, CHAT_FIRESTORE),
        tables=_COLD_START,
        measure=cold_start.measure,
    ),
    Measured(
        name="chats",
        title="Chats",
        subjects=(BARE_CHAT, CHAT, CHAT_NARROW),
        tables=_chats(_CELLS),
        measure=partial(chats.measure, cells=_CELLS),
    ),
    Measured(
        name="stores",
        title="Stores and limits",
        subjects=(CHAT, CHAT_FIRESTORE, CHAT_LIMITS, CHAT_LIMITS_FIRESTORE),
        tables=(
            Table(
                "100 streams at once, each from a visitor on a different network.",
                (
                    Column("CPU s per 1,000", "cpu"),
                    Column("× Nexus", "cpu", multiple_of=CHAT.name),
                    Column("streams a second", "per_second"),
                    Column("first text, ms", "first_text"),
                    Column("incomplete", "failed"),
                ),
            ),
        ),
        measure=stores.measure,
    ),
    Measured(
        name="falling-back",
        title="Falling back",
        subjects=(CHAT, CHAT_FIRESTORE),
        tables=_FALLING_BACK,
        measure=falling_back.measure,
    ),
    Measured(
        name="availability",
        title="Availability",
        subjects=(BARE, AVAILABILITY, AVAILABILITY_FIRESTORE),
        tables=tuple(
            Table(
                about,
                (
                    Column("CPU s per 1,000", f"cpu_{clients}"),
                    Column("× bare", f"cpu_{clients}", multiple_of=BARE.name),
                    Column("median, ms", f"p50_{clients}"),
                    Column("× bare", f"p50_{clients}", multiple_of=BARE.name),
                    Column("polls a second", f"per_second_{clients}"),
                ),
            )
            for clients, about in ((1, "One poll after another."), (20, "Twenty polls at once."))
        ),
        measure=availability.measure,
    ),
    Measured(
        name="memory",
        title="Memory",
        subjects=(BARE, AVAILABILITY, CHAT, CHAT_FIRESTORE),
        tables=_MEMORY,
        measure=memory.measure,
    ),
    Measured(
        name="bundle",
        title="Bundle",
        subjects=(),
        tables=(
            Table(
                "The deployed zip.",
                (Column("KiB", "kilobytes"), Column("files", "files"), Column("lines", "lines")),
            ),
        ),
        measure=bundle.measure,
    ),
    Measured(
        name="operations",
        title="Firestore operations",
        subjects=(CHAT_FIRESTORE, CHAT_LIMITS_FIRESTORE),
        tables=(
            Table(
                "Billed operations for 1,000 chats, at fifty a second.",
                (
                    Column("reads", "reads"),
                    Column("writes", "writes"),
                    Column("deletes", "deletes"),
                    Column("reads a second", "reads_per_second"),
                ),
            ),
        ),
        measure=operations.measure,
    ),
)

_PEERS = (SDK, SEED, LITELLM, LITELLM_TUNED, PORTKEY)
_PEER_CELLS = [
    *(chats.Cell(False, clients) for clients in (1, 100)),
    *(chats.Cell(True, clients) for clients in (20, 100, 200)),
]

PEERS = (
    Measured(
        name="cold-start",
        title="Cold start",
        subjects=(BARE, AVAILABILITY, CHAT, *_PEERS),
        tables=_COLD_START,
        measure=cold_start.measure,
    ),
    Measured(
        name="chats",
        title="Chats",
        subjects=(BARE_CHAT, CHAT, CHAT_NARROW, SEED_WIDE, *_PEERS),
        tables=_chats(_PEER_CELLS),
        measure=partial(chats.measure, cells=_PEER_CELLS),
    ),
    Measured(
        name="falling-back",
        title="Falling back",
        subjects=(CHAT, *_PEERS),
        tables=_FALLING_BACK,
        measure=falling_back.measure,
    ),
    Measured(
        name="memory",
        title="Memory",
        subjects=(CHAT, SEED_WIDE, SDK, LITELLM, PORTKEY),
        tables=_MEMORY,
        measure=memory.measure,
    ),
)
