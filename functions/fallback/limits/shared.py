"""The limits that all instances keep together, as one process sees them.

1. A key (a model at a target) that no refusal has named is not metered: its calls cost nothing
   here, and nothing is read or written.
2. The first refusal for a quota of the minute leaves a note among the windows. Every process reads
   those already, and asks the store for a permit from then on, in one call to it.
3. A request that does not fit is told so here, and its key looks like a model with an open window
   (`windows`): the chat and check-availability decide by the same values as ever.
4. A request waits for a permit as long as its budget lasts, then goes to the next candidate. Those
   that come while the store is unavailable do not wait and need none (fail open): windows serve
   them as they do where nothing is metered.

`book.py` keeps what is known, `fallback.store_thread` talks to the store.
"""

from __future__ import annotations

from collections.abc import Collection
from concurrent.futures import Future
from datetime import datetime
from functools import partial

from fallback.core.answer import Usage
from fallback.core.failure import Failure
from fallback.core.hierarchy import Hierarchy
from fallback.core.meter import METERED_FOR, Meter, starts_metering
from fallback.core.permission import permission
from fallback.core.permit import Permit
from fallback.core.reserve import is_used, used_until
from fallback.core.windows import (
    FULL,
    METERED,
    Window,
    Windows,
    limit_key,
    longer,
    metered_keys,
)
from fallback.events import Event
from fallback.limits.book import LimitBook
from fallback.limits.store import LimitStore
from fallback.ports import Clock, EventLog
from fallback.store_thread import StoreThread
from fallback.wait_budget import WaitBudget
from fallback.windows.leases import RunningAttempt
from fallback.windows.shared import SharedWindows

_RENEWED_BELOW = METERED_FOR / 2
"""A note is written again when it has less than this left, not with each request."""


