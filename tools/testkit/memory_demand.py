"""A demand store in memory that counts its calls, and can be made to fail."""

from __future__ import annotations

import itertools
import threading
from collections import Counter, defaultdict
from dataclasses import replace
from datetime import datetime

from fallback.core.demand import Counts
from fallback.core.outlook import Ends, Outlook
from fallback.ports import StoreUnavailableError


class MemoryDemand:
    """Keeps to the contract of `fallback.ports.DemandStore`, as the contract tests say."""

    def __init__(self) -> None:
        self.outlook = Outlook()
        self.counts: dict[int, Counter[str]] = defaultdict(Counter)
        self.ends: dict[int, dict[str, datetime]] = defaultdict(dict)
        self.reads = self.adds = self.turns = 0
        self.is_down = False
        self._versions = itertools.count(1)
        self._lock = threading.Lock()

    def read(self) -> Outlook:
        self._pass()
        with self._lock:
            self.reads += 1
            counts = {hour: dict(found) for hour, found in self.counts.items()}
            ends = {day: dict(found) for day, found in self.ends.items()}
            demand = replace(self.outlook.demand, counts=counts)
            return replace(self.outlook, demand=demand, ends=ends)

    def add(self, counts: Counts, ends: Ends, expires_at: datetime) -> None:
        self._pass()
        with self._lock:
            self.adds += 1
            for hour, found in counts.items():
                self.counts[hour].update(found)
            for day, at in ends.items():
                for name, instant in at.items():
                    self.ends[day][name] = min(instant, self.ends[day].get(name, instant))

    def turn(self, seen: Outlook, outlook: Outlook, expires_at: datetime) -> bool:
        self._pass()
        with self._lock:
            if seen.version != self.outlook.version:
                return False
            self.turns += 1
            self.outlook = replace(outlook, version=next(self._versions))
            for hour in seen.demand.counts.keys() - outlook.demand.counts.keys():
                self.counts.pop(hour, None)
            for day in seen.ends.keys() - outlook.ends.keys():
                self.ends.pop(day, None)
            return True

    def _pass(self) -> None:
        if self.is_down:
            raise StoreUnavailableError("it is down")
