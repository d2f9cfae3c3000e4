"""A log that remembers."""

from __future__ import annotations

from typing import Any

from fallback.events import Event


class RecordingLog:
    """Keeps events for a test to look at."""

    def __init__(self) -> None:
        self.lines: list[tuple[Event, dict[str, Any]]] = []

    def __call__(self, event: Event, **fields: object) -> None:
        self.lines.append((event, fields))

    def of(self, event: Event) -> list[dict[str, Any]]:
        return [fields for name, fields in self.lines if name is event]

    def names(self) -> list[Event]:
        return [name for name, _ in self.lines]
