"""Which access codes are revoked: read at most once a minute, without holding a chat up."""

from __future__ import annotations

import threading
from collections.abc import Set
from concurrent.futures import Future, ThreadPoolExecutor

from fallback.crash_report import describe
from fallback.events import Event
from fallback.ports import Clock, EventLog, StoreUnavailableError
from fallback.wait_budget import WaitBudget
from nexus.fairness.store import VisitorStore

MAX_AGE_SECONDS = 60.0


class Revocations:
    """One process's copy of the list. Safe for many threads."""

    def __init__(self, store: VisitorStore, *, clock: Clock, log: EventLog) -> None:
        """Touches the store only when it is first asked; its thread starts then."""
        self._store = store
        self._clock = clock
        self._log = log
        self._worker = ThreadPoolExecutor(1, thread_name_prefix="revocations")
        self._lock = threading.Lock()
        self._revoked: Set[str] = frozenset()
        self._asked_at = float("-inf")
        self._reading: Future[None] | None = None

    def __contains__(self, code_id: str) -> bool:
        """Whether a code is known to be revoked."""
        return code_id in self._revoked

    def refresh(self, budget: WaitBudget) -> None:
        """Reads the list if it is old. While the store is unavailable, the last known one holds."""
        with self._lock:
            if self._clock.monotonic() - self._asked_at >= MAX_AGE_SECONDS:
                self._asked_at = self._clock.monotonic()
                self._reading = self._worker.submit(self._read)
            reading = self._reading
        if reading is not None:
            budget.wait_for(reading)

    def _read(self) -> None:
        try:
            self._revoked = self._store.revoked()
        except StoreUnavailableError as error:
            self._log(Event.VISITOR_STORE_UNAVAILABLE, reason=str(error))
        except Exception as bug:  # noqa: BLE001 - a future that nobody reads would hide it
            self._log(Event.INTERNAL_ERROR, thread="revocations", **describe(bug))
