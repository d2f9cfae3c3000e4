"""What models take: the limits of those that answer, or of those that return next."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from fallback.core.failure import FailureKind
from fallback.core.hierarchy import Hierarchy, Model, Target
from fallback.core.meter import Meter
from fallback.core.quota import Dimension, LearnedLimit
from fallback.core.windows import FULL, Window
from nexus.waiting_room.core.line import Supply
from nexus.waiting_room.core.supply import supply

NOW = datetime(2026, 11, 27, 12, tzinfo=UTC)
SOON, LATER = NOW + timedelta(minutes=1), NOW + timedelta(hours=1)
HIERARCHY = Hierarchy(name="test", models=(Model("first", "First"), Model("second", "Second")))
LIMITS = {"first": 60, "second": 30}


def meter(key: str) -> Meter:
    limit = LIMITS.get(key)
    if limit is None:
        return Meter()
    return Meter({Dimension.REQUESTS_PER_MINUTE: LearnedLimit(limit, NOW)})


def exhausted(until: datetime, reason: str = FailureKind.RATE_LIMITED) -> Window:
    return Window(until, reason)


def test_models_that_answer_count_together() -> None:
    assert supply(HIERARCHY, {}, meter, NOW) == Supply(per_minute=90)
    assert supply(HIERARCHY, {"first": exhausted(LATER)}, meter, NOW) == Supply(per_minute=30)


def test_a_limit_that_is_not_known_makes_the_sum_unknown() -> None:
    assert supply(HIERARCHY, {}, lambda _: Meter(), NOW) == Supply()


def test_a_limit_that_may_have_risen_since_makes_the_sum_unknown() -> None:
    assert supply(HIERARCHY, {}, meter, NOW + timedelta(hours=1)) == Supply()


def test_while_none_answers_the_one_that_returns_first_counts() -> None:
    windows = {"first": exhausted(LATER), "second": exhausted(SOON)}

    assert supply(HIERARCHY, windows, meter, NOW) == Supply(
        retry_at=SOON, per_minute=30, is_exhausted=True
    )


def test_a_minute_that_we_have_filled_or_a_probe_is_no_refusal() -> None:
    out = {"first": exhausted(SOON), "second": exhausted(SOON)}
    probed = Window(NOW, FailureKind.RATE_LIMITED, leased_until=LATER)

    assert supply(HIERARCHY, out, meter, NOW).is_exhausted
    assert supply(HIERARCHY, out, lambda _: Meter(), NOW).is_exhausted
    assert not supply(HIERARCHY, {**out, "second": exhausted(SOON, FULL)}, meter, NOW).is_exhausted
    assert not supply(HIERARCHY, {**out, "second": probed}, meter, NOW).is_exhausted
    assert not supply(HIERARCHY, {}, meter, NOW).is_exhausted


def test_a_full_minute_keeps_nobody_from_counting_its_model() -> None:
    windows = {"first": exhausted(SOON, FULL), "second": exhausted(LATER)}

    assert supply(HIERARCHY, windows, meter, NOW) == Supply(retry_at=SOON, per_minute=60)


def test_the_reserve_does_not_count() -> None:
    hierarchy = Hierarchy(
        name="test",
        models=HIERARCHY.models,
        targets=(Target(), Target("reserve", is_reserve=True, is_default=False)),
    )

    assert supply(hierarchy, {}, meter, NOW) == Supply(per_minute=90)


def test_where_a_person_has_to_act_nothing_is_taken() -> None:
    windows = {"every-model": exhausted(LATER, FailureKind.UNAUTHORIZED)}

    assert supply(HIERARCHY, windows, meter, NOW).per_minute in (None, 90)
