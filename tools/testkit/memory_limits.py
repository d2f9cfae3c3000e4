"""A store of learned limits in memory that counts, and can be made to fail or to hang."""

from __future__ import annotations

import itertools
import threading
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime

from fallback.core.meter import Meter
from fallback.limits.store import LimitStore
from fallback.ports import StoreUnavailableError


class MemoryLimits(LimitStore):
    """Keeps to what the contract tests say.

    Attributes:
        gate: Calls wait until it is set.
    """

    def __init__(self) -> None:
        self.meters: dict[str, Meter] = {}
        self.reads = self.writes = 0
        self.is_down = False
        self.gate = threading.Event()
        self.gate.set()
        self._versions = itertools.count(1)
        self._lock = threading.Lock()

    @property
    def calls(self) -> int:
        return self.reads + self.writes

    def read(self, key: str) -> Meter:
        self._pass()
        self.reads += 1
        return self.meters.get(key, Meter())

    def read_all(self) -> Mapping[str, Meter]:
        self._pass()
        return dict(self.meters)

    def write(self, key: str, meter: Meter, expires_at: datetime) -> object | None:
        self._pass()
        with self._lock:
            self.writes += 1
            if self.meters.get(key, Meter()).version != meter.version:
                return None
            version = next(self._versions)
            self.meters[key] = replace(meter, version=version)
            return version

    def _pass(self) -> None:
        assert self.gate.wait(60)
        if self.is_down:
            raise StoreUnavailableError("it is down")
