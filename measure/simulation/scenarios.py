"""What happens to the fleet: one plan for each scenario, for any number of instances.

Every instance gets a chat a second, so the load grows with the fleet, and so do the quotas.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime

from measure.simulation.run import Plan
from measure.simulation.settings import default_hierarchy
from measure.simulation.store import StoreModel
from measure.simulation.traffic import FleetPlan, TrafficPlan
from measure.simulation.upstream import ModelPlan, Speed, Spell, Trouble

FLEETS = (1, 20, 100)

BEGINS = 20.0
"""When the fault begins, in seconds: by then each instance has read the store."""
ENDS = 80.0
"""When it ends, if it does."""

MODELS = tuple(model.name for model in default_hierarchy().models)
PRIMARY = MODELS[0]


@dataclass(frozen=True, slots=True)
class Scenario:
    """What happens to a fleet.

    Attributes:
        title: The same in a few words.
        plan: All that a run of it depends on, by the number of instances.
    """

    title: str
    plan: Callable[[int], Plan]


def healthy(instances: int) -> Plan:
    """Nothing happens."""
    return Plan(fleet=FleetPlan(instances=instances), seconds=30)


def minute_quota(instances: int) -> Plan:
    """The primary takes half of the load, minute by minute."""
    return Plan(
        fleet=FleetPlan(instances=instances),
        seconds=100,
        models={PRIMARY: ModelPlan(per_minute=30 * instances)},
    )


def all_minute_quotas(instances: int) -> Plan:
    """All models together take five sixths of the load: the rest is refused, and comes again."""
    return Plan(
        fleet=FleetPlan(instances=instances),
        seconds=130,
        models=dict.fromkeys(MODELS, ModelPlan(per_minute=10 * instances)),
    )


def day_quota(instances: int) -> Plan:
    """The primary's day is used up a minute before midnight in California."""
    return Plan(
        fleet=FleetPlan(instances=instances),
        seconds=115,
        models={PRIMARY: ModelPlan(per_day=30 * instances)},
        start=datetime(2026, 11, 23, 7, 58, 30, tzinfo=UTC),
        recovers_at=90,
    )


def outage(instances: int) -> Plan:
    """The primary answers 503 for a minute."""
    return _failing(instances, Trouble.OVERLOADED, (PRIMARY,))


def outage_of_all(instances: int) -> Plan:
    """All models answer 503 for a minute."""
    return _failing(instances, Trouble.OVERLOADED, MODELS)


def silence(instances: int) -> Plan:
    """The primary takes calls and says nothing for a minute."""
    return _failing(instances, Trouble.SILENT, (PRIMARY,))


def retirement(instances: int) -> Plan:
    """The primary is gone for good."""
    spell = Spell(begins=BEGINS, trouble=Trouble.RETIRED)
    return Plan(
        fleet=FleetPlan(instances=instances),
        seconds=50,
        models={PRIMARY: ModelPlan(spells=(spell,))},
    )


def store_outage(instances: int) -> Plan:
    """Firestore says nothing for a minute, in which the primary's day is used up."""
    spell = Spell(begins=BEGINS + 10, trouble=Trouble.DAY)
    return Plan(
        fleet=FleetPlan(instances=instances),
        seconds=120,
        models={PRIMARY: ModelPlan(spells=(spell,))},
        store=StoreModel(outages=((BEGINS, ENDS),)),
    )


def slow_store(instances: int) -> Plan:
    """Each call to Firestore takes ten times as long, while minutes of the primary are used up."""
    return replace(minute_quota(instances), store=StoreModel(read_seconds=0.2, write_seconds=0.4))


def scale_out(instances: int) -> Plan:
    """One instance becomes all within a minute, while the primary's day is used up."""
    spell = Spell(begins=0, trouble=Trouble.DAY)
    return Plan(
        fleet=FleetPlan(instances=instances, starts_with=1, grows_at=10, grows_seconds=60),
        seconds=90,
        models={PRIMARY: ModelPlan(spells=(spell,))},
    )


def drill() -> Plan:
    """`make drills` as it was run: 8 processes on one machine, 100 chats a second, a quick fake.

    What was seen there: 9 calls to a primary that had turned 429, none after 1.5 s.
    """
    spell = Spell(begins=10, trouble=Trouble.DAY)
    return Plan(
        fleet=FleetPlan(instances=8),
        seconds=20,
        models={PRIMARY: ModelPlan(spells=(spell,))},
        store=StoreModel(
            read_seconds=0.01, write_seconds=0.01, document_seconds=0.002, denied_seconds=0.002
        ),
        traffic=TrafficPlan(chats_per_second=12.5),
        speed=Speed(first_text=0.3, rest=0.05, refusal=0.01),
    )


def _failing(instances: int, trouble: Trouble, models: tuple[str, ...]) -> Plan:
    spell = Spell(begins=BEGINS, ends=ENDS, trouble=trouble)
    return Plan(
        fleet=FleetPlan(instances=instances),
        seconds=130,
        models=dict.fromkeys(models, ModelPlan(spells=(spell,))),
        recovers_at=ENDS,
    )


SCENARIOS = {
    "healthy": Scenario("nothing happens", healthy),
    "minute-quota": Scenario("the primary's minute is used up, twice", minute_quota),
    "all-minute-quotas": Scenario("all models' minutes are used up", all_minute_quotas),
    "day-quota": Scenario("the primary's day ends, and begins anew", day_quota),
    "outage": Scenario("the primary is overloaded for a minute", outage),
    "outage-of-all": Scenario("all models are overloaded for a minute", outage_of_all),
    "silence": Scenario("the primary is silent for a minute", silence),
    "retirement": Scenario("the primary is retired", retirement),
    "store-outage": Scenario("no store while the primary's day ends", store_outage),
    "slow-store": Scenario("the same with a store ten times as slow", slow_store),
    "scale-out": Scenario("a fleet grows, without the primary", scale_out),
}
