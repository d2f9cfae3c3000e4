"""Every known failure of a model, at every stage at which it can happen."""

from __future__ import annotations

import enum
from collections.abc import Iterator
from dataclasses import dataclass

from tools.emulator.replies import canned_replies

CHUNKS = 6


class Stage(enum.StrEnum):
    """How far the answer is when it fails."""

    CONNECT = "connecting"
    FIRST_BYTE = "before the first byte"
    FIRST_TEXT = "before the first text"
    MIDDLE = "in the middle"
    END = "after the last text"


_CHUNKS_BEFORE = {Stage.FIRST_TEXT: 0, Stage.MIDDLE: 3, Stage.END: CHUNKS}
_BREAKS = ("cut", "stall", "silent-end", "malformed-chunk")
_ERROR_FORMS = ("error-raw", "error-array", "error-without-code", "error-not-first-key")


@dataclass(frozen=True, slots=True)
class Fault:
    """One failure at one stage.

    Attributes:
        name: Its name in the table.
        stage: When it happens.
        behaviour: The emulator's behaviour; None if there is nothing to connect to.
        options: Its options.
    """

    name: str
    stage: Stage
    behaviour: str | None
    options: tuple[tuple[str, int | str], ...] = ()

    @property
    def is_silence(self) -> bool:
        """Whether only a time-out reveals it."""
        return self.name in {"hang", "hang-after-headers", "drip", "stall"}


def all_faults() -> Iterator[Fault]:
    """Every failure at every stage."""
    yield Fault("refused", Stage.CONNECT, None)
    yield Fault("reset", Stage.FIRST_BYTE, "reset")
    yield Fault("hang", Stage.FIRST_BYTE, "hang")
    errors = []
    for name, reply in canned_replies().items():
        is_error = isinstance(reply.body, dict) and "error" in reply.body
        errors += [name] if is_error else []
        stage = Stage.FIRST_TEXT if reply.status == 200 else Stage.FIRST_BYTE
        yield Fault(name, stage, name)
    for name in ("hang-after-headers", "drip", "empty-stream"):
        yield Fault(name, Stage.FIRST_TEXT, name)
    for stage, count in _CHUNKS_BEFORE.items():
        options = (("after_chunks", count), ("chunks", CHUNKS))
        for name in (*_BREAKS, *_ERROR_FORMS):
            yield Fault(name, stage, name, options)
        for name in errors:
            yield Fault(f"{name} as an event", stage, "error-event", (*options, ("reply", name)))
