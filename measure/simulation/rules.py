"""Rules, side by side: as they are, as they were, and their neighbours."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from measure.simulation.run import Plan

AS_IT_IS = "as it is"

RULES: dict[str, dict[str, Any]] = {
    AS_IT_IS: {},
    "two strikes, 15 s to 300 s": {
        "tripping_failures": 2,
        "tripping_silences": 2,
        "transient_first": 15,
        "transient_cap": 300,
        "silence_first": 15,
        "silence_cap": 300,
        "transient_memory": 60,
        "backoff_seconds": (0.5, 1.0),
        "probe_spread_seconds": 0,
    },
    "three failures in a row": {"tripping_failures": 3},
    "windows of 8 s": {"transient_first": 8, "transient_cap": 8},
    "windows of 15 s": {"transient_first": 15, "transient_cap": 15},
    "probes all at once": {"probe_spread_seconds": 0},
    "a backoff of 0.5 s": {"backoff_seconds": (0.5, 1.0)},
}
"""What each changes, by its name in the report. The second is how it was until November 2026."""


def with_rule(plan: Plan, name: str) -> Plan:
    """A plan with the rules of that name."""
    changes, hierarchy = dict(RULES[name]), plan.settings.hierarchy
    spread_seconds = changes.pop("probe_spread_seconds", plan.settings.probe_spread_seconds)
    backoff_seconds = changes.pop("backoff_seconds", hierarchy.limits.backoff_seconds)
    limits = replace(hierarchy.limits, backoff_seconds=backoff_seconds)
    return plan.with_rules(**changes).with_settings(
        probe_spread_seconds=spread_seconds, hierarchy=replace(hierarchy, limits=limits)
    )
