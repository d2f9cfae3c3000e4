"""What a request does next, case by case."""

from datetime import UTC, datetime, timedelta

import pytest

from fallback.core.availability import Status, availability
from fallback.core.decision import Attempt, decide
from fallback.core.failure import Failure, FailureKind, confirmed
from fallback.core.hierarchy import Hierarchy, Limits, Model
from fallback.core.refusal import Refusal, RefusalReason, Skipped, SkipReason
from fallback.core.retries import FailedAttempt
from fallback.core.windows import EVERY_MODEL, ISOLATED, Window

NOW = datetime(2026, 11, 22, 12, 0, 0, tzinfo=UTC)
A, B, C = (Model(name, name.upper()) for name in ("model-a", "model-b", "model-c"))
HIERARCHY = Hierarchy("test", (A, B, C), Limits())
K = FailureKind


def after(seconds: float) -> datetime:
    return NOW + timedelta(seconds=seconds)


DEADLINE = after(55)


def window(seconds: float) -> Window:
    return Window(after(seconds), "rate_limited")


def failed(
    model: Model, kind: FailureKind, at: float = 0, delay: float | None = None
) -> FailedAttempt:
    return FailedAttempt(model.name, Failure(kind=kind, retry_delay_seconds=delay), after(at))


def next_step(
    windows: dict[str, Window] | None = None,
    attempts: list[FailedAttempt] | None = None,
    at: float = 0,
    *,
    is_resuming: bool = False,
    jitter: float = 0.0,
) -> Attempt | Refusal:
    return decide(
        HIERARCHY,
        windows or {},
        attempts or [],
        after(at),
        DEADLINE,
        is_resuming=is_resuming,
        jitter=jitter,
    )


def attempt(
    windows: dict[str, Window] | None = None,
    attempts: list[FailedAttempt] | None = None,
    at: float = 0,
    *,
    is_resuming: bool = False,
    jitter: float = 0.0,
) -> Attempt:
    step = next_step(windows, attempts, at, is_resuming=is_resuming, jitter=jitter)
    assert isinstance(step, Attempt), step
    return step


def refusal(
    windows: dict[str, Window] | None = None,
    attempts: list[FailedAttempt] | None = None,
    at: float = 0,
) -> Refusal:
    step = next_step(windows, attempts, at)
    assert isinstance(step, Refusal), step
    return step


def test_the_primary_is_tried_first_and_at_once() -> None:
    assert attempt() == Attempt(
        candidate=HIERARCHY.candidates[0],
        number=1,
        fallbacks=0,
        probes=(),
        starts_at=NOW,
        first_text_by=after(10),
        ends_by=DEADLINE,
        has_alternative=True,
        skipped=(),
    )


def test_models_with_an_open_window_are_passed_over() -> None:
    step = attempt({"model-a": window(30), "model-b": window(0)})

    assert (step.model, step.fallbacks) == (B, 1)
    assert step.skipped == (Skipped("model-a", SkipReason.WINDOW, after(30), "rate_limited"),)


def test_a_model_whose_window_is_over_is_tried_as_a_probe() -> None:
    assert attempt({"model-a": window(0)}).probes == ("model-a",)
    assert attempt({"model-b": window(0)}).probes == ()


def test_while_another_request_probes_a_model_it_is_passed_over() -> None:
    probing = Window(NOW, "rate_limited", leased_until=after(20))

    step = attempt({"model-a": probing})

    assert step.model is B
    assert step.skipped == (Skipped("model-a", SkipReason.PROBING, after(2), "rate_limited"),)


def test_where_all_else_is_exhausted_the_result_of_a_probe_is_near() -> None:
    probing = Window(NOW, "rate_limited", leased_until=after(20))

    step = refusal({"model-a": probing, "model-b": window(30), "model-c": window(40)})

    assert step.reason is RefusalReason.MODELS_EXHAUSTED
    assert step.retry_at == after(2)


def test_when_the_service_s_window_is_over_one_request_probes_it_and_its_model() -> None:
    windows = {EVERY_MODEL: window(0), "model-a": window(0)}
    assert attempt(windows).probes == (EVERY_MODEL, "model-a")

    windows[EVERY_MODEL] = Window(NOW, "unauthorized", leased_until=after(20))
    assert refusal(windows).reason is RefusalReason.SERVICE_MISCONFIGURED


def test_an_answer_is_continued_by_a_model_that_has_not_failed_it() -> None:
    broken = [failed(A, K.CONNECTION_FAILED)]

    assert attempt(attempts=broken).model is A
    assert attempt(attempts=broken, is_resuming=True).model is B


def test_an_answer_is_continued_by_the_model_that_broke_if_there_is_no_other() -> None:
    windows = {"model-b": window(30), "model-c": window(30)}

    step = attempt(windows, [failed(A, K.CONNECTION_FAILED)], is_resuming=True)

    assert (step.model, step.number) == (A, 2)


