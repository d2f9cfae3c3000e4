"""What a visitor's page is told, for each state of the windows."""

from datetime import UTC, datetime, timedelta

from fallback.core.availability import State, Status, availability
from fallback.core.hierarchy import Hierarchy, Model
from fallback.core.windows import EVERY_MODEL, Window

NOW = datetime(2026, 11, 22, 12, 0, 0, tzinfo=UTC)
HIERARCHY = Hierarchy("test", (Model("model-a", "A"), Model("model-b", "B")))


def window(seconds: float) -> Window:
    return Window(NOW + timedelta(seconds=seconds), "rate_limited")


def test_without_windows_it_is_operational() -> None:
    state = availability(HIERARCHY, {}, NOW)

    assert (state.status, state.available, state.retry_at) == (Status.OPERATIONAL, True, None)
    assert [model.state for model in state.models] == [State.AVAILABLE] * 2


def test_models_whose_windows_have_ended_may_answer_and_have_not_proved_it() -> None:
    ended = {"model-a": window(0), "model-b": window(-9), EVERY_MODEL: window(0)}

    state = availability(HIERARCHY, ended, NOW)

    assert (state.status, state.available, state.retry_at) == (Status.DEGRADED, True, None)
    assert [model.state for model in state.models] == [State.PROBING] * 2
    assert [model.until for model in state.models] == [None, None]


def test_a_long_window_that_may_be_probed_is_still_a_window() -> None:
    long = Window(NOW + timedelta(hours=9), "quota_exhausted", probe_at=NOW)

    state = availability(HIERARCHY, {"model-a": long, "model-b": long}, NOW)

    assert (state.status, state.retry_at) == (Status.EXHAUSTED, long.until)


def test_without_the_primary_it_is_degraded() -> None:
    state = availability(HIERARCHY, {"model-a": window(30)}, NOW)

    assert (state.status, state.available, state.retry_at) == (Status.DEGRADED, True, None)
    assert state.models[0].until == window(30).until


def test_without_a_later_model_it_is_operational() -> None:
    state = availability(HIERARCHY, {"model-b": window(30)}, NOW)

    assert state.status is Status.OPERATIONAL


def test_without_any_model_it_is_exhausted_until_the_first_is_back() -> None:
    state = availability(HIERARCHY, {"model-a": window(40), "model-b": window(20)}, NOW)

    assert (state.status, state.available) == (Status.EXHAUSTED, False)
    assert state.retry_at == window(20).until


def test_a_window_over_the_service_is_a_misconfiguration_without_an_instant() -> None:
    state = availability(HIERARCHY, {EVERY_MODEL: window(60)}, NOW)

    assert (state.status, state.available, state.retry_at) == (Status.MISCONFIGURED, False, None)


def test_without_a_key_it_is_misconfigured_whatever_the_windows_say() -> None:
    state = availability(HIERARCHY, {"model-a": window(40)}, NOW, has_key=False)

    assert (state.status, state.available, state.retry_at) == (Status.MISCONFIGURED, False, None)
    assert [model.state for model in state.models] == [State.EXHAUSTED, State.AVAILABLE]
