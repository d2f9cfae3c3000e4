"""Whole runs: they repeat, lose nothing, and come out as can be worked out by hand."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise
from typing import Any

import pytest

from fallback.core.failure import FailureKind
from measure.simulation.measures import Measures
from measure.simulation.run import Plan, figures, run
from measure.simulation.scenarios import MODELS, PRIMARY, SCENARIOS
from measure.simulation.settings import Settings
from measure.simulation.store import StoreModel
from measure.simulation.sweeps import SWEEPS
from measure.simulation.timeline import Job, Process, Timeline
from measure.simulation.traffic import FleetPlan, TrafficPlan
from measure.simulation.upstream import ModelPlan, Spell, Trouble, meaning
from tools.testkit.time_travel import FakeClock

INSTANCES = 5


def play(name: str, instances: int = INSTANCES, seed: int = 1, **changes: Any) -> Measures:
    return run(replace(SCENARIOS[name].plan(instances), **changes), seed)


@pytest.mark.parametrize("name", list(SCENARIOS))
def test_every_chat_ends_once(name: str) -> None:
    counts = play(name).counts

    assert counts["asked"] == counts["answered"] + counts["refused"] > 0


@pytest.mark.parametrize("name", list(SCENARIOS))
def test_every_call_is_an_answer_or_a_refusal(name: str) -> None:
    counts = play(name).counts

    assert counts["calls"] == counts["answered"] + counts["refused_calls"]
    assert counts["wasted"] <= counts["refused_calls"]


def test_the_same_seed_gives_the_same_figures_and_another_one_others() -> None:
    plan = SCENARIOS["outage"].plan(INSTANCES)

    assert figures(plan, run(plan, 1)) == figures(plan, run(plan, 1))
    assert figures(plan, run(plan, 1)) != figures(plan, run(plan, 2))


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize("instances", [2, 20])
def test_a_window_that_ends_is_probed_once_by_the_whole_fleet(instances: int, seed: int) -> None:
    measures = play("day-quota", instances, seed, seconds=100)

    assert measures.counts["windows"] == measures.counts["probes"] == 1
    assert measures.counts["leases_given"] == 1


def test_the_store_is_not_written_while_all_is_well_and_read_once_a_second_at_most() -> None:
    measures = play("healthy", seconds=60)

    assert measures.counts["writes"] == 0
    assert 0 < measures.counts["reads"] <= INSTANCES * 61
    assert measures.answered_by == {PRIMARY: measures.counts["asked"]}


def test_with_one_instance_no_call_is_wasted_but_those_under_way() -> None:
    measures = play("retirement", 1)

    first = measures.learnings[0]
    assert len(measures.learnings) == 1
    assert first.at == first.all
    assert measures.counts["wasted"] == 0


def test_a_fresh_instance_asks_no_exhausted_model_while_the_store_is_well() -> None:
    assert play("scale-out", 50).counts["wasted"] == 0


def test_without_the_store_each_instance_finds_out_for_itself() -> None:
    measures = play("store-outage", 20)

    assert measures.counts["records"] >= 20
    assert measures.counts["refused"] == 0


def test_a_quota_of_the_minute_gives_as_many_answers_as_it_has() -> None:
    plan = Plan(
        fleet=FleetPlan(instances=5),
        seconds=59,
        models={PRIMARY: ModelPlan(per_minute=70)},
        traffic=TrafficPlan(chats_per_second=2.0),
    )

    assert run(plan, 1).answered_by[PRIMARY] == 70


def test_all_models_gone_is_refused_at_once_and_honestly() -> None:
    gone = ModelPlan(spells=(Spell(begins=0, trouble=Trouble.RETIRED),))
    plan = Plan(fleet=FleetPlan(instances=1), seconds=60, models=dict.fromkeys(MODELS, gone))

    measures = run(plan, 1)

    assert measures.counts["answered"] == 0
    assert measures.refused_for == {"models_unavailable": measures.counts["asked"]}
    assert measures.counts["windows"] == len(MODELS)


def test_a_probe_whose_process_ends_gives_way_when_its_lease_has_run_out() -> None:
    plan = replace(SCENARIOS["day-quota"].plan(INSTANCES), crashes=1)
    limits = plan.settings.hierarchy.limits

    measures = run(plan, 1)

    assert measures.counts["crashed"] == 1
    first, second = measures.probed_at
    lease_seconds = limits.first_text_seconds + plan.settings.lease_margin_seconds
    assert lease_seconds <= second - first < lease_seconds + 2


def test_a_document_takes_one_write_after_another() -> None:
    slow = StoreModel(document_seconds=1.0, denied_seconds=1.0)

    assert play("retirement", 30).counts["contended"] == 0
    assert play("retirement", 30, store=slow).counts["contended"] > 0


@pytest.mark.parametrize("name", list(SWEEPS))
def test_a_sweep_has_the_default_among_its_values_and_changes_something(name: str) -> None:
    sweep = SWEEPS[name]
    plans = [sweep.plan(2, value, 1) for value in sweep.values]

    assert sweep.default in sweep.values
    assert all(one != other for one, other in pairwise(plans))
    assert sweep.plan(2, sweep.default, 1).settings == Settings()


@pytest.mark.parametrize(
    ("reply", "kind"),
    [
        ("per-minute", FailureKind.RATE_LIMITED),
        (Trouble.DAY, FailureKind.QUOTA_EXHAUSTED),
        (Trouble.OVERLOADED, FailureKind.OVERLOADED),
        (Trouble.RETIRED, FailureKind.NOT_FOUND),
    ],
)
def test_a_refusal_is_a_real_reply_and_means_what_it_should(reply: str, kind: FailureKind) -> None:
    assert meaning(reply, PRIMARY, None).kind is kind


def test_a_delay_is_named_or_left_out() -> None:
    assert meaning("per-minute", PRIMARY, "12s").retry_delay_seconds == 12
    unnamed = meaning("per-minute", PRIMARY, None, names_delay=False)
    assert (unnamed.kind, unnamed.retry_delay_seconds) == (FailureKind.RATE_LIMITED, None)


def test_a_process_waits_for_a_job_no_longer_than_it_wants() -> None:
    timeline = Timeline(FakeClock().now())
    job, heard = Job(), []

    def waits(seconds: float) -> Process[None]:
        heard.append((seconds, (yield job, seconds), timeline.seconds))

    for seconds in (0, 1, 5):
        timeline.start(waits(seconds))
    timeline.at(2, lambda: timeline.finish(job))
    timeline.run()
    timeline.start(waits(0))

    assert heard == [(0, False, 0), (1, False, 1), (5, True, 2), (0, True, 5)]