def test_a_model_of_another_hierarchy_does_not_matter() -> None:
    assert attempt({"model-z": window(30)}).model is A


@pytest.mark.parametrize("kind", [K.OVERLOADED, K.SERVER_ERROR, K.CONNECTION_FAILED])
def test_a_second_attempt_waits_a_quarter_of_a_second(kind: FailureKind) -> None:
    step = attempt(attempts=[failed(A, kind, at=1)], at=1)

    assert (step.model, step.number, step.starts_at) == (A, 2, after(1.25))
    assert step.first_text_by == after(11.25)


def test_jitter_lengthens_the_backoff_by_up_to_a_half() -> None:
    assert attempt(attempts=[failed(A, K.OVERLOADED)], jitter=0.8).starts_at == after(0.35)


def test_time_that_has_passed_since_the_failure_counts() -> None:
    assert attempt(attempts=[failed(A, K.OVERLOADED, at=0)], at=3).starts_at == after(3)


@pytest.mark.parametrize(
    "kind", [K.RATE_LIMITED, K.QUOTA_EXHAUSTED, K.NOT_FOUND, K.TIMED_OUT, K.UNKNOWN]
)
def test_no_second_attempt_where_it_cannot_help(kind: FailureKind) -> None:
    step = attempt(attempts=[failed(A, kind)])

    assert (step.model, step.number, step.starts_at) == (B, 1, NOW)
    assert step.skipped == (Skipped("model-a", SkipReason.SPENT, cause=kind),)


def test_no_second_attempt_before_an_instant_that_the_provider_named() -> None:
    assert attempt(attempts=[failed(A, K.OVERLOADED, delay=20.0)]).model is B


def test_two_attempts_and_then_the_next_model() -> None:
    twice = [failed(A, K.OVERLOADED), failed(A, K.OVERLOADED, at=0.6)]

    assert attempt(attempts=twice, at=1).model is B


def test_a_window_that_the_first_attempt_opened_ends_the_second() -> None:
    assert attempt({"model-a": window(15)}, [failed(A, K.OVERLOADED)]).model is B


def test_more_attempts_wait_longer() -> None:
    limits = Limits(attempts_per_model=3, backoff_seconds=(0.5, 1.0))
    twice = [failed(A, K.OVERLOADED), failed(A, K.OVERLOADED, at=0.6)]

    step = decide(Hierarchy("test", (A,), limits), {}, twice, after(0.6), DEADLINE)

    assert isinstance(step, Attempt)
    assert (step.number, step.starts_at) == (3, after(1.6))


def test_earlier_models_leave_time_to_the_last_one() -> None:
    slow = [failed(A, K.TIMED_OUT, at=40)]

    step = attempt(attempts=slow, at=40)

    assert (step.model, step.first_text_by) == (B, after(45))


def test_when_no_more_than_the_reserve_is_left_the_next_model_has_all_of_it() -> None:
    step = attempt(attempts=[failed(A, K.TIMED_OUT, at=47)], at=47)

    assert (step.model, step.fallbacks, step.first_text_by) == (B, 1, DEADLINE)


def test_the_reserve_never_goes_to_a_model_that_has_just_broken_off() -> None:
    broken = [failed(A, K.INCOMPLETE_ANSWER, at=47)]

    step = attempt(attempts=broken, at=47, is_resuming=True)

    assert (step.model, step.first_text_by) == (B, DEADLINE)


@pytest.mark.parametrize("kind", [K.INCOMPLETE_ANSWER, K.EMPTY_ANSWER, K.UNUSABLE_ANSWER])
def test_a_reply_of_no_use_asks_the_other_models_first_and_three_calls_in_all(
    kind: FailureKind,
) -> None:
    once = [failed(A, kind)]
    twice = [*once, failed(B, kind)]

    assert attempt(attempts=once).model is B
    assert attempt(attempts=twice).model is C
    assert attempt({"model-b": window(9), "model-c": window(9)}, once).number == 2
    step = refusal(attempts=[*twice, failed(C, kind)])
    assert (step.reason, step.retry_at) == (RefusalReason.NO_USABLE_ANSWER, None)


def test_where_every_model_s_reply_was_of_no_use_waiting_does_not_help() -> None:
    alone = Hierarchy("test", (A,), Limits())
    twice = [failed(A, K.EMPTY_ANSWER), failed(A, K.EMPTY_ANSWER)]

    assert decide(alone, {}, twice, NOW, DEADLINE) == Refusal(
        reason=RefusalReason.NO_USABLE_ANSWER,
        skipped=(Skipped(A.name, SkipReason.SPENT, cause=K.EMPTY_ANSWER),),
    )


