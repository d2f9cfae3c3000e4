"""`python -m measure.simulation.limits_report` plays limits of a minute that are offered twice.

Two models take so much a minute, and the next one any number: what is offered to the two is twice
what both take. The figures begin with the fourth minute.
"""

from __future__ import annotations

import sys
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from itertools import product

from measure.simulation.measures import Measures
from measure.simulation.run import Plan, run
from measure.simulation.scenarios import MODELS
from measure.simulation.traffic import FleetPlan, TrafficPlan
from measure.simulation.upstream import ModelPlan

LIMITED = MODELS[:2]
LIMIT = 60
TOKEN_LIMIT = 60_000
MEDIAN_TOKENS = 500.0
LEARNED_AFTER = 180

_MEAN_OF_MEDIAN = 1.649  # Of a lognormal with a sigma of 1.


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """One run.

    Attributes:
        instances: How many.
        minutes: How long.
        is_sliding: Whether the provider counts any 60 seconds; else fixed minutes.
        by_tokens: Whether the limit is one of input tokens.
        meters: Whether limits are kept before the refusal.
        names_limit: Whether refusals name the limit.
        seed: Of the run.
    """

    instances: int
    minutes: int
    is_sliding: bool
    by_tokens: bool = False
    meters: bool = True
    names_limit: bool = True
    seed: int = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """What one run has shown, from the fourth minute on.

    Attributes:
        calls: Calls to the limited models.
        refused: How many of them were refused.
        used: The least share of its limit that one of them has used.
        writes_for_each: Writes of meters for each permit that was given.
        permit_milliseconds: How long half, and 99 of 100, of the requests for a permit took.
    """

    calls: int
    refused: int
    used: float
    writes_for_each: float
    permit_milliseconds: tuple[float, float]


def plan_of(case: Case) -> Plan:
    """The plan of a case."""
    seconds = 60.0 * case.minutes
    limited = {
        model: ModelPlan(
            per_minute=None if case.by_tokens else LIMIT,
            tokens_per_minute=TOKEN_LIMIT if case.by_tokens else None,
            is_sliding=case.is_sliding,
            phase_seconds=17.0 * (1 + number),
            names_limit=case.names_limit,
        )
        for number, model in enumerate(LIMITED)
    }
    mean_tokens = MEDIAN_TOKENS * _MEAN_OF_MEDIAN * 1.25
    a_minute = TOKEN_LIMIT / mean_tokens if case.by_tokens else LIMIT
    chats_per_second = 2 * len(LIMITED) * a_minute / 60 / case.instances
    return Plan(
        fleet=FleetPlan(instances=case.instances),
        seconds=seconds,
        models=limited,
        traffic=TrafficPlan(
            chats_per_second=chats_per_second,
            input_tokens=MEDIAN_TOKENS if case.by_tokens else 0.0,
        ),
    ).with_settings(meters=case.meters)


def play(case: Case) -> Found:
    """Plays a case."""
    measures = run(plan_of(case), case.seed)
    end = 60 * case.minutes
    used = measures.used_tokens if case.by_tokens else measures.used_calls
    limit = TOKEN_LIMIT if case.by_tokens else LIMIT
    shares = [
        sum(used.get(model, [0])[LEARNED_AFTER:end]) / (limit * (case.minutes - 3))
        for model in LIMITED
    ]
    refused = sum(_from_fourth_minute(measures, model, end) for model in LIMITED)
    calls = sum(sum(measures.used_calls[model][LEARNED_AFTER:end]) for model in LIMITED) + refused
    took = sorted(measures.permit_seconds)
    return Found(
        calls=calls,
        refused=refused,
        used=min(shares),
        writes_for_each=measures.counts["writes"] / max(1, len(took)),
        permit_milliseconds=(_at(took, 0.5), _at(took, 0.99)),
    )


def _from_fourth_minute(measures: Measures, model: str, end: int) -> int:
    return sum(measures.refused_calls.get(model, [])[LEARNED_AFTER:end])


def _at(took: list[float], share: float) -> float:
    return round(1000 * took[int(share * (len(took) - 1))], 1) if took else 0.0


CASES = [
    *(
        Case(instances=8, minutes=10, is_sliding=sliding, by_tokens=tokens, meters=meters)
        for meters, tokens, sliding in product((False, True), (False, True), (False, True))
    ),
    *(
        Case(instances=8, minutes=10, is_sliding=sliding, names_limit=False)
        for sliding in (False, True)
    ),
    *(Case(instances=50, minutes=30, is_sliding=sliding) for sliding in (False, True)),
]


def main() -> None:
    """Plays all cases, and prints them."""
    with ProcessPoolExecutor() as pool:
        for case, found in zip(CASES, pool.map(play, CASES), strict=True):
            sys.stdout.write(f"{case}\n    {found}\n")


if __name__ == "__main__":
    main()