class SharedLimits:
    """Gives permits. Safe for many threads."""

    def __init__(
        self, store: LimitStore, windows: SharedWindows, *, clock: Clock, log: EventLog
    ) -> None:
        """Touches the store only when a key is metered.

        Args:
            store: Where the meters are.
            windows: Where the notes are of what is metered.
            clock: Tells the time.
            log: Where events go.
        """
        self._book = LimitBook()
        self._thread = StoreThread(
            self._book,
            store,
            name="limit-store",
            clock=clock,
            log=log,
            tell=self._tell,
        )
        self._windows = windows
        self._clock = clock
        self._log = log
        self._returning: Future[None] | None = None
        self._reserve: dict[str, datetime | None] = {}

    def windows(self, windows: Windows, size: int = 0) -> Windows:
        """The windows, and one for each key whose minute is full for a request of this size.

        Args:
            windows: As read from `SharedWindows.snapshot`.
            size: The request's size, see `fallback.core.size.tokens_of`.
        """
        now = self._clock.now()
        keys = metered_keys(windows, now)
        if not keys:
            return windows
        with self._thread.book() as book:
            ends = {key: book.fits_at(key, size, now) for key in keys}
        full = {key: Window(until, FULL) for key, until in ends.items() if until > now}
        return {**windows, **{k: longer(windows.get(k), w) or w for k, w in full.items()}}

    def refreshed(self, windows: Windows, budget: WaitBudget) -> Windows:
        """The same for those who ask for no permits, by what the store has known a second ago."""
        now = self._clock.now()
        with self._thread.book() as book:
            old = [key for key in metered_keys(windows, now) if book.is_old(key, now)]
            reads = [self._thread.submit(partial(book.read, key)) for key in old]
        for read in reads:
            self._thread.wait(read, budget)
        return self.windows(windows)

    def permit(self, running: RunningAttempt, budget: WaitBudget) -> Permit | None:
        """Asks for the right to make an attempt. A probe goes without, if no answer comes in time.

        Args:
            running: The attempt.
            budget: How long to wait for the store.

        Returns:
            None if the request does not fit now; `windows` says until when.
        """
        key, size = running.key, running.tokens
        note, now = self._note(key, budget), self._clock.now()
        if note is None or not note.is_open(now):
            return self._book.unmetered(key, size)  # Nearly every call: no lock, no store.
        is_available = self._thread.is_available
        with self._thread.book() as book:
            permit, task = book.ask(key, size, now, is_blind=not is_available)
            if task is None:
                self._meter(key, note)
                return None
            is_asked = is_available or self._returning is None or self._returning.done()
            asked = self._thread.submit(task) if is_asked else None
            if not is_available:
                self._returning = asked or self._returning
        is_late = False
        if is_available and asked is not None:
            self._thread.wait(asked, budget)
            is_late = not asked.done() or self._thread.is_available
        with self._thread.book() as book:
            if not permit.is_decided:
                go = book.leave if is_late and not running.leases else book.take
                go(permit, self._clock.now())
        if permit.is_refused:
            self._meter(key, note)
            return None
        return permit

    def short(self, hierarchy: Hierarchy, windows: Windows) -> Collection[str]:
        """Names of the models whose minutes are nearly used up, so that the reserve is wanted.

        Args:
            hierarchy: The models and targets.
            windows: As `windows` has returned them.
        """
        if not any(target.is_reserve for target in hierarchy.targets):
            return ()
        now = self._clock.now()
        left: dict[str, list[float]] = {}
        for candidate in hierarchy.candidates:
            found = permission(candidate, windows, now)
            is_out_of_order = not (found.is_granted or found.is_quota)
            if not (candidate.target.is_reserve or is_out_of_order):
                share = self.meter(candidate.key).share_left(now) if found.is_granted else 0.0
                left.setdefault(candidate.model.name, []).append(share)
        with self._thread.book():
            for name, shares in left.items():
                self._reserve[name] = used_until(shares, now, self._reserve.get(name))
            return {name for name, until in self._reserve.items() if is_used(now, until)}

    def settle(self, permit: Permit, told: Usage | None) -> None:
        """Takes in what the provider has counted; the next permit carries it to the store."""
        if told is not None and told.prompt_tokens:
            with self._thread.book() as book:
                book.settle(permit, told.prompt_tokens)

    def refused(self, permit: Permit, failure: Failure) -> None:
        """Learns from a refusal, and begins to meter its key where that is due. Does not wait."""
        if not failure.quotas:
            return
        key, now = permit.key, self._clock.now()
        note = self._note(key, WaitBudget(self._clock, 0))
        with self._thread.book() as book:
            before = book.meter(key).limits
            was_metered = note is not None and note.is_open(now)
            self._thread.submit(book.refuse(permit, failure, now, was_metered=was_metered))
            after = book.meter(key).limits
        for dimension, limit in after.items():
            if dimension not in before or before[dimension].value != limit.value:
                self._log(
                    Event.LIMIT_LEARNED,
                    key=key,
                    limit=dimension,
                    value=limit.value,
                    is_told=limit.is_told,
                )
        if starts_metering(failure):
            self._meter(key, note)

    def learn(self, keys: Collection[str]) -> None:
        """Reads what the store knows of keys of whose limits this process knows nothing.

        Does not wait, and asks once a second at most.
        """
        now = self._clock.now()
        with self._thread.book() as book:
            for key in keys:
                if not book.meter(key).limits and book.is_old(key, now):
                    self._thread.submit(partial(book.read, key))

    def meter(self, key: str) -> Meter:
        """What this process knows of a key."""
        with self._thread.book() as book:
            return book.meter(key)

    def flush(self, seconds: float) -> None:
        """Waits until the store knows what this process has told it, as far as it can be reached.

        Raises:
            TimeoutError: Not yet, after so many seconds.
        """
        self._thread.flush(seconds)

    def _note(self, key: str, budget: WaitBudget) -> Window | None:
        return self._windows.snapshot(budget).get(limit_key(key))

    def _meter(self, key: str, note: Window | None) -> None:
        """Notes that a key is metered from now on, unless that is noted for long enough."""
        now = self._clock.now()
        if note is None or note.until - now < _RENEWED_BELOW:
            self._windows.note(limit_key(key), Window(now + METERED_FOR, METERED))

    def _tell(self, reason: str | None) -> None:
        if reason is None:
            self._log(Event.LIMIT_STORE_RECOVERED)
        else:
            self._log(Event.LIMIT_STORE_UNAVAILABLE, reason=reason)
