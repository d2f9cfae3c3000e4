"""Several ways to each model: what is tried, in which order, and what is said of them."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from fallback.core.availability import State, Status, availability
from fallback.core.decision import Attempt, decide
from fallback.core.failure import Failure, FailureKind
from fallback.core.hierarchy import (
    Hierarchy,
    InvalidConfigurationError,
    Limits,
    Model,
    Spread,
    Target,
)
from fallback.core.refusal import Refusal, RefusalReason
from fallback.core.retries import FailedAttempt
from fallback.core.scarcity import is_scarce
from fallback.core.windows import EVERY_MODEL, ISOLATED, Window

NOW = datetime(2026, 11, 27, 12, 0, 0, tzinfo=UTC)
K = FailureKind
MODELS = tuple(Model(name, name.upper()) for name in ("one", "two"))
TARGETS = (Target("main"), Target("second", is_default=False))
HIERARCHY = Hierarchy("test", MODELS, Limits(), TARGETS)
WITH_RESERVE = replace(
    HIERARCHY, targets=(*TARGETS, Target("spare", is_reserve=True, is_default=False))
)


def after(seconds: float) -> datetime:
    return NOW + timedelta(seconds=seconds)


def window(seconds: float, reason: str = K.RATE_LIMITED) -> Window:
    return Window(after(seconds), reason)


def failed(model: str, target: str, kind: FailureKind) -> FailedAttempt:
    return FailedAttempt(model, Failure(kind=kind), NOW, target)


def step(
    *attempts: FailedAttempt,
    windows: dict[str, Window] | None = None,
    hierarchy: Hierarchy = HIERARCHY,
    short: tuple[str, ...] = (),
    is_resuming: bool = False,
) -> Attempt | Refusal:
    return decide(
        hierarchy, windows or {}, attempts, NOW, after(55), short=short, is_resuming=is_resuming
    )


def asked(
    *attempts: FailedAttempt,
    windows: dict[str, Window] | None = None,
    hierarchy: Hierarchy = HIERARCHY,
    short: tuple[str, ...] = (),
    is_resuming: bool = False,
) -> tuple[str, str]:
    """The model and target that are tried."""
    found = step(
        *attempts, windows=windows, hierarchy=hierarchy, short=short, is_resuming=is_resuming
    )
    assert isinstance(found, Attempt), found
    return found.candidate.model.name, found.candidate.target.name


@pytest.mark.parametrize(
    ("spread", "keys"),
    [
        (Spread.TARGET, ["one", "one@second", "two", "two@second"]),
        (Spread.MODEL, ["one", "two", "one@second", "two@second"]),
    ],
)
def test_the_spread_says_what_comes_next(spread: Spread, keys: list[str]) -> None:
    candidates = replace(HIERARCHY, spread=spread).candidates

    assert [candidate.key for candidate in candidates] == keys
    assert {c.target_key for c in candidates} == {EVERY_MODEL, f"{EVERY_MODEL}@second"}


def test_names_of_windows_do_not_depend_on_which_targets_have_a_key_here() -> None:
    without_first = replace(HIERARCHY, targets=TARGETS[1:])

    assert [candidate.key for candidate in without_first.candidates] == ["one@second", "two@second"]


@pytest.mark.parametrize(
    "targets",
    [
        (),
        (Target("a"), Target("a", is_default=False)),
        (Target("a"), Target("b")),
        (Target("A b"),),
        (Target("spare", is_reserve=True),),
    ],
)
def test_targets_that_cannot_work_are_refused(targets: tuple[Target, ...]) -> None:
    with pytest.raises(InvalidConfigurationError, match="targets"):
        Hierarchy("test", MODELS, targets=targets)


def test_a_window_sets_one_target_of_a_model_aside() -> None:
    found = step(windows={"one": window(30)})

    assert isinstance(found, Attempt)
    assert (found.candidate.key, found.fallbacks) == ("one@second", 0)
    assert [(skip.model, skip.target) for skip in found.skipped] == [("one", "main")]
    assert asked(windows={"one": window(30), "one@second": window(30)}) == ("two", "main")


def test_an_overload_moves_to_the_next_target_at_once() -> None:
    found = step(failed("one", "main", K.OVERLOADED))

    assert isinstance(found, Attempt)
    assert (found.candidate.key, found.number, found.starts_at) == ("one@second", 2, NOW)
    both = [failed("one", target, K.OVERLOADED) for target in ("main", "second")]
    assert asked(*both) == ("two", "main")


def test_a_target_alone_is_tried_again_after_a_pause() -> None:
    found = step(failed("one", "main", K.OVERLOADED), windows={"one@second": window(30)})

    assert isinstance(found, Attempt)
    assert (found.candidate.key, found.starts_at) == ("one", after(0.25))


def test_an_answer_that_broke_off_goes_on_by_another_target_of_its_model() -> None:
    found = asked(failed("one", "main", K.INCOMPLETE_ANSWER), is_resuming=True)
    assert found == ("two", "main"), "the model itself may be the cause"
    found = asked(failed("one", "main", K.CONNECTION_FAILED), is_resuming=True)
    assert found == ("one", "second")


@pytest.mark.parametrize("kind", [K.UNAUTHORIZED, K.OUT_OF_CREDIT, K.SPEND_RATE_LIMITED])
def test_a_refused_account_sets_its_target_aside_and_not_the_service(kind: FailureKind) -> None:
    assert asked(failed("one", "main", kind)) == ("one", "second")
    assert asked(windows={EVERY_MODEL: window(60, kind)}) == ("one", "second")
    windows = {EVERY_MODEL: window(60, kind)}
    assert availability(HIERARCHY, windows, NOW).status is Status.OPERATIONAL


def test_the_service_is_misconfigured_when_no_target_is_left() -> None:
    windows = {name: window(60, K.UNAUTHORIZED) for name in (EVERY_MODEL, f"{EVERY_MODEL}@second")}

    found = step(windows=windows)

    assert isinstance(found, Refusal)
    assert found.reason is RefusalReason.SERVICE_MISCONFIGURED
    assert availability(HIERARCHY, windows, NOW).status is Status.MISCONFIGURED
    found = step(*(failed("one", target, K.UNAUTHORIZED) for target in ("main", "second")))
    assert isinstance(found, Refusal)
    assert found.reason is RefusalReason.SERVICE_MISCONFIGURED


def test_a_target_that_spends_too_fast_returns_though_another_needs_a_person() -> None:
    windows = {
        EVERY_MODEL: window(60, K.UNAUTHORIZED),
        f"{EVERY_MODEL}@second": window(120, K.SPEND_RATE_LIMITED),
    }

    found = step(windows=windows)

    assert isinstance(found, Refusal)
    assert (found.reason, found.retry_at) == (RefusalReason.MODELS_EXHAUSTED, after(120))
    assert availability(HIERARCHY, windows, NOW).retry_at == after(120)


def test_nobody_waits_for_a_target_that_needs_a_person() -> None:
    windows = {
        EVERY_MODEL: window(60, K.UNAUTHORIZED),
        "one@second": window(300),
        "two@second": window(200),
    }

    found, state = step(windows=windows), availability(HIERARCHY, windows, NOW)

    assert isinstance(found, Refusal)
    assert (found.reason, found.retry_at) == (RefusalReason.MODELS_EXHAUSTED, after(200))
    assert (state.status, state.retry_at) == (Status.EXHAUSTED, after(200))
    assert [model.until for model in state.models] == [after(300), after(200)]


def test_a_person_can_stop_every_target() -> None:
    windows = {EVERY_MODEL: window(600, ISOLATED)}

    found = step(windows=windows)

    assert isinstance(found, Refusal)
    assert found.retry_at == after(600)
    assert not availability(HIERARCHY, windows, NOW).available


def test_what_one_target_says_of_a_request_holds_for_its_model() -> None:
    assert asked(failed("one", "main", K.CONTEXT_TOO_LONG)) == ("two", "main")
    assert asked(failed("one", "main", K.INVALID_REQUEST)) == ("two", "main")
    assert asked(failed("one", "main", K.NOT_FOUND)) == ("one", "second")


def test_a_model_is_available_as_long_as_one_target_is() -> None:
    state = availability(HIERARCHY, {"one": window(30), "two": window(30)}, NOW)

    assert state.status is Status.OPERATIONAL
    assert [model.state for model in state.models] == [State.AVAILABLE, State.AVAILABLE]
    assert not is_scarce(HIERARCHY, {"one": window(30)}, NOW)
    assert is_scarce(HIERARCHY, {"one": window(30), "one@second": window(30)}, NOW)


def test_a_reserve_is_used_when_quotas_keep_the_others_out() -> None:
    others = {"one": window(30), "one@second": window(30)}

    assert asked(hierarchy=WITH_RESERVE) == ("one", "main")
    assert asked(hierarchy=WITH_RESERVE, windows=others) == ("one", "spare")
    assert availability(WITH_RESERVE, others, NOW).status is Status.OPERATIONAL


def test_a_reserve_is_used_for_a_model_that_is_nearly_out() -> None:
    failures = [failed("one", target, K.OVERLOADED) for target in ("main", "second")]

    assert asked(*failures, hierarchy=WITH_RESERVE) == ("two", "main")
    assert asked(*failures, hierarchy=WITH_RESERVE, short=("one",)) == ("one", "spare")


def test_a_reserve_is_used_before_a_chat_is_refused() -> None:
    silent = {name: window(30, K.TIMED_OUT) for name in ("one", "one@second", "two", "two@second")}

    assert asked(hierarchy=WITH_RESERVE, windows=silent) == ("one", "spare")
    assert availability(WITH_RESERVE, silent, NOW).status is Status.DEGRADED
