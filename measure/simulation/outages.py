"""Short outages, chance and quiet services: what the rules of windows are judged by."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from measure.simulation import scenarios
from measure.simulation.run import Plan
from measure.simulation.scenarios import BEGINS, ENDS, PRIMARY
from measure.simulation.traffic import FleetPlan, TrafficPlan
from measure.simulation.upstream import ModelPlan, Spell, Trouble


@dataclass(frozen=True, slots=True)
class Outage:
    """One row of the report.

    Attributes:
        title: What happens, in a few words.
        plan: All that a run of it depends on, by the number of instances.
        fleets: How many instances are tried.
    """

    title: str
    plan: Callable[[int], Plan]
    fleets: tuple[int, ...] = (20, 100)


def ten_seconds(instances: int) -> Plan:
    """The primary answers 503 for ten seconds."""
    return _spells(instances, 50, Spell(begins=BEGINS, ends=30, trouble=Trouble.OVERLOADED))


def flapping(instances: int) -> Plan:
    """It fails for five seconds and is well for five, for a minute."""
    return _spells(
        instances,
        90,
        *(
            Spell(begins=at, ends=at + 5, trouble=Trouble.OVERLOADED)
            for at in range(int(BEGINS), int(ENDS), 10)
        ),
    )


def by_chance(instances: int) -> Plan:
    """It is well, but answers 2 % of its calls with 503."""
    spell = Spell(begins=0, trouble=Trouble.OVERLOADED, share=0.02)
    return Plan(
        fleet=FleetPlan(instances=instances),
        seconds=40,
        models={PRIMARY: ModelPlan(spells=(spell,))},
    )


def half_an_hour(instances: int) -> Plan:
    """The primary answers 503 for half an hour, in a quiet service."""
    ends = BEGINS + 1800
    spell = Spell(begins=BEGINS, ends=ends, trouble=Trouble.OVERLOADED)
    return Plan(
        fleet=FleetPlan(instances=instances),
        seconds=ends + 400,
        models={PRIMARY: ModelPlan(spells=(spell,))},
        traffic=TrafficPlan(chats_per_second=0.05),
        recovers_at=ends,
    )


def each_four_seconds(_: int) -> Plan:
    """A chat each 4 s, and the primary is down for a minute."""
    return _regular(4, seconds=150, ends=ENDS, trouble=Trouble.OVERLOADED)


def dead_each_minute(_: int) -> Plan:
    """A chat a minute for half an hour, and the primary fails for 20 minutes of it."""
    return _regular(60, seconds=1800, ends=BEGINS + 1200, trouble=Trouble.OVERLOADED)


def silent_each_minute(_: int) -> Plan:
    """The same with a primary that takes calls and says nothing."""
    return _regular(60, seconds=1800, ends=BEGINS + 1200, trouble=Trouble.SILENT)


def _spells(instances: int, seconds: float, *spells: Spell) -> Plan:
    return Plan(
        fleet=FleetPlan(instances=instances),
        seconds=seconds,
        models={PRIMARY: ModelPlan(spells=spells)},
        recovers_at=spells[-1].ends,
    )


def _regular(every_seconds: float, *, seconds: float, ends: float, trouble: Trouble) -> Plan:
    return Plan(
        fleet=FleetPlan(instances=1),
        seconds=seconds,
        models={PRIMARY: ModelPlan(spells=(Spell(begins=BEGINS, ends=ends, trouble=trouble),))},
        traffic=TrafficPlan(every_seconds=every_seconds),
        recovers_at=ends,
    )


OUTAGES = {
    "by-chance": Outage("2 % of the primary's calls fail by chance", by_chance, (20, 100, 500)),
    "minute": Outage("the primary is overloaded for a minute", scenarios.outage),
    "ten-seconds": Outage("the primary is overloaded for ten seconds", ten_seconds, (20,)),
    "flapping": Outage("the primary fails for 5 s, is well for 5 s, and so on", flapping, (20,)),
    "half-an-hour": Outage("the primary is overloaded for half an hour", half_an_hour, (20,)),
    "silence": Outage("the primary is silent for a minute", scenarios.silence, (20,)),
    "all-models": Outage("all models are overloaded for a minute", scenarios.outage_of_all, (20,)),
    "each-four-seconds": Outage("a minute's outage, one chat each 4 s", each_four_seconds, (1,)),
    "dead-each-minute": Outage("a dead primary, one chat a minute", dead_each_minute, (1,)),
    "silent-each-minute": Outage("a silent primary, one chat a minute", silent_each_minute, (1,)),
}
