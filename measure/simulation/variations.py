"""Scenarios for sweeps: each by the number of instances, the value that is tried, and the seed.

Where it matters when something ends, the seed decides: otherwise one value would be lucky.
"""

from __future__ import annotations

from dataclasses import replace

from measure.simulation import scenarios
from measure.simulation.run import Plan
from measure.simulation.scenarios import BEGINS, PRIMARY
from measure.simulation.settings import default_rules
from measure.simulation.store import StoreModel
from measure.simulation.traffic import FleetPlan, TrafficPlan
from measure.simulation.upstream import ModelPlan, Spell, Trouble

HOUR = 3600.0


def unnamed_minute(instances: int, seconds: float, seed: int) -> Plan:
    """The primary takes from 35 % to 85 % of the load."""
    plan = scenarios.minute_quota(instances)
    model = ModelPlan(per_minute=60 * instances * (0.25 + 0.1 * seed), names_delay=False)
    return replace(plan, seconds=360, models={PRIMARY: model}).with_rules(
        per_minute=seconds,
        per_minute_cap=max(seconds, default_rules().per_minute_cap),
    )


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


def crashed_probe(instances: int, margin_seconds: float, _: int) -> Plan:
    """The primary is well again at midnight, and the process that probes it first ends."""
    plan = replace(scenarios.day_quota(instances), crashes=1, seconds=130)
    return plan.with_settings(lease_margin_seconds=margin_seconds)


def document(instances: int, seconds: float, _: int) -> Plan:
    """A write holds its document for another time."""
    plan = scenarios.minute_quota(instances)
    return replace(plan, store=StoreModel(document_seconds=seconds))


def rate(instances: int, per_second: float, _: int) -> Plan:
    """More chats, or fewer, and a quota of half of them."""
    plan = scenarios.minute_quota(instances)
    model = ModelPlan(per_minute=30 * instances * per_second)
    traffic = TrafficPlan(chats_per_second=per_second)
    return replace(plan, models={PRIMARY: model}, traffic=traffic)
