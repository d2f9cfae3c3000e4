"""One run: all parts together, from a seed to figures."""

from __future__ import annotations

import math
import random
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Any

from measure.simulation.chats import Chats
from measure.simulation.instance import Instance
from measure.simulation.measures import Measures
from measure.simulation.settings import Settings
from measure.simulation.store import MeterStore, Store, StoreModel
from measure.simulation.timeline import Timeline
from measure.simulation.traffic import Fleet, FleetPlan, TrafficPlan, Visitors
from measure.simulation.upstream import ModelPlan, Speed, Upstream

NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """All that a run depends on, but for its seed.

    Attributes:
        fleet: How many instances.
        seconds: How long visitors come and ask; what is under way then may end.
        models: What is wrong with which model; all others are well.
        store: How quick and how well the store is.
        traffic: How many ask.
        speed: How quick models are.
        settings: Nexus's settings and rules.
        start: The instant at which it begins (UTC).
        crashes: So many probes are the last thing that their processes do.
        recovers_at: When the primary is well again; None where it is not, or where that repeats.
    """

    fleet: FleetPlan
    seconds: float
    models: dict[str, ModelPlan] = field(default_factory=dict)
    store: StoreModel = field(default_factory=StoreModel)
    traffic: TrafficPlan = field(default_factory=TrafficPlan)
    speed: Speed = field(default_factory=Speed)
    settings: Settings = field(default_factory=Settings)
    start: datetime = NOON
    crashes: int = 0
    recovers_at: float | None = None

    def with_settings(self, **changes: Any) -> Plan:
        """The same with other settings or rules of Nexus."""
        return replace(self, settings=replace(self.settings, **changes))

    def with_rules(self, **changes: Any) -> Plan:
        """The same with other rules of windows."""
        return self.with_settings(rules=replace(self.settings.rules, **changes))


def run(plan: Plan, seed: int) -> Measures:
    """Plays a plan. The same plan and seed give the same figures, on any machine."""
    timeline = Timeline(plan.start)
    settings = plan.settings
    watched = settings.hierarchy.models[0].name
    measures = Measures(timeline, watched, plan.fleet.instances, plan.seconds)

    def chance(of: str) -> random.Random:
        # Each part has its own, so that another setting of one does not change another's luck.
        return random.Random(f"{seed} {of}")

    store = Store(timeline, plan.store, chance("store"), measures)
    meters = MeterStore(timeline, plan.store, chance("meters"), measures)
    upstream = Upstream(timeline, plan.models, chance("upstream"), plan.speed)
    chats = Chats(
        timeline,
        upstream,
        settings,
        chance("backoff"),
        measures,
        crashes=plan.crashes,
        sizes=chance("sizes"),
        input_tokens=plan.traffic.input_tokens,
    )
    jitter = chance("jitter")
    fleet = Fleet(
        timeline,
        plan.fleet,
        lambda: Instance(timeline, store, settings, jitter, measures, meters=meters),
        chance("balancer"),
    )
    visitors = Visitors(
        timeline,
        plan.traffic,
        chats,
        fleet,
        hierarchy=settings.hierarchy,
        store=store,
        until=plan.seconds,
        chance=chance("visitors"),
        measures=measures,
    )
    timeline.start(visitors.come())
    timeline.run()
    measures.counts["events"] = timeline.events
    return measures


def figures(plan: Plan, measures: Measures) -> dict[str, Any]:
    """What a run has shown, as it stands in the results."""
    counts, hottest = measures.counts, measures.hottest()
    return {
        "instances": plan.fleet.instances,
        "seconds": plan.seconds,
        "visitors": counts["visitors"],
        "chats": counts["asked"],
        "answered": counts["answered"],
        "answered_by": {
            model.name: measures.answered_by[model.name] for model in plan.settings.hierarchy.models
        },
        "refused": counts["refused"],
        "refused_for": dict(measures.refused_for),
        "crashed": counts["crashed"],
        "left": counts["left"],
        "calls": counts["calls"],
        "refused_calls": counts["refused_calls"],
        "wasted": counts["wasted"],
        "probes": counts["probes"],
        "failed_probes": counts["failed_probes"],
        "windows": counts["windows"],
        "records": counts["records"],
        "late": counts["late"],
        "passed_by": counts["passed_by"],
        "passed_by_while_well": counts["passed_by_while_well"],
        "chats_while_well": counts["asked_while_well"],
        "leases_given": counts["leases_given"],
        "leases_denied": counts["leases_denied"],
        "store_reads": counts["reads"],
        "store_writes": counts["writes"],
        "documents_read": counts["documents_read"],
        "contended": counts["contended"],
        "instances_in_trouble": counts["without_store_most"],
        "reads_in_a_second": measures.peak("reads"),
        "operations_in_a_second": measures.peak("reads", "writes"),
        "hottest": hottest,
        "first_text_p50": _rounded(measures.first_text_percentile(0.5)),
        "first_text_p99": _rounded(measures.first_text_percentile(0.99)),
        "longest_wait": _rounded(max(measures.first_texts, default=math.nan)),
        **_learning(plan, measures),
        **_recovery(plan, measures),
    }


def _learning(plan: Plan, measures: Measures) -> dict[str, Any]:
    """How long it took until instances knew: the longest of all windows of the primary."""
    is_growing = plan.fleet.starts_with is not None  # Then nobody can say when all know.

    def longest(name: str) -> float | None:
        took = [
            getattr(learning, name) - learning.at
            for learning in measures.learnings
            if getattr(learning, name) is not None
        ]
        return _rounded(max(took)) if took and not is_growing else None

    return {
        "windows_of_primary": len(measures.learnings),
        "set_aside_at": _rounded(measures.learnings[0].at) if measures.learnings else None,
        "half_know": longest("half"),
        "nearly_all_know": longest("nearly"),
        "all_know": longest("all"),
        "last_wasted": longest("last_wasted"),
    }


def _recovery(plan: Plan, measures: Measures) -> dict[str, Any]:
    """How long after its recovery the primary was first used, and last passed by."""
    if plan.recovers_at is None:
        return {"first_used": None, "used_by_all": None}
    used = [at for at in measures.used_at if at >= plan.recovers_at]
    passed_by = measures.passed_by_at
    return {
        "first_used": _rounded(used[0] - plan.recovers_at) if used else None,
        "used_by_all": None if passed_by is None else _rounded(passed_by - plan.recovers_at),
    }


def _rounded(seconds: float) -> float | None:
    return None if math.isnan(seconds) else round(seconds, 3)