def test_the_last_resort_is_a_model_that_has_not_just_broken() -> None:
    """At 43 s ten are still kept, and no model that has failed this request gets them."""
    broken = [failed(A, K.CONNECTION_FAILED, at=43)]

    step = attempt({"model-b": window(99)}, broken, 43.5, is_resuming=True)

    assert (step.model, step.first_text_by) == (C, after(53.5))


def test_one_model_that_is_forbidden_is_skipped_and_a_second_one_is_the_key() -> None:
    first = Failure(kind=K.FORBIDDEN, status=403)
    refused = (A.name, first)

    assert attempt(attempts=[failed(A, K.FORBIDDEN)]).model is B
    assert confirmed(first, A.name, []) is first
    assert confirmed(first, A.name, [refused]) is first
    second = confirmed(first, B.name, [refused])
    assert (second.kind, second.status) == (K.UNAUTHORIZED, 403)
    other = Failure(kind=K.OVERLOADED)
    assert confirmed(other, B.name, [refused]) is other


def test_a_service_that_is_stopped_by_hand_is_unavailable_until_then() -> None:
    windows = {EVERY_MODEL: Window(after(3600), ISOLATED)}

    refused = refusal(windows)

    assert (refused.reason, refused.retry_at) == (RefusalReason.MODELS_UNAVAILABLE, after(3600))
    assert {skip.cause for skip in refused.skipped} == {ISOLATED}
    state = availability(HIERARCHY, windows, NOW)
    assert (state.status, state.retry_at) == (Status.UNAVAILABLE, after(3600))


def test_an_account_that_spends_too_fast_is_exhausted_for_minutes() -> None:
    windows = {EVERY_MODEL: Window(after(120), K.SPEND_RATE_LIMITED)}

    step = refusal(windows)
    assert (step.reason, step.retry_at) == (RefusalReason.MODELS_EXHAUSTED, after(120))
    step = refusal(attempts=[failed(A, K.SPEND_RATE_LIMITED)])
    assert (step.reason, step.retry_at) == (RefusalReason.MODELS_EXHAUSTED, after(5))


def test_a_size_window_keeps_out_large_requests_only() -> None:
    windows = {"model-a#input": Window(after(30), K.INPUT_QUOTA, min_tokens=1000)}

    small = decide(HIERARCHY, windows, [], NOW, DEADLINE, tokens=999)
    large = decide(HIERARCHY, windows, [], NOW, DEADLINE, tokens=1000)
    later = decide(HIERARCHY, windows, [], after(30), DEADLINE, tokens=1000)

    assert isinstance(small, Attempt)
    assert isinstance(large, Attempt)
    assert isinstance(later, Attempt)
    assert (small.model, large.model, later.model) == (A, B, A)
    assert large.skipped[0].reason is SkipReason.TOO_LARGE
    assert later.probes == ()


@pytest.mark.parametrize(
    ("cause", "reason"),
    [
        (K.CONTEXT_TOO_LONG, RefusalReason.CONTEXT_LENGTH_EXCEEDED),
        (K.INPUT_QUOTA, RefusalReason.MODELS_EXHAUSTED),
        (K.UNNAMED_QUOTA, RefusalReason.MODELS_EXHAUSTED),
    ],
)
def test_a_request_that_every_size_window_keeps_out_costs_no_call(
    cause: FailureKind, reason: RefusalReason
) -> None:
    windows = {
        f"{model.name}#input": Window(after(30), cause, min_tokens=1000) for model in (A, B, C)
    }

    step = decide(HIERARCHY, windows, [], NOW, DEADLINE, tokens=5000)

    assert isinstance(step, Refusal)
    assert step.reason is reason


def test_a_request_above_every_input_quota_is_too_long() -> None:
    quota = Failure(kind=K.INPUT_QUOTA, quota_value=1000)
    tried = [FailedAttempt(model.name, quota, NOW) for model in (A, B, C)]

    over = decide(HIERARCHY, {}, tried, NOW, DEADLINE, tokens=2000)
    within = decide(HIERARCHY, {}, tried, NOW, DEADLINE, tokens=900)

    assert isinstance(over, Refusal)
    assert isinstance(within, Refusal)
    assert over.reason is RefusalReason.CONTEXT_LENGTH_EXCEEDED
    assert within.reason is RefusalReason.MODELS_EXHAUSTED


def test_without_a_quota_among_the_reasons_models_are_unavailable() -> None:
    down = {model.name: Window(after(8), "overloaded") for model in (A, B, C)}

    assert refusal(down).reason is RefusalReason.MODELS_UNAVAILABLE
    down["model-b"] = Window(after(9), "rate_limited")
    assert refusal(down).reason is RefusalReason.MODELS_EXHAUSTED
    silent = [failed(model, K.TIMED_OUT) for model in (A, B, C)]
    assert refusal(attempts=silent).reason is RefusalReason.MODELS_UNAVAILABLE


