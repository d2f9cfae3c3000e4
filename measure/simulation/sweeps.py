"""One setting at a time: what another value would cost, and what it would bring.

Each sweep plays one scenario with several values of one setting.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from measure.simulation import scenarios, variations
from measure.simulation.run import Plan
from measure.simulation.settings import Settings, default_rules
from measure.simulation.store import StoreModel
from measure.simulation.traffic import TrafficPlan

SMALL, LARGE = 20, 100
"""Instances: the default of `chat.max_instances` in `infra/`, and five times as many."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sweep:
    """One setting.

    Attributes:
        title: What is varied, with its unit.
        scenario: What happens to the fleet meanwhile.
        values: What is tried.
        default: What the code has.
        shows: The figures that the values are judged by, with the names that plots give them.
        plan: All that a run depends on, by the number of instances, the value and the seed: where
            it matters when something ends, the seed decides.
        fleets: How many instances.
        seeds: Runs whose figures are averaged.
    """

    title: str
    scenario: str
    values: tuple[float, ...]
    default: float
    shows: dict[str, str]
    plan: Callable[[int, Any, int], Plan]
    fleets: tuple[int, ...] = (SMALL,)
    seeds: tuple[int, ...] = (1, 2, 3)


SWEEPS = {
    "max-age": Sweep(
        title="age of a snapshot (s)",
        scenario="outage",
        values=(0.25, 0.5, 1.0, 2.0, 5.0),
        default=Settings().max_age_seconds,
        shows={
            "reads_per_instance_second": "reads per instance and second",
            "wasted_per_instance": "wasted calls per instance",
            "return_seconds": "first probe's success to last chat past the primary (s)",
        },
        plan=lambda instances, value, _: scenarios.outage(instances).with_settings(
            max_age_seconds=value
        ),
    ),
    "per-minute": Sweep(
        title="window of a minute's quota without a delay (s)",
        scenario="minute-quota, unnamed",
        values=(5.0, 15.0, 30.0, 60.0, 90.0, 120.0),
        default=default_rules().per_minute,
        shows={
            "primary_share": "answers by the primary (share; 0.6 would be all)",
            "refused_calls_per_instance": "refused calls per instance",
        },
        plan=variations.unnamed_minute,
        seeds=(1, 2, 3, 4, 5, 6),
    ),
    "probe-interval": Sweep(
        title="probe interval of long windows (s)",
        scenario="a day's quota that is back after two hours",
        values=(300.0, 900.0, 1800.0, 3600.0),
        default=default_rules().probe_interval,
        shows={"probes": "probes", "first_used": "recovery to first use (s)"},
        plan=variations.wrong_day,
        seeds=(1, 2, 3, 4, 5),
    ),
    "lease-margin": Sweep(
        title="lease beyond the first text's 10 s (s)",
        scenario="day-quota, the first probe's process ends",
        values=(0.0, 1.0, 5.0, 15.0),
        default=Settings().lease_margin_seconds,
        shows={"first_used": "recovery to first use (s)", "probes": "probes"},
        plan=variations.crashed_probe,
    ),
    "max-wait": Sweep(
        title="longest wait for the store (s)",
        scenario="slow-store",
        values=(0.05, 0.1, 0.25, 0.5, 1.0, 2.0),
        default=Settings().max_wait_seconds,
        shows={
            "first_text_p99": "wait for the first text, 99th percentile (s)",
            "wasted_per_instance": "wasted calls per instance",
            "probes": "probes",
        },
        plan=lambda instances, value, _: scenarios.slow_store(instances).with_settings(
            max_wait_seconds=value
        ),
    ),
    "document": Sweep(
        title="assumption: how long a write holds its document (s)",
        scenario="minute-quota",
        values=(0.01, 0.02, 0.05, 0.1, 0.25, 1.0),
        default=StoreModel().document_seconds,
        shows={
            "probes": "probes (one would do)",
            "contended": "writes given up",
            "wasted_per_instance": "wasted calls per instance",
        },
        plan=variations.document,
        fleets=(SMALL, LARGE),
    ),
    "rate": Sweep(
        title="assumption: chats per instance and second",
        scenario="minute-quota",
        values=(0.1, 0.5, 1.0, 2.0, 4.0),
        default=TrafficPlan().chats_per_second,
        shows={
            "probes": "probes (one would do)",
            "contended": "writes given up",
            "wasted_per_instance": "wasted calls per instance",
        },
        plan=variations.rate,
        fleets=(SMALL, LARGE),
    ),
}
