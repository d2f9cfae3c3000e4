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

SMALL = 20
"""Instances: the default of `chat.max_instances` in `infra/`."""


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
        values=(0.5, 1.0, 2.0, 5.0),
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
    "probe-interval": Sweep(
        title="probe interval of long windows (s)",
        scenario="a day's quota that is back after two hours",
        values=(900.0, 1800.0, 3600.0),
        default=default_rules().probe_interval,
        shows={"probes": "probes", "first_used": "recovery to first use (s)"},
        plan=variations.wrong_day,
        seeds=(1, 2, 3, 4, 5),
    ),
}