def test_a_refusal_says_when_a_model_is_tried_and_when_one_is_expected() -> None:
    day = Window(after(30_000), "quota_exhausted", probe_at=after(1800))
    later = Window(after(40_000), "quota_exhausted", probe_at=after(900))

    step = refusal({"model-a": day, "model-b": later, "model-c": later})

    assert (step.retry_at, step.expected_at) == (after(900), after(30_000))


def test_the_last_model_is_the_last_that_may_be_tried() -> None:
    step = attempt({"model-c": window(99)}, [failed(A, K.TIMED_OUT, at=50)], at=50)

    assert (step.model, step.first_text_by) == (B, DEADLINE)
    assert step.skipped == (Skipped("model-a", SkipReason.SPENT, cause=K.TIMED_OUT),)


def test_all_exhausted_is_refused_until_the_first_window_ends() -> None:
    windows = {"model-a": window(40), "model-b": window(20), "model-c": window(30)}

    step = refusal(windows)

    assert (step.reason, step.retry_at) == (RefusalReason.MODELS_EXHAUSTED, after(20))
    assert [skip.model for skip in step.skipped] == ["model-a", "model-b", "model-c"]


def test_models_that_failed_without_a_window_may_be_asked_again_soon() -> None:
    step = refusal(
        {"model-a": window(40)}, [failed(B, K.UNKNOWN, at=1), failed(C, K.UNKNOWN, at=1)], at=1
    )

    assert (step.reason, step.retry_at) == (RefusalReason.MODELS_EXHAUSTED, after(6))
    assert step.expected_at is None


def test_no_time_for_any_model_is_the_deadline() -> None:
    step = refusal(attempts=[failed(A, K.TIMED_OUT, at=54.5)], at=54.5)

    assert (step.reason, step.retry_at) == (RefusalReason.DEADLINE_EXCEEDED, None)


@pytest.mark.parametrize("deadline_seconds", [0.1, 1.0, 1.5])
def test_a_request_with_little_time_in_all_has_one_attempt(deadline_seconds: float) -> None:
    hierarchy = Hierarchy("test", (A, B), Limits().within(deadline_seconds))

    first = decide(hierarchy, {}, [], NOW, after(deadline_seconds))
    later = after(deadline_seconds * 0.6)
    second = decide(hierarchy, {}, [failed(A, K.TIMED_OUT, at=0.6)], later, after(deadline_seconds))

    assert isinstance(first, Attempt)
    assert first.model is A
    assert isinstance(second, Refusal)
    assert second.reason is RefusalReason.DEADLINE_EXCEEDED


def test_a_window_over_the_service_refuses_everything() -> None:
    step = refusal({EVERY_MODEL: Window(after(10), "unauthorized")})

    assert (step.reason, step.retry_at) == (RefusalReason.SERVICE_MISCONFIGURED, None)


def test_the_service_s_window_ends_too() -> None:
    assert attempt({EVERY_MODEL: window(0)}).model is A


@pytest.mark.parametrize("kind", [K.UNAUTHORIZED, K.UNSUPPORTED_REGION, K.OUT_OF_CREDIT])
def test_a_failure_of_the_whole_service_tries_no_other_model(kind: FailureKind) -> None:
    assert refusal(attempts=[failed(A, kind)]).reason is RefusalReason.SERVICE_MISCONFIGURED


def test_an_invalid_request_is_shown_to_one_other_model() -> None:
    once = [failed(A, K.INVALID_REQUEST)]

    assert attempt(attempts=once).model is B
    twice = [*once, failed(B, K.INVALID_REQUEST)]
    assert refusal(attempts=twice).reason is RefusalReason.INVALID_REQUEST


def test_an_invalid_request_is_invalid_where_no_other_model_is_left() -> None:
    windows = {"model-b": window(9), "model-c": window(9)}

    step = refusal(windows, [failed(A, K.INVALID_REQUEST)])

    assert step.reason is RefusalReason.INVALID_REQUEST


def test_a_conversation_too_long_for_every_model_is_too_long() -> None:
    tried = [failed(model, K.CONTEXT_TOO_LONG) for model in (A, B)]

    assert attempt(attempts=tried).model is C
    step = refusal(attempts=[*tried, failed(C, K.CONTEXT_TOO_LONG)])
    assert (step.reason, step.retry_at) == (RefusalReason.CONTEXT_LENGTH_EXCEEDED, None)


def test_a_model_that_could_not_be_asked_may_have_the_longer_context() -> None:
    tried = [failed(model, K.CONTEXT_TOO_LONG) for model in (A, B)]

    step = refusal({"model-c": window(30)}, tried)

    assert (step.reason, step.retry_at) == (RefusalReason.MODELS_EXHAUSTED, after(30))
