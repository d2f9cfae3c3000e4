"""Tickets that were given and have not come back, by network, as one process knows them.

A number costs nothing before its ticket comes back. Without a limit, one network could take so many
that everybody after it would wait behind nobody.
"""

from __future__ import annotations

import threading
from collections import OrderedDict, deque
from datetime import datetime, timedelta

_COUNTED_FOR = timedelta(minutes=10)
_MAX_NETWORKS = 10_000


class Newcomers:
    """Counts tickets that are out. Safe for many threads."""

    def __init__(self, most: int | None) -> None:
        """Counts nothing yet.

        Args:
            most: How many of one network may be out at once; None for any number.
        """
        self._most = most
        self._out: OrderedDict[str, deque[datetime]] = OrderedDict()
        self._lock = threading.Lock()

    def may_have_one(self, network: str, now: datetime) -> bool:
        """Whether a network may get one more."""
        if self._most is None:
            return True
        with self._lock:
            given = self._out.get(network)
            while given and now - given[0] > _COUNTED_FOR:
                given.popleft()
            return given is None or len(given) < self._most

    def has_one(self, network: str, now: datetime) -> None:
        """A network has got one."""
        if self._most is None:
            return
        with self._lock:
            self._out.setdefault(network, deque()).append(now)
            self._out.move_to_end(network)
            if len(self._out) > _MAX_NETWORKS:
                self._out.popitem(last=False)

    def came_back(self, network: str) -> None:
        """One of them has come back."""
        with self._lock:
            given = self._out.get(network)
            if given:
                given.popleft()
