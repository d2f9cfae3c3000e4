"""Reads the scenarios in `scenarios.toml`: a fault, what must be shown, and how it is played."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any, Literal

from tools.emulator.behaviours import catalogue
from tools.emulator.emulation import Emulation
from tools.emulator.script import ANY_MODEL

FIRST = "first"
TEXT = " ".join(
    (
        "A gateway earns trust on the day its provider fails: it notices within seconds, asks",
        "another model, and shows one whole answer. It never passes half a sentence off as the",
        "end, never repeats a word, counts each token once, and goes back as soon as the first",
        "model is well. Whatever it cannot mend, it says plainly, at once.",
    )
)
"""What every healthy model answers: sixty words."""

_ANSWER: Mapping[str, Any] = {"text": TEXT, "chunks": len(TEXT.split())}
_FILE = Path(__file__).with_suffix(".toml")


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """Seconds after which a whole answer is late.

    Attributes:
        first_text: Until the first text.
        end: Until the end of the answer.
        back: From the end of the fault to the start of a chat that the first model answers.
    """

    first_text: float = 15
    end: float = 45
    back: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Scenario:
    """One fault; `scenarios.toml` explains each field."""

    id: str
    title: str
    fault: str
    seen: str
    must_show: str
    behaviours: tuple[Mapping[str, Any], ...]
    expected: Literal["whole", "honest"] = "whole"
    limits: Limits = field(default_factory=Limits)
    max_calls: int | None = None
    chats: int = 1
    every: float = 0
    is_counted: bool = False

    @property
    def fault_seconds(self) -> float:
        """How long the fault lasts; 0 if no time ends it."""
        return max((told.get("seconds", 0) for told in self.behaviours), default=0)

    def tell(self, emulation: Emulation, first: str) -> None:
        """Tell every model what to do; `first` is the name of the first one."""
        emulation.behave(ANY_MODEL, "answer", **_ANSWER)
        for told in self.behaviours:
            options = dict(told)
            model, behaviour = options.pop("model"), options.pop("behaviour")
            if "text" in catalogue()[behaviour].options:
                options |= _ANSWER
            emulation.behave(first if model == FIRST else model, behaviour, **options)


@cache
def scenarios() -> tuple[Scenario, ...]:
    """Return all scenarios, in the order of the file."""
    tables = tomllib.loads(_FILE.read_text(encoding="utf-8"))["scenarios"]
    return tuple(_read(table) for table in tables)


def _read(table: dict[str, Any]) -> Scenario:
    limits = Limits(**table.pop("limits", {}))
    return Scenario(behaviours=tuple(table.pop("behaviours")), limits=limits, **table)
