"""The configured limits of visitors."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from nexus.fairness.core.allowance import Allowance


@dataclass(frozen=True, slots=True, kw_only=True)
class VisitorRules:
    """How much visitors may send.

    Attributes:
        burst: Messages of one visitor at once, after a pause.
        per_minute: Messages of one visitor a minute, steadily.
        per_day: Messages of one visitor in a day (UTC).
        address_factor: How many visitors' allowances all visitors of one network share.
        heavy_share: The part of the daily allowance beyond which a visitor is heavy.
        groups: The allowance of each group of access codes.
    """

    burst: int = 10
    per_minute: float = 20
    per_day: int = 500
    address_factor: float = 5
    heavy_share: float = 0.5
    groups: Mapping[str, Allowance] = field(default_factory=dict)

    @property
    def visitor(self) -> Allowance:
        """What one visitor may send."""
        return Allowance(burst=self.burst, per_minute=self.per_minute, per_day=self.per_day)

    @property
    def network(self) -> Allowance:
        """What all visitors of one network may send together."""
        return self.visitor.times(self.address_factor)
