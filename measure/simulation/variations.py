"""Scenarios for sweeps: each by the number of instances, the value that is tried, and the seed.

Where it matters when something ends, the seed decides: otherwise one value would be lucky.
"""

from __future__ import annotations

from measure.simulation.run import Plan
from measure.simulation.scenarios import BEGINS, PRIMARY
from measure.simulation.traffic import FleetPlan, TrafficPlan
from measure.simulation.upstream import ModelPlan, Spell, Trouble

HOUR = 3600.0


def wrong_day(instances: int, interval_seconds: float, seed: int) -> Plan:
    """A 429 that names the day, for 90 minutes and more; noon is far from midnight."""
    ends = 1.5 * HOUR + 600.0 * seed
    spell = Spell(begins=BEGINS, ends=ends, trouble=Trouble.DAY)
    plan = Plan(
        fleet=FleetPlan(instances=instances),
        seconds=ends + 1.1 * HOUR,
        models={PRIMARY: ModelPlan(spells=(spell,))},
        traffic=TrafficPlan(chats_per_second=0.01),
        recovers_at=ends,
    )
    return plan.with_rules(probe_interval=interval_seconds)
