"""Every failure, at every stage: the page of the docs is what really happens."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from measure.fault_matrix.cell import Condition
from measure.fault_matrix.faults import Stage, all_faults
from measure.fault_matrix.matrix import PAGE, Bench, Results, bench, page
from tools.emulator.replies import canned_replies

pytestmark = pytest.mark.slow

FAULTS = list(all_faults())
# All of them under every condition take minutes: `make fault-matrix` does that.
SAMPLE = FAULTS[::8]


@pytest.fixture(scope="module")
def one_bench() -> Iterator[Bench]:
    with bench() as one:
        yield one


@pytest.fixture(scope="module")
def healthy(one_bench: Bench) -> Results:
    results = one_bench.play_all(FAULTS, Condition.HEALTHY)
    if page(results) == PAGE.read_text():
        return results
    # A busy machine can make a model too late: only what happens again counts.
    return one_bench.play_all(FAULTS, Condition.HEALTHY)


def test_every_reply_that_has_been_seen_is_played_at_every_stage_at_which_it_can_come() -> None:
    names = {(fault.name, fault.stage) for fault in FAULTS}

    assert len(names) == len(FAULTS)
    for name, reply in canned_replies().items():
        assert any(fault.behaviour == name for fault in FAULTS)
        if isinstance(reply.body, dict) and "error" in reply.body:
            stages = {stage for found, stage in names if found == f"{name} as an event"}
            assert stages == {Stage.FIRST_TEXT, Stage.MIDDLE, Stage.END}


def test_the_page_is_current(healthy: Results) -> None:
    assert page(healthy) == PAGE.read_text(), "run: make fault-matrix"


def test_a_visitor_gets_an_answer_as_long_as_one_model_can_give_it(healthy: Results) -> None:
    for (fault, all_models, _), outcome in healthy.items():
        if all_models or "service_misconfigured" in outcome.visitor:
            continue
        of_everybody = [what for place, what in outcome.windows if place == 0]
        assert outcome.visitor.startswith("an answer") or of_everybody, fault


@pytest.mark.parametrize(
    "condition", [condition for condition in Condition if condition is not Condition.HEALTHY]
)
def test_a_store_in_trouble_changes_nothing(
    one_bench: Bench, healthy: Results, condition: Condition
) -> None:
    expected = {case: what for case, what in healthy.items() if case[0] in SAMPLE}

    assert expected in (one_bench.play_all(SAMPLE, condition) for _ in range(2))
