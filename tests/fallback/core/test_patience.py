"""When a request waits for a model to return."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from fallback.core.decision import Attempt, decide
from fallback.core.hierarchy import Hierarchy, Model
from fallback.core.patience import worth_waiting
from fallback.core.refusal import Refusal, RefusalReason, Skipped, SkipReason
from fallback.core.windows import Window

NOW = datetime(2026, 11, 27, 12, 0, 0, tzinfo=UTC)
HIERARCHY = Hierarchy("test", (Model("one", "One"), Model("two", "Two")))


def after(seconds: float) -> datetime:
    return NOW + timedelta(seconds=seconds)


def refusal(
    seconds: float | None,
    reason: RefusalReason = RefusalReason.MODELS_EXHAUSTED,
    skip: SkipReason = SkipReason.WINDOW,
) -> Refusal:
    retry_at = None if seconds is None else after(seconds)
    return Refusal(reason=reason, retry_at=retry_at, skipped=(Skipped("one", skip),))


@pytest.mark.parametrize(
    ("step", "until"),
    [
        (refusal(1), after(1)),
        (refusal(1, RefusalReason.MODELS_UNAVAILABLE), after(1)),
        (refusal(3), None),
        (refusal(None), None),
        (refusal(None, RefusalReason.SERVICE_MISCONFIGURED), None),
        (refusal(1, RefusalReason.DEADLINE_EXCEEDED), None),
        (refusal(9, skip=SkipReason.PROBING), after(2)),
    ],
)
def test_a_refused_request_waits_for_what_returns_in_time(
    step: Refusal, until: datetime | None
) -> None:
    assert worth_waiting(step, HIERARCHY, after(2)) == until


def test_only_who_prefers_it_waits_rather_than_step_down() -> None:
    patient = replace(HIERARCHY, waits_for_first=True)
    windows = {"one": Window(after(1), "rate_limited")}
    step = decide(patient, windows, [], NOW, after(55))
    assert isinstance(step, Attempt)

    assert worth_waiting(step, HIERARCHY, after(2)) is None
    assert worth_waiting(step, patient, after(2)) == after(1)
    assert worth_waiting(step, patient, after(0.5)) is None
    first = decide(patient, {}, [], NOW, after(55))
    assert worth_waiting(first, patient, after(2)) is None
