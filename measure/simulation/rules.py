"""Rules that Nexus has and might have, side by side."""

from __future__ import annotations

from typing import Any

from measure.simulation.run import Plan
from measure.simulation.scenarios import SCENARIOS

RULES: dict[str, dict[str, Any]] = {
    "as it is": {},
    "no probe without a lease": {"needs_lease": True},
    "spread 2 s": {"probe_spread_seconds": 2.0},
    "both": {"needs_lease": True, "probe_spread_seconds": 2.0},
}
"""What each changes of `measure.simulation.settings.Settings`, by what plots call it."""

RULES_SCENARIOS = ("minute-quota", "all-minute-quotas", "slow-store", "store-outage")
RULES_FLEETS = (20, 100, 500)


def rules_plan(scenario: str, rules: str, instances: int) -> Plan:
    """A scenario with some of the rules that Nexus might have."""
    return SCENARIOS[scenario].plan(instances).with_settings(**RULES[rules])
