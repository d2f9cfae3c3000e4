"""All runs, on all processors, into one value that JSON can hold."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterable
from concurrent.futures import ProcessPoolExecutor
from typing import Any

from measure.simulation.run import Plan, figures, run
from measure.simulation.scenarios import FLEETS, SCENARIOS, drill
from measure.simulation.sweeps import SWEEPS

SEED = 1
DRILL_SEEDS = (1, 2, 3, 4, 5, 6, 7)
SHOWN_FLEET = 100
"""The fleet whose seconds are kept, for the plots of what happens when."""
SERIES = ("answered", "answered_by_primary", "refused", "wasted", "probes", "reads", "writes")

Key = tuple[Any, ...]


def results(names: Iterable[str] = ()) -> dict[str, Any]:
    """Plays everything, or what is named: scenarios, sweeps, `drill`."""
    chosen = set(names)
    return assembled(play([key for key in keys() if not chosen or chosen & {key[0], key[1]}]))


def play(wanted: Iterable[Key]) -> dict[Key, dict[str, Any]]:
    """Plays some runs on all processors, the long ones first."""
    played = {}
    with ProcessPoolExecutor() as pool:
        for key, found in pool.map(_play, sorted(wanted, key=_size, reverse=True)):
            played[key] = found
            print(f"{' '.join(map(str, key))}: {found['took_seconds']:.0f} s", file=sys.stderr)
    return played


def assembled(played: dict[Key, dict[str, Any]]) -> dict[str, Any]:
    """The figures of all runs, each where pages and plots look for it."""
    return {
        "scenarios": {
            name: [_without_series(played[key]) for key in _of(played, "scenario", name)]
            for name in SCENARIOS
            if _of(played, "scenario", name)
        },
        "series": {
            name: played["scenario", name, SHOWN_FLEET, SEED]["series"]
            for name in SCENARIOS
            if ("scenario", name, SHOWN_FLEET, SEED) in played
        },
        "sweeps": {
            name: [
                {"value": value, **_mean([played[k] for k in _at(played, name, instances, value)])}
                for instances in sweep.fleets
                for value in sweep.values
            ]
            for name, sweep in SWEEPS.items()
            if _of(played, "sweep", name)
        },
        "drill": [
            {name: played[key][name] for name in ("refused_calls", "last_wasted")}
            for key in _of(played, "drill", "drill")
        ],
    }


def plan_of(key: Key) -> Plan:
    """The plan that a key stands for."""
    match key:
        case ("scenario", name, instances, _):
            return SCENARIOS[name].plan(instances)
        case ("sweep", name, instances, value, seed):
            return SWEEPS[name].plan(instances, value, seed)
        case ("drill", *_):
            return drill()
    raise ValueError(f"no plan for {key}")


def keys() -> list[Key]:
    """What there is to play."""
    return [
        *(("scenario", name, size, SEED) for name in SCENARIOS for size in FLEETS),
        *(
            ("sweep", name, size, value, seed)
            for name, sweep in SWEEPS.items()
            for size in sweep.fleets
            for value in sweep.values
            for seed in sweep.seeds
        ),
        *(("drill", "drill", seed) for seed in DRILL_SEEDS),
    ]


def _size(key: Key) -> float:
    plan = plan_of(key)
    return plan.fleet.instances * plan.seconds * plan.traffic.chats_per_second


def _play(key: Key) -> tuple[Key, dict[str, Any]]:
    began = time.process_time()
    plan = plan_of(key)
    measures = run(plan, key[-1])
    found = figures(plan, measures)
    found["series"] = {name: measures.series.get(name, []) for name in SERIES}
    found["events"] = measures.counts["events"]
    found["took_seconds"] = round(time.process_time() - began, 2)
    return key, found


def _of(played: dict[Key, Any], kind: str, name: str) -> list[Key]:
    return sorted(key for key in played if key[:2] == (kind, name))


def _at(played: dict[Key, Any], name: str, instances: int, value: float) -> list[Key]:
    return [key for key in _of(played, "sweep", name) if key[2:4] == (instances, value)]


def _without_series(found: dict[str, Any]) -> dict[str, Any]:
    # Times are of the machine, and would make each run's file another one.
    return {name: found[name] for name in found if name not in ("series", "took_seconds")}


def _mean(runs: list[dict[str, Any]]) -> dict[str, float | None]:
    """Figures that a sweep is judged by, averaged over its seeds."""
    each = [_judged(found) for found in runs]
    return {
        name: None
        if any(one[name] is None for one in each)
        else round(sum(one[name] or 0.0 for one in each) / len(each), 4)
        for name in each[0]
    }


def _judged(found: dict[str, Any]) -> dict[str, float | None]:
    instances = found["instances"]
    primary = next(iter(found["answered_by"].values()))
    used, last = found["first_used"], found["used_by_all"]
    return {
        "instances": instances,
        "reads_per_instance_second": found["store_reads"] / instances / found["seconds"],
        "wasted_per_instance": found["wasted"] / instances,
        "refused_calls_per_instance": found["refused_calls"] / instances,
        "probes": found["probes"],
        "contended": found["contended"],
        "late": found["late"],
        "primary_share": primary / found["answered"],
        "first_text_p99": found["first_text_p99"],
        "first_used": used,
        "return_seconds": None if used is None or last is None else last - used,
    }
