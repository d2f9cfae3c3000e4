"""The limits of one instance: the book of `fallback.limits`, with a process as its thread.

`fallback/limits/shared.py` waits with threads; here a process yields instead.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from fallback.core.failure import Failure
from fallback.core.meter import METERED_FOR, Meter, starts_metering
from fallback.core.permit import Permit
from fallback.core.windows import FULL, METERED, Window, Windows, limit_key, longer, metered_keys
from fallback.limits.book import LimitBook
from fallback.store_health import StoreHealth
from measure.simulation.measures import Measures
from measure.simulation.settings import Settings
from measure.simulation.store import MeterStore
from measure.simulation.timeline import Process, Timeline
from measure.simulation.worker import WaitBudget, Worker


class Limits:
    """Gives permits on one instance."""

    def __init__(
        self,
        timeline: Timeline,
        store: MeterStore,
        settings: Settings,
        measures: Measures,
        note: Callable[[str, Window], None],
    ) -> None:
        """Knows nothing.

        Args:
            timeline: When things happen.
            store: Where the meters are.
            settings: Nexus's.
            measures: What is counted.
            note: Stores a window that no failure has opened.
        """
        self._timeline = timeline
        self._note = note
        self._measures = measures
        self._is_on = settings.meters
        self._book = LimitBook()
        health = StoreHealth(lambda: timeline.seconds, lambda _: None, settings.max_wait_seconds)
        self._worker = Worker(timeline, store, health)

    def windows(self, windows: Windows, size: int) -> Windows:
        """The windows, and one for each key whose minute is full for a request of this size."""
        now = self._timeline.instant()
        ends = {key: self._book.fits_at(key, size, now) for key in metered_keys(windows, now)}
        full = {key: Window(until, FULL) for key, until in ends.items() if until > now}
        return {**windows, **{k: longer(windows.get(k), w) or w for k, w in full.items()}}

    def learn(self, key: str) -> None:
        """Reads what the store knows of a key of whose limits this instance knows nothing."""
        now = self._timeline.instant()
        if not self._book.meter(key).limits and self._book.is_old(key, now):
            self._worker.submit(partial(self._book.read, key))

    def meter(self, key: str) -> Meter:
        """What this instance knows of a key."""
        return self._book.meter(key)

    def permit(
        self, key: str, size: int, windows: Windows, budget: WaitBudget, *, is_probe: bool
    ) -> Process[Permit | None]:
        """Asks for the right to call once; None if the request does not fit now."""
        note, now = windows.get(limit_key(key)), self._timeline.instant()
        if note is None or not note.is_open(now):
            return self._book.unmetered(key, size)
        was_available = self._worker.is_available
        permit, task = self._book.ask(key, size, now, is_blind=not was_available)
        if task is not None:
            began = self._timeline.seconds
            asked = self._worker.submit(task)
            yield from self._worker.wait(asked, budget)
            self._measures.permit_seconds.append(self._timeline.seconds - began)
            if not permit.is_decided:
                is_late = was_available and (not asked.is_done or self._worker.is_available)
                self._measures.count("late_permits" if is_late else "without_permit")
                go = self._book.leave if is_late and not is_probe else self._book.take
                go(permit, self._timeline.instant())
        if permit.is_refused:
            self._meter(key, note)
            return None
        return permit

    def settle(self, permit: Permit, tokens: int) -> None:
        """Takes in what the provider has counted."""
        self._book.settle(permit, tokens)

    def refused(self, permit: Permit, failure: Failure, windows: Windows) -> None:
        """Learns from a refusal."""
        if not self._is_on or not failure.quotas:
            return
        now = self._timeline.instant()
        note = windows.get(limit_key(permit.key))
        was_metered = note is not None and note.is_open(now)
        self._worker.submit(self._book.refuse(permit, failure, now, was_metered=was_metered))
        if starts_metering(failure):
            self._meter(permit.key, note)

    def _meter(self, key: str, note: Window | None) -> None:
        now = self._timeline.instant()
        if note is None or note.until - now < METERED_FOR / 2:
            self._note(limit_key(key), Window(now + METERED_FOR, METERED))
