"""What is remembered of past states adds up, whatever the states and the instants are."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fallback.core.availability import Availability, ModelState, State, Status
from fallback.core.failure import FailureKind
from fallback.core.windows import FULL, ISOLATED
from nexus.status.core.cause import Cause, cause_of
from nexus.status.core.history import History, incidents_of, record
from nexus.status.core.incident import SERVICE
from nexus.status.core.tally import DAYS, QUARTERS, Scale, Tally
from nexus.status.history_json import from_body, to_body
from nexus.waiting_room.core.line_ahead import LineAhead
from tools.testkit.states import (
    FIRST,
    SECOND,
    STAND_IN,
    START,
    WELL,
    after,
    limited,
    service,
    silent,
)

PROBED = ModelState(FIRST, State.PROBING, reason=FailureKind.RATE_LIMITED)
WHOLE = service(WELL, STAND_IN)


def recorded(*states: tuple[float, Availability]) -> History:
    """The history of states, each so many seconds after START."""
    history = record(None, WHOLE, START)
    for seconds, availability in states:
        history = record(history, availability, after(seconds))
    return history


IN_LINE = LineAhead(waiting=40, comes_at=after(300.5), is_known=True, until=after(900.5))


@pytest.mark.parametrize(
    ("line", "seconds", "is_news"),
    [
        (None, 1, True),
        (IN_LINE, 29, False),
        (replace(IN_LINE, waiting=1, comes_at=after(2)), 29, False),
        (replace(IN_LINE, waiting=1, comes_at=after(2)), 30, True),
        (replace(IN_LINE, waiting=49), 1, False),
        (replace(IN_LINE, waiting=50), 1, True),
    ],
)
def test_a_line_is_recorded_when_it_begins_ends_or_has_changed_much(
    line: LineAhead | None, seconds: float, is_news: bool
) -> None:
    before = record(recorded(), WHOLE, START, IN_LINE)
    assert before.line == IN_LINE.in_whole_seconds()

    history = record(before, WHOLE, after(seconds), line)

    assert (history is not before) is is_news
    assert from_body(to_body(history)) == history
    assert incidents_of(history) == []


def test_a_history_that_knows_of_no_line_is_read() -> None:
    history = recorded()

    assert from_body(to_body(history).replace(b',"line":null', b"")) == history


def seconds_out(tally: Tally) -> dict[str, int]:
    found: dict[str, int] = {}
    for seconds in tally.values():
        for state, count in seconds.items():
            found[state] = found.get(state, 0) + count
    return found


def test_a_healthy_service_changes_nothing_on_one_day() -> None:
    history = record(None, WHOLE, START)

    assert record(history, WHOLE, after(3600)) is history


def test_on_a_new_day_a_healthy_service_is_recorded_as_such() -> None:
    history = record(recorded(), WHOLE, after(86_400))

    assert history.recorded_at == after(86_400)
    assert history.watched_seconds(DAYS) == 86_400


def test_a_state_that_another_instance_has_recorded_changes_nothing() -> None:
    out = service(limited(FIRST, 40), STAND_IN)
    history = recorded((0.2, out))

    assert record(history, out, after(1)) is history


TOTALS: dict[str, tuple[list[tuple[float, Availability]], dict[str, int]]] = {
    "it answers again": (
        [(0, service(limited(FIRST, 60), STAND_IN)), (40, WHOLE)],
        {State.EXHAUSTED: 40},
    ),
    "nobody asks after its window": (
        [(0, service(limited(FIRST, 60), STAND_IN)), (7200, WHOLE)],
        {State.EXHAUSTED: 60},
    ),
    "its probe fails soon": (
        [
            (0, service(limited(FIRST, 60), STAND_IN)),
            (62, service(limited(FIRST, 180), STAND_IN)),
            (180, WHOLE),
        ],
        {State.EXHAUSTED: 180},
    ),
    "it fails anew much later": (
        [
            (0, service(limited(FIRST, 60), STAND_IN)),
            (600, service(limited(FIRST, 660), STAND_IN)),
            (700, WHOLE),
        ],
        {State.EXHAUSTED: 120},
    ),
    "while it is probed nobody knows": (
        [
            (0, service(limited(FIRST, 60), STAND_IN)),
            (61, service(PROBED, STAND_IN)),
            (70, service(limited(FIRST, 120), STAND_IN)),
            (100, WHOLE),
        ],
        {State.EXHAUSTED: 100 - 1 + 1},
    ),
    "another reason": (
        [
            (0, service(limited(FIRST, 60), STAND_IN)),
            (30, service(silent(FIRST, 60), STAND_IN)),
            (50, WHOLE),
        ],
        {State.EXHAUSTED: 30, State.UNAVAILABLE: 20},
    ),
    "no end is known": (
        [(0, service(ModelState(FIRST, State.UNAVAILABLE), STAND_IN)), (50, WHOLE)],
        {},
    ),
}


@pytest.mark.parametrize("case", TOTALS)
def test_how_long_a_model_was_out(case: str) -> None:
    states, expected = TOTALS[case]
    track = recorded(*states).models[0]

    assert track.outage is None
    assert seconds_out(track.quarters) == expected
    assert seconds_out(track.days) == expected


SERVICE_STATES: dict[str, tuple[Availability, tuple[str, Cause] | None]] = {
    "a later model answers": (
        service(limited(FIRST, 60), STAND_IN),
        (Status.DEGRADED, Cause.LIMIT),
    ),
    "a reserve answers": (
        service(WELL, STAND_IN, status=Status.DEGRADED),
        (Status.DEGRADED, Cause.UNKNOWN),
    ),
    "quotas": (
        service(limited(FIRST, 60), silent(SECOND, 90)),
        (Status.EXHAUSTED, Cause.LIMIT),
    ),
    "one reason": (
        service(silent(FIRST, 60), silent(SECOND, 90)),
        (Status.UNAVAILABLE, Cause.SILENT),
    ),
    "two reasons": (
        service(silent(FIRST, 60), silent(SECOND, 90, FailureKind.OVERLOADED)),
        (Status.UNAVAILABLE, Cause.UNKNOWN),
    ),
    "a rejected key": (
        service(
            silent(FIRST, 60, FailureKind.UNAUTHORIZED),
            silent(SECOND, 60, FailureKind.UNAUTHORIZED),
            status=Status.MISCONFIGURED,
        ),
        (Status.MISCONFIGURED, Cause.SETUP),
    ),
    "nobody knows yet": (service(PROBED, limited(SECOND, 60)), None),
}


@pytest.mark.parametrize("case", SERVICE_STATES)
def test_how_the_service_is(case: str) -> None:
    availability, expected = SERVICE_STATES[case]
    outage = recorded((0, availability)).service.outage

    assert (outage and (outage.state, outage.cause)) == expected


def test_a_service_that_is_down_is_expected_back_with_the_first_model() -> None:
    outage = recorded((0, service(limited(FIRST, 600), limited(SECOND, 40)))).service.outage

    assert outage is not None
    assert outage.until == after(40)


@pytest.mark.parametrize(
    ("reason", "cause"),
    [
        (FailureKind.RATE_LIMITED, Cause.LIMIT),
        (FailureKind.QUOTA_EXHAUSTED, Cause.DAY_LIMIT),
        (FULL, Cause.LIMIT),
        (ISOLATED, Cause.SET_ASIDE),
        (FailureKind.OUT_OF_CREDIT, Cause.SETUP),
        (FailureKind.OVERLOADED, Cause.OVERLOADED),
        (FailureKind.NOT_FOUND, Cause.UNKNOWN),
        (None, Cause.UNKNOWN),
    ],
)
def test_a_cause_gives_nothing_away(reason: str | None, cause: Cause) -> None:
    assert cause_of(reason) is cause


def told(history: History) -> list[tuple[str, datetime, datetime, bool]]:
    return [(i.name, i.start, i.end, i.is_over) for i in incidents_of(history)]


def test_a_short_outage_of_one_model_is_no_incident() -> None:
    history = recorded((0, service(limited(FIRST, 60), STAND_IN)), (60, WHOLE))

    assert told(history) == []


def test_a_long_one_is_from_the_moment_that_its_end_is_known() -> None:
    history = recorded((0, service(limited(FIRST, 3600), STAND_IN)))
    assert told(history) == [(FIRST, START, after(3600), False)]

    assert told(record(history, WHOLE, after(1800))) == [(FIRST, START, after(1800), True)]


def test_one_whose_time_is_up_is_over_though_nobody_has_asked() -> None:
    history = recorded(
        (0, service(limited(FIRST, 3600), STAND_IN)), (3700, service(PROBED, STAND_IN))
    )

    assert told(history) == [(FIRST, START, after(3600), True)]


def test_short_outages_one_after_another_are_one_incident() -> None:
    history = recorded(
        *(
            state
            for at in range(0, 1200, 200)
            for state in ((at, service(limited(FIRST, at + 40), STAND_IN)), (at + 40, WHOLE))
        )
    )

    assert told(history) == [(FIRST, START, after(1040), True)]


def test_every_time_without_any_answer_is_an_incident() -> None:
    down = service(limited(FIRST, 30), limited(SECOND, 30))
    history = recorded((0, down), (30, WHOLE))

    assert told(history) == [(SERVICE, START, after(30), True)]


def test_a_model_that_is_gone_from_the_hierarchy_is_forgotten() -> None:
    history = recorded((0, service(limited(FIRST, 60), STAND_IN)), (1, service(STAND_IN)))

    assert [track.name for track in history.models] == [SECOND]


def test_a_clock_that_is_behind_records_nothing_in_the_past() -> None:
    history = recorded((10, service(limited(FIRST, 60), STAND_IN)), (8, WHOLE))

    assert history.recorded_at == after(10)
    assert seconds_out(history.models[0].days) == {}


def test_an_outage_over_midnight_counts_for_both_days() -> None:
    midnight = 12 * 3600
    out = service(limited(FIRST, midnight + 600), STAND_IN)
    history = recorded((midnight - 60, out), (midnight + 90, WHOLE))

    assert list(history.models[0].days.values()) == [{"exhausted": 60}, {"exhausted": 90}]


def test_what_is_too_old_is_forgotten() -> None:
    day = 86_400
    out = service(limited(FIRST, 3600), STAND_IN)
    history = recorded((0, out), (3600, WHOLE), (day * 2, WHOLE))
    assert history.models[0].quarters == {}
    assert seconds_out(history.models[0].days) == {"exhausted": 3600}

    history = record(history, WHOLE, after(day * 91))
    assert history.models[0].days == {}
    assert incidents_of(history) == []


MODELS = st.sampled_from([WELL, PROBED, "limited", "limited for the day", "silent"])
STEPS = st.lists(
    st.tuples(
        st.one_of(st.integers(0, 200), st.integers(0, 400_000)),
        MODELS,
        st.one_of(st.integers(1, 300), st.integers(1, 200_000)),
        st.booleans(),
    ),
    max_size=12,
)


def played(steps: list[tuple[int, ModelState | str, int, bool]]) -> list[tuple[int, Availability]]:
    states, at = [], 0
    for wait, model, length, is_alone in steps:
        at += wait
        first = {
            "limited": limited(FIRST, at + length),
            "limited for the day": limited(FIRST, at + length, FailureKind.QUOTA_EXHAUSTED),
            "silent": silent(FIRST, at + length),
        }.get(str(model), model)
        assert isinstance(first, ModelState)
        states.append((at, service(first, *([] if is_alone else [STAND_IN]))))
    return states


@given(STEPS)
def test_whatever_happens_the_size_is_bounded_and_no_time_counts_twice(
    steps: list[tuple[int, ModelState | str, int, bool]],
) -> None:
    history = recorded(*played(steps))

    def is_bounded(tally: Tally, scale: Scale) -> bool:
        return set(tally) <= set(scale.starts(history.recorded_at)) and all(
            0 < sum(seconds.values()) <= scale.seconds for seconds in tally.values()
        )

    for track in (history.service, *history.models):
        assert is_bounded(track.quarters, QUARTERS)
        assert is_bounded(track.days, DAYS)
        assert sum(seconds_out(track.days).values()) <= history.watched_seconds(DAYS)
    assert len(history.incidents) <= 50
    assert from_body(to_body(history)) == history
    for later, earlier in pairwise(incidents_of(history)):
        assert later.start >= earlier.start


@given(STEPS)
def test_the_seconds_are_those_from_each_state_to_the_next_or_to_its_end(
    steps: list[tuple[int, ModelState | str, int, bool]],
) -> None:
    states = [(at, s) for at, s in played(steps) if s.models[0].state is not State.PROBING]
    states = [(at % 80_000, s) for at, s in states if at < 40_000]  # One day: nothing is forgotten.
    history = recorded(*states, (40_000, WHOLE))

    expected = 0
    for (at, state), (later, following) in pairwise([*states, (40_000, WHOLE)]):
        model, then = state.models[0], following.models[0]
        if model.until is None:
            continue
        until = int((model.until - START).total_seconds())
        is_same = (model.state, model.reason) == (then.state, then.reason)
        is_proven = is_same and later <= until + 60
        expected += later - at if is_proven else min(later, until) - at
    assert sum(seconds_out(history.models[0].days).values()) == expected


def test_ever_changing_states_leave_fifty_incidents() -> None:
    history = record(None, WHOLE, START)
    for hour in range(80):
        out = service(limited(FIRST, hour * 3600 + 1200), STAND_IN)
        history = record(history, out, after(hour * 3600))
        history = record(history, WHOLE, after(hour * 3600 + 1200))

    assert len(incidents_of(history)) == 50
    assert timedelta(hours=49) <= incidents_of(history)[0].start - incidents_of(history)[-1].start
