"""A visitor store in memory that counts, and can be made to fail, to hang or to be contended."""

from __future__ import annotations

import itertools
import threading
from collections.abc import Set
from datetime import datetime

from fallback.ports import StoreUnavailableError
from nexus.fairness.store import Record, VisitorStore


class MemoryVisitors(VisitorStore):
    """Keeps to what the contract tests say.

    Attributes:
        gate: Calls wait until it is set.
        is_asked: Set by each call as it begins.
        contended: Records that somebody else always writes first.
    """

    def __init__(self) -> None:
        self.records: dict[str, Record] = {}
        self.codes: set[str] = set()
        self.reads = self.writes = self.refused = self.lists = 0
        self.is_down = False
        self.gate = threading.Event()
        self.gate.set()
        self.is_asked = threading.Event()
        self.contended: set[str] = set()
        self._versions = itertools.count(1)
        self._lock = threading.Lock()

    def read(self, name: str) -> Record:
        self._pass()
        self.reads += 1
        return self.records.get(name, Record({}))

    def write(self, name: str, record: Record, expires_at: datetime) -> object | None:
        self._pass()
        with self._lock:
            old = self.records.get(name, Record({}))
            if old.version != record.version or name in self.contended:
                self.refused += 1
                return None
            self.writes += 1
            self.records[name] = Record(record.ledger, next(self._versions))
            return self.records[name].version

    def revoke(self, code_id: str, expires_at: datetime) -> None:
        self.codes.add(code_id)

    def revoked(self) -> Set[str]:
        self._pass()
        self.lists += 1
        return set(self.codes)

    def _pass(self) -> None:
        self.is_asked.set()
        assert self.gate.wait(60)
        if self.is_down:
            raise StoreUnavailableError("it is down")
