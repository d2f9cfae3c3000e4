"""What must always hold, whatever the windows, the attempts and the time."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from fallback.core.availability import Status, availability
from fallback.core.decision import MIN_ATTEMPT_SECONDS, Attempt, decide
from fallback.core.failure import Failure, FailureKind, Scope
from fallback.core.hierarchy import Hierarchy, Limits, Model
from fallback.core.refusal import MAX_USELESS_REPLIES, Refusal, RefusalReason, SkipReason
from fallback.core.retries import FailedAttempt
from fallback.core.window_rules import WindowRules, window_after
from fallback.core.windows import EVERY_MODEL, ISOLATED, Phase, Window, merge

NOW = datetime(2026, 11, 22, 12, 0, 0, tzinfo=UTC)
NAMES = [f"model-{letter}" for letter in "abcdefghij"]

seconds = st.floats(-100, 200)
failures = st.builds(
    Failure,
    kind=st.sampled_from(list(FailureKind)),
    retry_delay_seconds=st.none() | st.floats(0, 1000),
)


@st.composite
def limits(draw: st.DrawFn) -> Limits:
    attempts = draw(st.integers(1, 4))
    deadline = draw(st.floats(2, 100))
    pauses = draw(st.lists(st.floats(0, 5), min_size=max(1, attempts - 1), max_size=5))
    return Limits(
        attempts_per_model=attempts,
        backoff_seconds=tuple(pauses),
        deadline_seconds=deadline,
        first_text_seconds=draw(st.floats(0.1, 60)),
        last_resort_seconds=draw(st.floats(0, deadline * 0.9)),
    )


hierarchies = st.builds(
    lambda size, limits: Hierarchy(
        "test", tuple(Model(name, name.title()) for name in NAMES[:size]), limits
    ),
    st.integers(1, 10),
    limits(),
)
windows = st.dictionaries(
    st.sampled_from([*NAMES, EVERY_MODEL]),
    st.builds(
        lambda until, probe_at, leased_until: Window(
            until=NOW + timedelta(seconds=until),
            reason="x",
            probe_at=None if probe_at is None else NOW + timedelta(seconds=probe_at),
            leased_until=None if leased_until is None else NOW + timedelta(seconds=leased_until),
        ),
        seconds,
        st.none() | seconds,
        st.none() | seconds,
    ),
)
attempts = st.lists(
    st.builds(
        lambda name, failure, s: FailedAttempt(name, failure, NOW - timedelta(seconds=s)),
        st.sampled_from(NAMES),
        failures,
        st.floats(0, 10),
    ),
    max_size=12,
)
jitters = st.floats(0, 1, exclude_max=True)


@given(hierarchies, windows, attempts, seconds, jitters)
def test_every_decision_keeps_the_rules(
    hierarchy: Hierarchy,
    windows: dict[str, Window],
    attempts: list[FailedAttempt],
    deadline_in: float,
    jitter: float,
) -> None:
    deadline = NOW + timedelta(seconds=deadline_in)

    step = decide(hierarchy, windows, attempts, NOW, deadline, jitter=jitter)

    if isinstance(step, Refusal):
        if step.retry_at is not None:
            assert step.reason in (
                RefusalReason.MODELS_EXHAUSTED,
                RefusalReason.MODELS_UNAVAILABLE,
            )
            assert step.retry_at > NOW
            assert step.expected_at is None or step.expected_at > step.retry_at
        return

    # Never a model that is set aside, and never any while the service is. With the lease of a
    # probe, and only of what is due.
    against = [name for name in (EVERY_MODEL, step.model.name) if name in windows]
    assert all(windows[name].phase(NOW) is Phase.DUE for name in against)
    assert step.probes == tuple(against)
    assert all(attempted.failure.scope is not Scope.SERVICE for attempted in attempts)
    # Bounded by the limits.
    tried = [attempted for attempted in attempts if attempted.model == step.model.name]
    assert step.number == len(tried) + 1 <= hierarchy.limits.attempts_per_model or not tried
    # Nothing starts after the deadline, or without time to say anything.
    assert step.starts_at >= NOW
    useful = timedelta(seconds=MIN_ATTEMPT_SECONDS)
    assert step.starts_at + useful <= deadline
    assert step.starts_at < step.first_text_by <= step.ends_by == deadline
    # The earliest that is permitted: each model before it has its reason, or has given nothing of
    # use, for which it comes later.
    useless = {a.model for a in attempts if a.failure.is_useless_reply}
    before = [model.name for model in hierarchy.models[: step.fallbacks]]
    assert hierarchy.models[step.fallbacks] == step.model
    skipped = [skip.model for skip in step.skipped]
    assert sorted({*skipped, *useless.intersection(before)}) == sorted(before)
    assert len(skipped) == len(set(skipped))
    for skip in step.skipped:
        if skip.reason is SkipReason.WINDOW:
            assert windows[skip.model].phase(NOW) is Phase.OPEN
            assert skip.until is not None
            assert NOW < skip.until <= windows[skip.model].until


@given(hierarchies, windows, st.data())
def test_what_check_availability_says_is_what_a_chat_would_meet(
    hierarchy: Hierarchy, windows: dict[str, Window], data: st.DataObject
) -> None:
    # What is too long opens windows for its size alone.
    kinds = set(FailureKind) - {FailureKind.CONTEXT_TOO_LONG}
    reasons = st.sampled_from([*sorted(kinds), ISOLATED])
    windows = {name: replace(window, reason=data.draw(reasons)) for name, window in windows.items()}

    said = availability(hierarchy, windows, NOW)
    limit = timedelta(seconds=hierarchy.limits.deadline_seconds)
    step = decide(hierarchy, windows, [], NOW, NOW + limit)

    assert said.available == isinstance(step, Attempt)
    if isinstance(step, Refusal):
        assert (step.retry_at, step.expected_at) == (said.retry_at, said.expected_at)
        statuses = {
            RefusalReason.MODELS_EXHAUSTED: Status.EXHAUSTED,
            RefusalReason.MODELS_UNAVAILABLE: Status.UNAVAILABLE,
            RefusalReason.SERVICE_MISCONFIGURED: Status.MISCONFIGURED,
        }
        assert said.status is statuses[step.reason]
    for instant in (said.retry_at, said.expected_at):
        assert instant is None or instant > NOW
    if said.retry_at is not None and not any(w.leased_until for w in windows.values()):
        later = decide(hierarchy, windows, [], said.retry_at, said.retry_at + limit)
        assert isinstance(later, Attempt)


@given(hierarchies, st.data())
def test_a_request_ends_within_its_attempts_and_its_deadline(
    hierarchy: Hierarchy, data: st.DataObject
) -> None:
    """Plays whole requests: random failures, windows opened as they ask for."""
    now = NOW
    deadline = NOW + timedelta(seconds=hierarchy.limits.deadline_seconds)
    windows: dict[str, Window] = {}
    attempts: list[FailedAttempt] = []
    most = len(hierarchy.models) * hierarchy.limits.attempts_per_model
    while True:
        step = decide(hierarchy, windows, attempts, now, deadline)
        if isinstance(step, Refusal):
            break
        assert isinstance(step, Attempt)
        assert len(attempts) < most
        took = data.draw(st.floats(0, (step.first_text_by - step.starts_at).total_seconds()))
        now = step.starts_at + timedelta(seconds=took)
        failure = data.draw(failures)
        attempts.append(FailedAttempt(step.model.name, failure, now))
        window = window_after(failure, now, WindowRules())
        if window is not None:
            key = EVERY_MODEL if failure.scope is Scope.SERVICE else step.model.name
            windows = merge(windows, {key: window})
    assert now <= deadline
    if any(attempted.failure.scope is Scope.SERVICE for attempted in attempts):
        assert attempts[-1].failure.scope is Scope.SERVICE
    assert sum(attempted.failure.is_useless_reply for attempted in attempts) <= MAX_USELESS_REPLIES
