"""What one process knows of the learned limits, and what it asks of the store.

No clock, no thread, no I/O, as `fallback.windows.book`. What this process has to tell the store
(calls without a permit, tokens as the provider has counted them) waits for the next permit, so
that a call costs one write at most.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from functools import partial

from fallback.core.failure import Failure
from fallback.core.meter import Meter, after_refusal
from fallback.core.permit import Permit
from fallback.core.sliding_log import Entry
from fallback.core.windows import whole_ms
from fallback.limits.store import LimitStore
from fallback.store_tasks import Read, Steps, Task

MAX_AGE = timedelta(seconds=1)

CROWDED_FOR = timedelta(seconds=0.1)
"""How long this process leaves a key alone if the store did not answer in time."""

_KEPT_FOR = timedelta(days=30)
_LEARNING_RATE = 0.2
_LEFT_TO_OTHERS = 0.1
_TRIES = 8


class LimitBook:
    """The meters by key (opaque), as one process knows them. Not safe for many threads.

    Attributes:
        version: Another number whenever a meter has changed.
    """

    def __init__(self) -> None:
        """Knows nothing."""
        self.version = 0
        self._known: dict[str, Meter] = {}
        self._read_at: dict[str, datetime] = {}
        self._crowded_until: dict[str, datetime] = {}
        self._ratios: dict[str, float] = {}
        self._asked: defaultdict[str, list[Permit]] = defaultdict(list)
        self._untold: defaultdict[str, list[Entry]] = defaultdict(list)
        self._stored: dict[str, Meter] = {}
        self._alone: set[str] = set()

    # What is known

    def meter(self, key: str) -> Meter:
        """What this process knows of a key."""
        return self._known.get(key) or Meter()

    def fits_at(self, key: str, size: int, now: datetime) -> datetime:
        """When a request may ask, as far as this process knows; `now` where it may at once."""
        fits_at = self.meter(key).fits_at(now, self._tokens(key, size))
        return max(fits_at, self._crowded_until.get(key, now))

    def is_old(self, key: str, now: datetime) -> bool:
        """Whether it is time to `read` a meter."""
        read_at = self._read_at.get(key)
        return read_at is None or not timedelta() <= now - read_at < MAX_AGE

    # Permits

    def unmetered(self, key: str, size: int) -> Permit:
        """The permit of a call that needs none."""
        return Permit(key, size, self._tokens(key, size))

    def ask(
        self, key: str, size: int, now: datetime, *, is_blind: bool = False
    ) -> tuple[Permit, Task | None]:
        """A permit, and the task that asks the store for it.

        There is no task where it is refused: what this process knows to be full is full, for
        others can only have added to it. Whoever cannot ask them (`is_blind`) leaves them a tenth.
        """
        permit = self.unmetered(key, size)
        if is_blind and self.meter(key).share_left(now) < _LEFT_TO_OTHERS:
            self._crowded_until[key] = now + CROWDED_FOR
        permit.is_refused = self.fits_at(key, size, now) > now
        if permit.is_refused:
            return permit, None
        self._asked[key].append(permit)
        return permit, partial(self._tell, key)

    def take(self, permit: Permit, now: datetime) -> None:
        """Makes the call without an answer of the store, which is told of it later."""
        permit.is_taken, permit.at = True, whole_ms(now)
        if self._no_longer_asks(permit):
            self._note(permit.key, permit.entry(permit.at))

    def leave(self, permit: Permit, now: datetime) -> None:
        """Waits no longer; others who ask now should not either."""
        permit.is_refused = True
        self._no_longer_asks(permit)
        self._crowded_until[permit.key] = now + CROWDED_FOR

    def settle(self, permit: Permit, tokens: int) -> None:
        """Takes in what the provider has counted of a call's input tokens."""
        if permit.size:
            ratio = tokens / permit.size
            known = self._ratios.setdefault(permit.key, ratio)
            self._ratios[permit.key] = known + _LEARNING_RATE * (ratio - known)
        if permit.at is not None and tokens != permit.tokens:
            self._note(permit.key, Entry(permit.at, 0, tokens - permit.tokens))
        permit.tokens = tokens

    def refuse(self, permit: Permit, failure: Failure, now: datetime, *, was_metered: bool) -> Task:
        """Enters a refusal for a quota; the task stores it."""

        def learn(meter: Meter) -> Meter:
            return after_refusal(meter, failure, permit.tokens, now, was_metered=was_metered)

        if permit.at is not None:  # A refused call counts for nothing.
            self._note(permit.key, permit.correction(permit.at))
            permit.at = None
        self._learn(permit.key, learn(self.meter(permit.key)), now)
        return partial(self._tell, permit.key, learn=learn)

    # Tasks

    def read(self, key: str, now: datetime) -> Steps:
        """Learns what the store knows."""
        try:
            meter, _ = yield Read(key)
        finally:
            self._read_at[key] = now
        self._learn(key, meter, now)

    def _tell(
        self, key: str, now: datetime, *, learn: Callable[[Meter], Meter] | None = None
    ) -> Steps:
        """Asks for all permits that are wanted by now, and tells what is untold, in one write.

        It reads first, unless nobody else was found to write this meter.
        """
        asked: list[Permit] = []
        untold: list[Entry] = []
        try:
            for _ in range(_TRIES):
                asked = [p for p in (*asked, *self._asked.pop(key, ())) if not p.is_refused]
                untold += self._untold.pop(key, [])
                if not (asked or untold or learn):
                    return
                if key not in self._alone:
                    stored, now = yield Read(key)
                    self._compare(key, stored)
                meter = self._stored[key].latest(now).plus(*untold)
                meter = meter if learn is None else learn(meter)
                at, given = whole_ms(now), list[Permit]()
                for permit in asked:
                    if permit.is_taken or meter.fits_at(now, permit.tokens) <= now:
                        given.append(permit)
                        meter = meter.plus(permit.entry(at))
                if given or untold or learn:
                    version, _ = yield partial(_write, key, meter, now + _KEPT_FOR)
                    if version is None:
                        self._alone.discard(key)
                        continue
                    self._stored[key] = meter = replace(meter, version=version)
                untold = []
                self._answer(asked, given, at)
                asked = []
                self._learn(key, meter, now)
                return
        finally:
            self._untold[key] += untold
            self._asked[key] += [permit for permit in asked if not permit.is_decided]
            self._answer([permit for permit in asked if permit.is_taken], [], now)

    # Internal

    def _compare(self, key: str, stored: Meter) -> None:
        """Remembers what was read, and whether only this process has written it lately."""
        known = self._stored.get(key)
        if known is None or known.version == stored.version:
            self._alone.add(key)
        self._stored[key] = stored

    def _answer(self, asked: Sequence[Permit], given: Sequence[Permit], at: datetime) -> None:
        """Tells requests what has come of them; some have gone, or have gone ahead, meanwhile."""
        for permit in asked:
            is_given = permit in given
            if is_given and permit.is_refused:
                self._note(permit.key, permit.correction(at))
            elif is_given:
                permit.at = at
            elif permit.at is not None:
                self._note(permit.key, permit.entry(permit.at))
            else:
                permit.is_refused = True

    def _no_longer_asks(self, permit: Permit) -> bool:
        """Takes a permit out of those that are asked for; false if the store is being asked."""
        asked = self._asked[permit.key]
        if permit not in asked:
            return False
        asked.remove(permit)
        return True

    def _tokens(self, key: str, size: int) -> int:
        return round(size * self._ratios.get(key, 1.0))

    def _note(self, key: str, entry: Entry) -> None:
        self._untold[key].append(entry)
        self._known[key] = self.meter(key).plus(entry)
        self.version += 1

    def _learn(self, key: str, meter: Meter, now: datetime) -> None:
        self._known[key] = meter.latest(now).plus(*self._untold[key])
        self._read_at[key] = now
        self.version += 1


def _write(key: str, meter: Meter, expires_at: datetime, store: LimitStore) -> object | None:
    return store.write(key, meter, expires_at)
