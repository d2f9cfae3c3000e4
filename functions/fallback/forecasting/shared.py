"""Counts chats and calls for the fleet's forecast, and knows what it says.

1. Counts are kept in this process, and added to the store at most once an hour, and when the
   process ends. Instances spread that over the first minutes of an hour.
2. After those minutes, the first instance that looks makes the hour's turn for the whole fleet: it
   forecasts, writes, and logs. All others only read.
3. A thread of its own does that, so no request waits for it. What a store in trouble has not taken
   is added later: its loss costs precision, and nothing else.
"""

from __future__ import annotations

import random
import threading
from collections import Counter, defaultdict
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta

from fallback.core.demand import CHATS, hour_of, start_of
from fallback.core.failure import QUOTA_KINDS, Failure, FailureKind
from fallback.core.outlook import Outlook, turned
from fallback.core.pacing import affordable_share
from fallback.core.window_rules import next_quota_day
from fallback.crash_report import describe
from fallback.events import Event
from fallback.ports import Clock, DemandStore, EventLog, StoreUnavailableError

ADDED_WITHIN = timedelta(minutes=2)
"""Instances add the counts of an hour within so long after its end."""

TURNED_AFTER = timedelta(minutes=3)
"""When they have, and a call to the store has had its time."""

_TURN_SPREAD = timedelta(minutes=1)
_RETRY = timedelta(minutes=1)
_KEPT = timedelta(days=60)


class SharedForecast:
    """One process's part of the forecast. Safe for many threads."""

    def __init__(
        self,
        store: DemandStore,
        *,
        keys: Sequence[str],
        best: Sequence[str],
        limits: Callable[[], Mapping[str, int]],
        clock: Clock,
        log: EventLog,
        jitter: Callable[[], float] = random.random,
    ) -> None:
        """Touches the store only after the first chat; its thread starts then.

        Args:
            store: Where the fleet counts.
            keys: Of all candidates, in the order in which they are tried.
            best: Those of the best model.
            limits: Returns calls a day, by key, and may take as long as the store.
            clock: Tells the time.
            log: Where events go.
            jitter: Returns random numbers from 0 up to 1.
        """
        self._store = store
        self._keys = keys
        self._best = best
        self._limits = limits
        self._clock = clock
        self._log = log
        self._jitter = jitter
        self._worker = ThreadPoolExecutor(max_workers=1, thread_name_prefix="demand-store")
        self._lock = threading.Lock()
        self._counts: dict[int, Counter[str]] = defaultdict(Counter)
        self._ends: dict[int, dict[str, datetime]] = defaultdict(dict)
        self._due_at = datetime.min.replace(tzinfo=clock.now().tzinfo)
        self._share = 1.0

    @property
    def affordable_share(self) -> float:
        """The share of chats that the best model can take until the end of the day."""
        return self._share

    def chat(self) -> None:
        """A chat has come."""
        now = self._clock.now()
        self._count(CHATS, now)
        with self._lock:
            if now < self._due_at:
                return
            self._due_at = now + _RETRY
        self._worker.submit(self._run, before=hour_of(now))

    def called(self, key: str, failure: Failure | None) -> None:
        """A call has ended. A refusal for a quota uses none of it, and that for the day ends it.

        Args:
            key: The candidate's.
            failure: How it failed; None if it did not.
        """
        now, kind = self._clock.now(), failure and failure.kind
        if kind is FailureKind.QUOTA_EXHAUSTED:
            with self._lock:
                self._ends[hour_of(next_quota_day(now))].setdefault(key, now)
        if kind not in QUOTA_KINDS:
            self._count(key, now)

    def leave(self) -> None:
        """Adds what is left, the present hour included: this process ends. Does not wait."""
        self._worker.submit(self._run, before=hour_of(self._clock.now()) + 1, is_last=True)

    def flush(self, seconds: float) -> None:
        """Waits until everything is done that was begun.

        Raises:
            TimeoutError: It is not, after so many seconds.
        """
        self._worker.submit(lambda: None).result(seconds)

    def _count(self, name: str, now: datetime) -> None:
        with self._lock:
            self._counts[hour_of(now)][name] += 1

    # On the worker's thread

    def _run(self, before: int, *, is_last: bool = False) -> None:
        try:
            self._add(before)
            if not is_last:
                self._look()
        except StoreUnavailableError:
            pass  # The windows' store is the same one, and its health tells.
        except Exception as bug:  # noqa: BLE001 - a future that nobody reads would hide it
            self._log(Event.INTERNAL_ERROR, thread="demand-store", **describe(bug))

    def _add(self, before: int) -> None:
        """Adds the counts of earlier hours; keeps them if the store does not take them."""
        with self._lock:
            counts = {h: self._counts.pop(h) for h in list(self._counts) if h < before}
            ends, self._ends = self._ends, defaultdict(dict)
        if not counts and not ends:
            return
        try:
            self._store.add(counts, ends, self._clock.now() + _KEPT)
        except StoreUnavailableError:
            with self._lock:
                for hour, found in counts.items():
                    self._counts[hour].update(found)
                for day, at in ends.items():
                    self._ends[day] = at | self._ends[day]
            raise

    def _look(self) -> None:
        """Learns what the fleet knows; makes the hour's turn if nobody has."""
        now = self._clock.now()
        known, limits = self._store.read(), self._limits()
        turn_at = start_of(hour_of(now)) + TURNED_AFTER
        if known.is_due(now) and now >= turn_at:
            outlook = turned(known, self._keys, limits, now)
            if not self._store.turn(known, outlook, now + _KEPT):
                return  # Somebody else has written. The next look is soon.
            self._tell(outlook)
            known = outlook
        self._share = affordable_share(known.demand, self._best, limits, now)
        with self._lock:
            if known.is_due(now):
                self._due_at = turn_at + _TURN_SPREAD * self._jitter()
            else:
                self._due_at = start_of(hour_of(now) + 1) + ADDED_WITHIN * self._jitter()

    def _tell(self, outlook: Outlook) -> None:
        for forecast in outlook.forecasts:
            self._log(
                Event.FORECAST_MADE,
                key=forecast.key,
                ends_at=forecast.ends_at,
                band_minutes=round(forecast.band / timedelta(minutes=1)),
                minutes_left=round((forecast.ends_at - forecast.made_at) / timedelta(minutes=1)),
                minutes_short=round(
                    (forecast.day_ends_at - forecast.ends_at) / timedelta(minutes=1)
                ),
                used=forecast.used,
                limit=forecast.limit,
            )
