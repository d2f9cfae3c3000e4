"""What a visitor's page is told, for each state of the windows."""

from datetime import UTC, datetime, timedelta

import pytest

from fallback.core.availability import State, Status, availability
from fallback.core.hierarchy import Hierarchy, Model
from fallback.core.windows import EVERY_MODEL, FULL, Window

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


def test_a_long_window_whose_probe_is_due_lets_a_chat_try() -> None:
    long = Window(NOW + timedelta(hours=9), "quota_exhausted", probe_at=NOW)

    state = availability(HIERARCHY, {"model-a": long, "model-b": long}, NOW)

    assert (state.status, state.available, state.retry_at) == (Status.DEGRADED, True, None)
    assert [(m.state, m.until) for m in state.models] == [(State.PROBING, long.until)] * 2


def test_until_then_it_says_when_a_chat_is_tried_and_when_a_model_is_expected() -> None:
    probe_at = NOW + timedelta(minutes=30)
    long = Window(NOW + timedelta(hours=9), "quota_exhausted", probe_at=probe_at)

    state = availability(HIERARCHY, {"model-a": long, "model-b": long}, NOW)

    assert (state.status, state.available) == (Status.EXHAUSTED, False)
    assert (state.retry_at, state.expected_at) == (probe_at, long.until)


def test_while_others_probe_every_model_a_chat_would_be_refused_for_a_moment() -> None:
    probing = Window(NOW, "rate_limited", leased_until=NOW + timedelta(seconds=20))

    state = availability(HIERARCHY, {"model-a": probing, "model-b": probing}, NOW)

    assert (state.status, state.available) == (Status.EXHAUSTED, False)
    assert (state.retry_at, state.expected_at) == (NOW + timedelta(seconds=2), None)
    assert state.models[0].state is State.PROBING


@pytest.mark.parametrize(
    ("full_for", "status", "retry_in"),
    [(0.3, Status.DEGRADED, None), (2, Status.DEGRADED, None), (2.1, Status.EXHAUSTED, 2.1)],
)
def test_a_minute_that_is_full_for_as_long_as_a_chat_waits_keeps_nobody_out(
    full_for: float, status: Status, retry_in: float | None
) -> None:
    full = Window(NOW + timedelta(seconds=full_for), FULL)

    state = availability(HIERARCHY, {"model-a": full, "model-b": window(20)}, NOW)

    assert (state.status, state.available) == (status, retry_in is None)
    assert state.retry_at == (None if retry_in is None else NOW + timedelta(seconds=retry_in))


def test_without_a_quota_among_the_reasons_it_is_unavailable() -> None:
    down = Window(NOW + timedelta(seconds=8), "overloaded")

    both = availability(HIERARCHY, {"model-a": down, "model-b": down}, NOW)
    mixed = availability(HIERARCHY, {"model-a": down, "model-b": window(9)}, NOW)

    assert (both.status, both.models[0].state) == (Status.UNAVAILABLE, State.UNAVAILABLE)
    assert mixed.status is Status.EXHAUSTED


def test_an_account_that_spends_too_fast_is_exhausted() -> None:
    until = NOW + timedelta(seconds=120)

    state = availability(HIERARCHY, {EVERY_MODEL: Window(until, "spend_rate_limited")}, NOW)

    assert (state.status, state.retry_at) == (Status.EXHAUSTED, until)


def test_no_model_answers_while_the_service_does_not() -> None:
    by_key = Window(NOW + timedelta(seconds=60), "unauthorized")

    refused = availability(HIERARCHY, {EVERY_MODEL: by_key}, NOW)
    keyless = availability(HIERARCHY, {}, NOW, has_key=False)

    assert {model.state for model in (*refused.models, *keyless.models)} == {State.UNAVAILABLE}


def test_a_window_for_large_requests_says_nothing_here() -> None:
    large = Window(NOW + timedelta(seconds=60), "input_quota", min_tokens=1000)

    assert availability(HIERARCHY, {"model-a#input": large}, NOW).status is Status.OPERATIONAL


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
    by_key = Window(NOW + timedelta(seconds=60), "unauthorized")

    state = availability(HIERARCHY, {EVERY_MODEL: by_key}, NOW)

    assert (state.status, state.available, state.retry_at) == (Status.MISCONFIGURED, False, None)


def test_without_a_key_it_is_misconfigured_whatever_the_windows_say() -> None:
    state = availability(HIERARCHY, {"model-a": window(40)}, NOW, has_key=False)

    assert (state.status, state.available, state.retry_at) == (Status.MISCONFIGURED, False, None)
    assert [model.state for model in state.models] == [State.UNAVAILABLE] * 2
