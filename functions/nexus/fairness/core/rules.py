"""The configured limits of visitors, and what their messages cost."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from nexus.fairness.core.allowance import Allowance

REFUSAL_UNITS = 0.25
"""What a message refused by the visitor's own limit adds to the next one."""

MAX_REFUSAL_UNITS = 1.0
"""More is never added, so a visitor who hammers still has half of the steady rate."""

NEWCOMERS_SHARE = 0.8
"""The part of a network's allowance that is open to newcomers; the rest is kept for the others."""

_TOKENS_PER_UNIT = 8192


def units_of(tokens: int) -> int:
    """What a message costs: one unit for each started 8,192 tokens of its conversation."""
    return max(1, -(-tokens // _TOKENS_PER_UNIT))


@dataclass(frozen=True, slots=True, kw_only=True)
class VisitorRules:
    """How much visitors may send.

    Attributes:
        burst: Units of one visitor at once, after a pause; an ordinary message is one unit.
        per_minute: Units of one visitor a minute, steadily.
        per_day: Units of one visitor in a day (UTC).
        address_factor: How many visitors' allowances all visitors of one network share.
        block_factor: How many networks' allowances all /64 networks of an IPv6 /48 share.
        heavy_share: The part of the daily allowance beyond which a visitor is heavy.
        groups: The allowance of each group of access codes.
    """

    burst: int = 10
    per_minute: float = 20
    per_day: int = 500
    address_factor: float = 5
    block_factor: float = 10
    heavy_share: float = 0.5
    groups: Mapping[str, Allowance] = field(default_factory=dict)

    @property
    def visitor(self) -> Allowance:
        """What one visitor may send."""
        return Allowance(burst=self.burst, per_minute=self.per_minute, per_day=self.per_day)

    @property
    def networks(self) -> tuple[Allowance, ...]:
        """What all visitors of one network may send together, then those of an IPv6 /48."""
        network = self.visitor.times(self.address_factor)
        return network, network.times(self.block_factor)
