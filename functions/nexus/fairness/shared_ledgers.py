"""The ledgers that all instances share, as one process counts in them.

1. A message is counted by one write, on the condition that the record is as this process knows it;
   messages that one process has for one record at the same time share it. A record is read first
   when it is new here, and for as long as others write it too.
2. What this process knows to be over its limit is refused without asking the store: usage only
   grows, so others know nothing better.
3. A chat waits for the store as long as its budget lasts. After that, and while the store is
   unavailable, this process counts by itself (fail open, but not without a limit).
4. A record that too many processes write at once is counted by each for itself for a second; all
   other records are counted in the store as ever.
5. What was counted apart is joined with the store's later, and counts in every process from then.
6. A message refused by the visitor's own limit costs no call: it makes the next one dearer.
7. The instant that a refusal names stays true: what earlier messages turn out to cost after it is
   paid with the next one too.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from datetime import timedelta

from fallback.crash_report import describe
from fallback.events import Event
from fallback.ports import Clock, EventLog, StoreUnavailableError
from fallback.store_health import StoreHealth
from fallback.wait_budget import WaitBudget
from nexus.fairness.core.allowance import Usage, end_of, standing
from nexus.fairness.core.ledger import Ledger, Refused, charge, merge, surcharge
from nexus.fairness.core.rules import MAX_REFUSAL_UNITS, REFUSAL_UNITS
from nexus.fairness.identity import Visitor
from nexus.fairness.store import Record, VisitorStore

_MAX_KNOWN = 10_000
_THREADS = 8
_MAX_CONFLICTS = 20
_RETRY_SECONDS = 1.0
"""How long an unavailable store, or a record that many write at once, is left alone."""

_KEPT_AFTER = timedelta(days=1)

Outcome = Ledger | Refused
"""The ledger with the message in it, or the limits that refuse it."""


@dataclass(slots=True, eq=False)
class _Message:
    """One that waits to be counted.

    Attributes:
        visitor: Whom it counts for.
        units: What it costs.
        owed: What the visitor's refused messages before it cost.
        is_let_in: Whether these are further units of a message that has been counted.
        counted: Done when the store has been asked.
        outcome: What came of it.
        is_counted_here: Whether this process has counted it by itself.
    """

    visitor: Visitor
    units: float
    owed: float = 0
    is_let_in: bool = False
    counted: Future[None] = field(default_factory=Future)
    outcome: Outcome | None = None
    is_counted_here: bool = False


@dataclass(slots=True)
class _Known:
    """What this process knows of a record.

    Attributes:
        ledger: The usage, what was counted by this process alone included.
        stored: The record as it was last read or written here.
        is_ours: Whether nobody else was found to have written it since.
        apart_until: Until then (monotonic seconds) this process counts it by itself.
        owed: Units that the next message pays for, by the name of a visitor who was refused.
    """

    ledger: Ledger = field(default_factory=dict)
    stored: Record | None = None
    is_ours: bool = True
    apart_until: float = float("-inf")
    owed: dict[str, float] = field(default_factory=dict)


class SharedLedgers:
    """Counts messages. Safe for many threads."""

    def __init__(self, store: VisitorStore, *, clock: Clock, log: EventLog) -> None:
        """Touches the store only when it is first asked; its threads start then."""
        self._store = store
        self._clock = clock
        self._log = log
        self._workers = ThreadPoolExecutor(_THREADS, thread_name_prefix="visitor-store")
        self._lock = threading.Lock()
        self._known: OrderedDict[str, _Known] = OrderedDict()
        self._waiting: dict[str, list[_Message]] = {}
        self._health = StoreHealth(clock.monotonic, self._tell)
        self._asked_at = float("-inf")

    def count(self, visitor: Visitor, budget: WaitBudget, units: float = 1) -> Outcome:
        """Counts one message, or says which limits refuse it."""
        message = _Message(visitor, units)
        is_available = self._health.look()
        with self._lock:
            known = self._known_of(visitor.record)
            message.owed = known.owed.get(visitor.name, 0)
            outcome = self._charged(message, known.ledger)
            if isinstance(outcome, Refused):
                self._remember(message, outcome)
                return outcome
            must_wait = is_available and self._clock.monotonic() >= known.apart_until
            if must_wait or (not is_available and self._may_ask()):
                # A message that is not waited for is counted here, and joined with the store's.
                message.is_counted_here = not must_wait
                self._submit(message)
            if not must_wait:
                self._learn(visitor, outcome)
                self._remember(message, outcome)
                return outcome
        if not budget.wait_for(message.counted):
            self._health.look()
        outcome = self._counted(message)
        with self._lock:
            self._remember(message, outcome)
        return outcome

    def settle(self, visitor: Visitor, units: float) -> None:
        """Counts further units of a message that has been let in. Does not wait."""
        with self._lock:
            owed = self._known_of(visitor.record).owed
            if visitor.name in owed:
                owed[visitor.name] += units
                others = {k: v for k, v in visitor.allowances.items() if k != visitor.name}
                visitor = replace(visitor, allowances=others)
        if not visitor.allowances:
            return
        message = _Message(visitor, units, is_let_in=True)
        if not self._health.look():
            self._counted(message)
            return
        with self._lock:
            self._submit(message)

    def usage(self, visitor: Visitor) -> Usage | None:
        """The visitor's own usage, as far as this process knows."""
        with self._lock:
            return self._known_of(visitor.record).ledger.get(visitor.name)

    def left(self, visitor: Visitor) -> Mapping[str, int]:
        """Whole units left of each allowance of a visitor, as far as this process knows."""
        now = self._clock.now()
        with self._lock:
            ledger = self._known_of(visitor.record).ledger
        return {
            name: standing(ledger.get(name), allowance, now).remaining
            for name, allowance in visitor.allowances.items()
        }

    def _counted(self, message: _Message) -> Outcome:
        """What came of a message. If the store has not counted it, this process does."""
        with self._lock:
            if message.outcome is None:
                message.is_counted_here = True
                known = self._known_of(message.visitor.record)
                message.outcome = self._charged(message, known.ledger)
                if not isinstance(message.outcome, Refused):
                    self._learn(message.visitor, message.outcome)
            return message.outcome

    # Internal, under the lock

    def _charged(self, message: _Message, ledger: Ledger) -> Outcome:
        allowances, now = message.visitor.allowances, self._clock.now()
        if message.is_let_in:
            return surcharge(ledger, allowances, now, message.units)
        outcome = charge(ledger, allowances, now, message.units)
        if isinstance(outcome, Refused) or not message.owed:
            return outcome
        own = {message.visitor.name: allowances[message.visitor.name]}
        return surcharge(outcome, own, now, message.owed)

    def _remember(self, message: _Message, outcome: Outcome) -> None:
        """Notes what refused messages cost. A message that is let in has paid for them."""
        visitor, owed = message.visitor, self._known_of(message.visitor.record).owed
        if not isinstance(outcome, Refused):
            owed.pop(visitor.name, None)
        elif visitor.has_id and visitor.name in outcome.limits:
            before = owed.get(visitor.name, 0)
            owed[visitor.name] = max(before, min(before + REFUSAL_UNITS, MAX_REFUSAL_UNITS))

    def _merged(self, visitor: Visitor, one: Ledger, other: Ledger) -> Ledger:
        horizon = max(allowance.horizon for allowance in visitor.allowances.values())
        return merge(one, other, self._clock.now(), horizon)

    def _known_of(self, record: str) -> _Known:
        known = self._known.setdefault(record, _Known())
        self._known.move_to_end(record)
        if len(self._known) > _MAX_KNOWN:
            self._known.popitem(last=False)
        return known

    def _learn(self, visitor: Visitor, ledger: Ledger) -> None:
        known = self._known_of(visitor.record)
        known.ledger = self._merged(visitor, known.ledger, ledger)

    def _may_ask(self) -> bool:
        now = self._clock.monotonic()
        if now - self._asked_at < _RETRY_SECONDS:
            return False
        self._asked_at = now
        return True

    def _submit(self, message: _Message) -> None:
        record = message.visitor.record
        is_under_way = record in self._waiting
        self._waiting.setdefault(record, []).append(message)
        if not is_under_way:
            self._workers.submit(self._work, record)

    # On a worker's thread, one for each record at a time

    def _work(self, record: str) -> None:
        while True:
            with self._lock:
                messages = self._waiting[record]
                if not messages:
                    del self._waiting[record]
                    return
                self._waiting[record] = []
            try:
                self._count_together(record, messages)
            except StoreUnavailableError:
                pass  # The store's health has told.
            except Exception as bug:  # noqa: BLE001 - a future that nobody reads would hide it
                self._log(Event.INTERNAL_ERROR, thread="visitor-store", **describe(bug))
            for message in messages:
                if message.is_let_in:
                    self._counted(message)
                message.counted.set_result(None)

    def _count_together(self, record: str, messages: list[_Message]) -> None:
        expires_at = end_of(self._clock.now().date()) + _KEPT_AFTER
        anybody = messages[0].visitor
        for _ in range(_MAX_CONFLICTS):
            stored = self._stored(record)
            outcomes: list[tuple[_Message, Outcome]] = []
            with self._lock:
                ledger = self._merged(anybody, stored.ledger, self._known_of(record).ledger)
                for message in messages:
                    if message.is_counted_here:
                        continue
                    outcome = self._charged(message, ledger)
                    outcomes.append((message, outcome))
                    ledger = ledger if isinstance(outcome, Refused) else outcome
            version, is_news = stored.version, ledger != stored.ledger
            if is_news:
                with self._health.judging(writes=True):
                    version = self._store.write(record, replace(stored, ledger=ledger), expires_at)
            with self._lock:
                known = self._known_of(record)
                if is_news and version is None:
                    known.is_ours = False
                    continue
                known.stored = Record(ledger, version)
                self._learn(anybody, ledger)
                for message, outcome in outcomes:
                    message.outcome = outcome
            return
        with self._lock:
            self._known_of(record).apart_until = self._clock.monotonic() + _RETRY_SECONDS
        self._log(Event.VISITOR_RECORD_CONTENDED)

    def _stored(self, record: str) -> Record:
        """The record as this process has left it, if it is the only one that writes it."""
        with self._lock:
            known = self._known_of(record)
            if known.stored is not None and known.is_ours:
                return known.stored
        with self._health.judging():
            read = self._store.read(record)
        with self._lock:
            known.is_ours = known.stored is None or known.stored.version == read.version
        return read

    def _tell(self, reason: str | None) -> None:
        if reason is None:
            self._log(Event.VISITOR_STORE_RECOVERED)
            return
        with self._lock:
            self._asked_at = self._clock.monotonic()
        self._log(Event.VISITOR_STORE_UNAVAILABLE, reason=reason)
