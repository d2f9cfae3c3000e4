"""Counts what each call has cost, and says so by caller, model and tier."""

import enum
import threading
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any


class Ending(enum.StrEnum):
    """How a call ended."""

    RUNNING = "running"
    WHOLE = "whole"
    BROKEN = "broken"
    """The emulator ended it before its finish reason."""
    ABANDONED = "abandoned"
    """The client left before its finish reason."""
    REFUSED = "refused"
    """It was answered with an error, and costs nothing."""


@dataclass(slots=True, kw_only=True)
class BilledCall:
    """What one call has cost so far.

    Attributes:
        caller: Who pays; see `tools.emulator.callers`.
        model: Model asked.
        tier: Service tier that serves.
        ending: How it ended.
        is_told: Whether the client was sent token counts.
        prompt_tokens: Length of the request; 0 for a refused call.
        cached_tokens: The part of the prompt that was cached.
        output_tokens: Text and thoughts, up to the last event that was sent.
    """

    caller: str
    model: str
    tier: str
    ending: Ending = Ending.REFUSED
    is_told: bool = False
    prompt_tokens: int = 0
    cached_tokens: int = 0
    output_tokens: int = 0

    def begin(self, prompt_tokens: int, cached_tokens: int) -> None:
        """The model works on it: from now on it costs something."""
        self.ending = Ending.RUNNING
        self.prompt_tokens = prompt_tokens
        self.cached_tokens = cached_tokens

    def tell(self, event: Mapping[str, Any]) -> None:
        """An event or a whole answer goes to the client."""
        if usage := event.get("usageMetadata"):
            self.is_told = True
            self.prompt_tokens = usage.get("promptTokenCount", 0)
            self.cached_tokens = usage.get("cachedContentTokenCount", 0)
            self.output_tokens = usage.get("candidatesTokenCount", 0) + usage.get(
                "thoughtsTokenCount", 0
            )
        if any(candidate.get("finishReason") for candidate in event.get("candidates", ())):
            self.ending = Ending.WHOLE

    def end(self, *, has_left: bool) -> None:
        """The call is over; `has_left` says that the client has ended it."""
        if self.ending is Ending.RUNNING:
            self.ending = Ending.ABANDONED if has_left else Ending.BROKEN


class Invoice:
    """All calls so far."""

    def __init__(self) -> None:
        """Begin without calls."""
        self._lock = threading.Lock()
        self._calls: list[BilledCall] = []

    def add(self, call: BilledCall) -> None:
        """Count a call; what happens to it later counts as well."""
        with self._lock:
            self._calls.append(call)

    def rows(self) -> list[dict[str, Any]]:
        """Return the sums by caller, model, tier, ending, and whether token counts were sent."""
        with self._lock:
            calls = list(self._calls)
        rows: dict[tuple[object, ...], dict[str, Any]] = {}
        for call in calls:
            names = {
                "caller": call.caller,
                "model": call.model,
                "tier": call.tier,
                "ending": call.ending.value,
                "told": call.is_told,
            }
            sums = {"calls": 0, "prompt_tokens": 0, "cached_tokens": 0, "output_tokens": 0}
            row = rows.setdefault(tuple(names.values()), names | sums)
            row["calls"] += 1
            row["prompt_tokens"] += call.prompt_tokens
            row["cached_tokens"] += call.cached_tokens
            row["output_tokens"] += call.output_tokens
        return list(rows.values())

    def reset(self) -> None:
        """Forget all calls."""
        with self._lock:
            self._calls.clear()
