"""Whether a visitor's message is let in."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from fallback.events import Event
from fallback.ports import Clock, EventLog
from fallback.wait_budget import WaitBudget
from nexus.fairness.core.allowance import Limited, Standing, standing
from nexus.fairness.core.ledger import Refused
from nexus.fairness.core.rules import VisitorRules
from nexus.fairness.identity import NEWCOMERS, CodeFault, Identities, Visitor
from nexus.fairness.revocations import Revocations
from nexus.fairness.shared_ledgers import SharedLedgers
from nexus.fairness.store import VisitorStore


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """What came of counting a message.

    Attributes:
        standing: What is left of the visitor's own limit.
        refused: The limit that refuses the message; None if it is let in.
        is_own: Whether that is the visitor's own limit, not one of the network.
        is_heavy: Whether the visitor has used much of the day's allowance.
    """

    standing: Standing
    refused: Limited | None = None
    is_own: bool = True
    is_heavy: bool = False


class FairUse:
    """Limits each visitor, and each network. Safe for many threads."""

    def __init__(
        self,
        store: VisitorStore,
        *,
        secrets: Sequence[bytes],
        rules: VisitorRules,
        clock: Clock,
        log: EventLog,
    ) -> None:
        """Touches the store only when it is first asked."""
        self._identities = Identities(secrets, rules)
        self._ledgers = SharedLedgers(store, clock=clock, log=log)
        self._revocations = Revocations(store, clock=clock, log=log)
        self._rules = rules
        self._clock = clock
        self._log = log

    def new_id(self, visitor_id: str | None) -> str | None:
        """An id for a caller that brought none, or none that is good; None for any other."""
        return self._identities.new_id(visitor_id, self._clock.now())

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

    def admit(self, visitor: Visitor, units: float, request_id: str, budget: WaitBudget) -> Verdict:
        """Counts one message, or says when it is allowed.

        Args:
            visitor: Who sends it.
            units: What it costs; see `units_of`.
            request_id: What the log calls this request.
            budget: How long to wait for the store.
        """
        outcome = self._ledgers.count(visitor, budget, units)
        usage = self._ledgers.usage(visitor)
        allowance = visitor.allowances[visitor.name]
        left = standing(usage, allowance, self._clock.now())
        if isinstance(outcome, Refused):
            return self._refusal(visitor, outcome, left, request_id)
        heavy_from = allowance.per_day * self._rules.heavy_share
        return Verdict(standing=left, is_heavy=usage is not None and usage.used > heavy_from)

    def left(self, visitor: Visitor) -> Mapping[str, int]:
        """Whole units left of each of a visitor's allowances by now, without asking the store."""
        return self._ledgers.left(visitor)

    def settle(self, visitor: Visitor, extra_units: float) -> None:
        """Counts what a message has cost beyond its units. Nobody waits for it.

        Args:
            visitor: Who has sent it.
            extra_units: One for each attempt after the first that consumed quota.
        """
        if extra_units > 0:
            self._ledgers.settle(visitor, extra_units)

    def _refusal(
        self, visitor: Visitor, refused: Refused, left: Standing, request_id: str
    ) -> Verdict:
        limits = {
            name: self._until_known(visitor, name, limited)
            for name, limited in refused.limits.items()
        }
        name = max(limits, key=lambda name: limits[name].retry_at)
        is_own = visitor.has_id and name == visitor.name
        self._log(
            Event.VISITOR_LIMITED,
            request_id=request_id,
            limit=limits[name].limit,
            whose=visitor.group or ("visitor" if is_own else "network"),
            retry_at=limits[name].retry_at,
        )
        return Verdict(standing=left, refused=limits[name], is_own=is_own)

    def _until_known(self, visitor: Visitor, name: str, limited: Limited) -> Limited:
        """Newcomers' limits end for a visitor whose id, new or not, is old enough."""
        until = visitor.newcomer_until
        if until is None or not name.startswith(NEWCOMERS):
            return limited
        return replace(limited, retry_at=min(limited.retry_at, until))
