"""A store that is built on its first use, by the thread that talks to it.

Importing google.cloud.firestore takes longer than everything else that a function needs. Requests
wait for it no longer than for the store itself.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any


class LazyStore:
    """Stands for a store. Safe for many threads."""

    def __init__(self, build: Callable[[], object]) -> None:
        """Builds nothing yet.

        Args:
            build: Imports what the store needs, and makes it.
        """
        self._build = build
        self._building = threading.Lock()
        self._built: object | None = None

    def __getattr__(self, name: str) -> Any:
        with self._building:
            if self._built is None:
                self._built = self._build()
            return getattr(self._built, name)
