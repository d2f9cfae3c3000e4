"""The stored windows, one document for each model, as `fallback/stores/firestore.py` keeps them.

Time is not in here: `measure.simulation.store` adds it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime

from fallback.core.windows import Window, from_epoch_ms, to_epoch_ms


class Documents:
    """A `fallback.ports.WindowStore` in memory. What `read` gave stays as it was."""

    def __init__(self) -> None:
        """Holds nothing."""
        self._windows: dict[str, Window] = {}
        self._version = 0

    def read(self, since: datetime | None = None) -> Mapping[str, Window]:
        """Windows; see `fallback.ports.WindowStore`."""
        if since is None or all(window.until >= since for window in self._windows.values()):
            return self._windows
        return {name: kept for name, kept in self._windows.items() if kept.until >= since}

    def extend(self, model: str, window: Window) -> object | None:
        """Opens or lengthens a window, in Firestore a merge that takes the maximum."""
        old = self._windows.get(model)
        if window.version is not None:
            if old is None or old.version != window.version:
                return None
        elif old is not None:
            until = max(old.until, window.until)
            probe_at = max(old.probe_at or old.until, window.probe_at or window.until)
            window = replace(
                window,
                until=until,
                reason=old.reason if old.until > window.until else window.reason,
                probe_at=None if probe_at >= until else probe_at,
                failed_probes=max(old.failed_probes, window.failed_probes),
                min_tokens=None
                if window.min_tokens is None
                else min(window.min_tokens, old.min_tokens or window.min_tokens),
            )
        return self._put(model, replace(window, leased_until=None)).version

    def lease(self, model: str, seen: Window, until: datetime) -> Window | None:
        """Gives the probe to one caller: the first that has seen the present version."""
        old = self._windows.get(model)
        if old is None or old.version != seen.version:
            return None
        return self._put(model, replace(old, leased_until=from_epoch_ms(to_epoch_ms(until))))

    def close(self, model: str, seen: Window) -> bool:
        """Forgets a window, if it is as it was seen."""
        old = self._windows.get(model)
        if old is None or old.version != seen.version:
            return False
        self._windows = {name: kept for name, kept in self._windows.items() if name != model}
        return True

    def _put(self, model: str, window: Window) -> Window:
        self._version += 1
        window = replace(window, version=self._version)
        self._windows = {**self._windows, model: window}
        return window
