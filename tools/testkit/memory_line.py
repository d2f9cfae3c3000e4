"""A store of the line in memory."""

from __future__ import annotations

import itertools
from dataclasses import replace
from datetime import datetime

from nexus.waiting_room.core.line import Line
from nexus.waiting_room.store import LineStore


class MemoryLine(LineStore):
    """Keeps to what the contract tests say."""

    def __init__(self) -> None:
        self.line: Line | None = None
        self._used: set[str] = set()
        self._versions = itertools.count(1)

    def read(self) -> Line | None:
        return self.line

    def write(self, line: Line, expires_at: datetime) -> object | None:
        if line.version != (None if self.line is None else self.line.version):
            return None
        self.line = replace(line, version=next(self._versions))
        return self.line.version

    def use(self, ticket: str, expires_at: datetime) -> bool:
        is_first = ticket not in self._used
        self._used.add(ticket)
        return is_first

    def give_back(self, ticket: str) -> None:
        self._used.discard(ticket)
