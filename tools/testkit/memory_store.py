"""A window store in memory that counts, and can be made to fail or to hang."""

from __future__ import annotations

import itertools
import threading
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime

from fallback.core.windows import Window
from fallback.ports import StoreUnavailableError


class MemoryStore:
    """Keeps to the contract of `fallback.ports.WindowStore`, as the contract tests say.

    Attributes:
        gate: Calls wait until it is set.
        is_asked: Set by each call as it begins.
    """

    def __init__(self) -> None:
        self.windows: dict[str, Window] = {}
        self.reads = self.writes = self.leases = self.refused = 0
        self.is_down = False
        self.gate = threading.Event()
        self.gate.set()
        self.is_asked = threading.Event()
        self._versions = itertools.count(1)
        self._lock = threading.Lock()

    def read(self, since: datetime | None = None) -> Mapping[str, Window]:
        self._pass()
        self.reads += 1
        return {
            model: window
            for model, window in self.windows.items()
            if since is None or window.until >= since
        }

    def extend(self, model: str, window: Window) -> object | None:
        self._pass()
        with self._lock:
            self.writes += 1
            old = self.windows.get(model)
            if window.version is not None:
                if old is None or old.version != window.version:
                    return None
            elif old is not None:
                sizes = [size for size in (old.min_tokens, window.min_tokens) if size is not None]
                least = min(sizes, default=None)
                if window.until <= old.until and least == old.min_tokens:
                    return None
                window = replace(
                    window if window.until > old.until else old,
                    failed_probes=max(old.failed_probes, window.failed_probes),
                    min_tokens=least,
                )
            self.windows[model] = replace(window, version=next(self._versions))
            return self.windows[model].version

    def lease(self, model: str, seen: Window, until: datetime) -> Window | None:
        self._pass()
        with self._lock:
            old = self.windows.get(model)
            if old is None or old.version != seen.version:
                self.refused += 1
                return None
            self.leases += 1
            leased = replace(old, leased_until=until, version=next(self._versions))
            self.windows[model] = leased
            return leased

    def close(self, model: str, seen: Window) -> bool:
        self._pass()
        with self._lock:
            old = self.windows.get(model)
            if old is None or old.version != seen.version:
                return False
            del self.windows[model]
            return True

    def _pass(self) -> None:
        self.is_asked.set()
        assert self.gate.wait(60)
        if self.is_down:
            raise StoreUnavailableError("it is down")
