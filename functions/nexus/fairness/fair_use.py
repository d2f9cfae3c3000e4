"""Whether a visitor's message is let in."""

from __future__ import annotations

from dataclasses import dataclass

from fallback.events import Event
from fallback.ports import Clock, EventLog
from fallback.wait_budget import WaitBudget
from nexus.fairness.core.allowance import Limited
from nexus.fairness.core.ledger import TOTAL
from nexus.fairness.core.rules import VisitorRules
from nexus.fairness.identity import CodeFault, Identities, Visitor
from nexus.fairness.ports import VisitorStore
from nexus.fairness.revocations import Revocations
from nexus.fairness.shared_ledgers import SharedLedgers


@dataclass(frozen=True, slots=True)
class Admitted:
    """A message that counts.

    Attributes:
        is_heavy: Whether this visitor has used much of the day's allowance.
    """

    is_heavy: bool


class FairUse:
    """Limits each visitor, and each network. Safe for many threads."""

    def __init__(
        self,
        store: VisitorStore,
        *,
        secret: bytes,
        rules: VisitorRules,
        clock: Clock,
        log: EventLog,
    ) -> None:
        """Touches the store only when it is first asked."""
        self._identities = Identities(secret, rules)
        self._ledgers = SharedLedgers(store, clock=clock, log=log)
        self._revocations = Revocations(store, clock=clock, log=log)
        self._rules = rules
        self._clock = clock
        self._log = log

    def identify(
        self, *, visitor_id: str | None, bearer: str | None, address: str, budget: WaitBudget
    ) -> Visitor | CodeFault:
        """Says whom a request counts for; see `Identities.of`."""
        visitor = self._identities.of(
            visitor_id=visitor_id, bearer=bearer, address=address, now=self._clock.now()
        )
        if isinstance(visitor, CodeFault) or visitor.code_id is None:
            return visitor
        self._revocations.refresh(budget)
        return CodeFault.REVOKED if visitor.code_id in self._revocations else visitor

    def admit(self, visitor: Visitor, request_id: str, budget: WaitBudget) -> Admitted | Limited:
        """Counts one message, or says when the next one is allowed.

        Args:
            visitor: Who sends it.
            request_id: What the log calls this request.
            budget: How long to wait for the store.
        """
        outcome = self._ledgers.count(visitor, budget)
        if isinstance(outcome, tuple):
            name, limited = outcome
            self._log(
                Event.VISITOR_LIMITED,
                request_id=request_id,
                limit=limited.limit,
                whose=visitor.group or ("network" if name == TOTAL else "visitor"),
                retry_at=limited.retry_at,
            )
            return limited
        usage = outcome.get(visitor.name)
        allowed = visitor.allowances[visitor.name].per_day * self._rules.heavy_share
        return Admitted(is_heavy=usage is not None and usage.used > allowed)
