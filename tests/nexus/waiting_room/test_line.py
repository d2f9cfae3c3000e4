"""The line as a rule: who is called, when, and what is said of it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from nexus.waiting_room.core.line import Line, Mode, Supply, new_line
from nexus.waiting_room.core.looks import GRACE_SECONDS, Look
from nexus.waiting_room.core.pace import FIRST_PER_SECOND, slowed

NOW = datetime(2026, 11, 27, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)


def at(seconds: float) -> datetime:
    return NOW + timedelta(seconds=seconds)


def waiting(count: int, supply: Supply, *, confirmed: int | None = None) -> Line:
    line = new_line(NOW).told(wanted=count, confirmed=count if confirmed is None else confirmed)
    return line.paced(supply, NOW)


def moved(line: Line, supply: Supply, seconds: range, *, come: float = 1.0) -> Line:
    """The line after so many seconds, in which a part of those called come."""
    before, seen = line.called, 0.0
    for second in seconds:
        called = line.called_at(at(second))
        seen += come * (called - before)
        before = called
        line = line.told(used=int(seen))
        seen -= int(seen)
        line = line.paced(supply, at(second))
    return line


def test_while_no_model_may_be_tried_nobody_is_called() -> None:
    line = waiting(3, Supply(retry_at=NOW + HOUR, per_minute=60))

    assert not line.is_called(1, at(3599))
    assert [line.place(number, NOW) for number in (1, 2, 3)] == [1, 2, 3]
    assert line.waiting(NOW) == 3


def test_the_expected_time_follows_from_the_limit_of_the_model_that_returns() -> None:
    line = waiting(57, Supply(retry_at=NOW + HOUR, per_minute=60))

    assert line.per_second == pytest.approx(0.95)
    expected = line.comes_at(57, NOW)
    assert (expected - NOW - HOUR).total_seconds() == pytest.approx(56 / 0.95)
    assert line.comes_at(1, NOW) == NOW + HOUR


def test_where_no_limit_is_known_the_time_is_unknown_and_worth_a_try_at_one_a_second() -> None:
    line = waiting(57, Supply(retry_at=NOW + HOUR))

    assert line.per_second is None
    assert line.comes_at(57, NOW) == NOW + HOUR + timedelta(seconds=56)


def test_an_instance_that_knows_no_limit_leaves_the_pace_that_another_has_set() -> None:
    line = waiting(57, Supply(retry_at=NOW + HOUR, per_minute=60))

    again = line.paced(Supply(retry_at=NOW + HOUR), at(1))

    assert again.is_known
    assert again.comes_at(57, NOW) == line.comes_at(57, NOW)


def test_a_line_whose_pace_nobody_has_set_moves_at_no_pace() -> None:
    line = new_line(NOW).told(wanted=2, confirmed=2)

    assert not line.is_called(1, NOW + HOUR)
    assert line.comes_at(2, NOW) == at(2)


def test_numbers_are_called_at_the_pace_and_no_further_while_nobody_looks() -> None:
    line = waiting(100, Supply(per_minute=600))

    assert line.called_at(at(1)) == pytest.approx(9.5)
    assert line.called_at(at(2)) == line.called_at(at(60)) == pytest.approx(19)
    assert not line.is_called(10, at(1))
    assert line.is_called(9, at(1))


def test_nobody_is_called_beyond_the_last_number() -> None:
    line = waiting(3, Supply(per_minute=600))

    assert line.called_at(at(2)) == 3
    assert not line.somebody_waits(at(2))
    assert line.waiting(at(2)) == 0


def test_a_place_counts_from_the_first_time_its_ticket_comes_back() -> None:
    line = waiting(5, Supply(retry_at=NOW + HOUR), confirmed=0)

    assert not line.somebody_waits(NOW)
    assert line.told(confirmed=5).somebody_waits(NOW)
    assert line.told(confirmed=99).confirmed == 5  # A number that was never given.


@pytest.mark.parametrize("mode", [Mode.AUTO, Mode.DRAIN])
def test_a_line_in_which_nobody_called_comes_has_nobody_in_it(mode: Mode) -> None:
    line = waiting(100, Supply(per_minute=600)).with_mode(mode)

    assert line.waiting(at(12)) == 81
    assert line.somebody_waits(at(12))
    assert line.waiting(at(12.1)) == 0
    assert not line.somebody_waits(at(12.1))


def test_whoever_is_left_in_such_a_line_keeps_the_place_by_coming_back() -> None:
    supply = Supply(per_minute=600)
    line = waiting(100, supply).paced(supply, at(60))  # A newcomer looks.

    assert not line.somebody_waits(at(60))
    assert line.place(50, at(60)) == 31
    line = line.told(confirmed=50)
    assert line.waiting(at(60)) == 31


def test_a_line_that_has_yet_to_move_is_not_deserted() -> None:
    line = waiting(3, Supply(retry_at=NOW + HOUR))

    assert line.waiting(at(3599)) == 3


def test_those_who_left_do_not_hold_the_line() -> None:
    supply = Supply(per_minute=60)
    line = moved(waiting(1000, supply), supply, range(1, 120), come=0.5)

    assert line.share == pytest.approx(0.5, abs=0.1)
    assert line.per_second == pytest.approx(1.9, rel=0.2)


def test_a_time_is_told_once_it_is_known_who_comes() -> None:
    supply = Supply(per_minute=60)
    line = waiting(1000, Supply(retry_at=NOW, per_minute=60))
    assert line.per_second == pytest.approx(0.95)  # Nobody is called yet: at most so long.

    line = moved(line, supply, range(1, 8))
    assert line.per_second is None
    assert line.pace == pytest.approx(0.95, rel=0.1)
    assert moved(line, supply, range(8, 20)).per_second == pytest.approx(0.95, rel=0.1)


def test_no_time_is_told_while_the_limit_is_felt_for() -> None:
    line = moved(waiting(1000, Supply()), Supply(), range(1, 61))

    assert line.per_second is None
    assert line.pace is not None
    assert line.pace > FIRST_PER_SECOND


def test_the_line_waits_for_those_who_are_called_and_have_not_come() -> None:
    supply = Supply(per_minute=60)
    line = moved(waiting(1000, supply), supply, range(1, 61))
    called = line.called

    for second in range(61, 70):
        line = line.paced(supply, at(second))

    assert line.at > at(69)
    assert line.called < called + 8


def refused(line: Line, second: int, delay: int) -> Line:
    """The line after a 429 that names a delay."""
    supply = Supply(retry_at=at(second + delay), per_minute=60, is_exhausted=True)
    return line.paced(supply, at(second), refused=1)


@pytest.mark.parametrize("delay", [1, 19])  # Of a sliding minute that is full, and of a fixed one.
def test_the_line_falls_to_what_others_leave_and_grows_slowly(delay: int) -> None:
    supply = Supply(per_minute=60)
    line = moved(waiting(1000, supply), supply, range(1, 41), come=0.5)
    assert line.rate == pytest.approx(0.95)

    slower = refused(line, 41, delay)

    assert slower.rate is not None
    assert slower.rate <= 0.6
    later = moved(slower, supply, range(41 + delay, 101 + delay))
    assert later.rate == pytest.approx(1.01 * slower.rate, rel=0.01)
    assert later.paced(supply, at(699)).rate == pytest.approx(1.01 * slower.rate, rel=0.01)
    # What others used ten minutes ago, they may use no more.
    assert later.paced(supply, at(702 + delay)).rate == pytest.approx(0.95)


@pytest.mark.parametrize(
    "supply",
    [
        Supply(per_minute=60),
        Supply(retry_at=at(42), per_minute=60),
        Supply(retry_at=at(131), per_minute=60, is_exhausted=True),
    ],
    ids=["nobody's refusal", "a minute that we have filled", "an outage"],
)
def test_only_a_refusal_that_tells_of_others_makes_the_line_slower(supply: Supply) -> None:
    before = Supply(per_minute=60)
    line = moved(waiting(1000, before), before, range(1, 41), come=0.5)

    assert line.paced(supply, at(41), refused=1).rate == pytest.approx(0.95)


@pytest.mark.parametrize(
    ("rate", "most", "used", "lasted", "expected"),
    [
        (0.95, 0.95, 30, 60, 0.95 * 0.5),
        (0.95, 0.95, 40, 40, 0.95 * 0.5),
        (0.95, None, 30, 60, 0.95 * 0.5),
        (0.95, 0.95, 10, 60, 0.95 * 0.5),  # No less at once.
        (0.5, 0.95, 60, 60, 0.5),
        (0.95, 0.95, 5, 20, 0.95),  # Too short.
        (None, None, 30, 60, None),
    ],
)
def test_how_much_others_leave_is_what_our_part_of_the_full_minute_tells(
    rate: float | None, most: float | None, used: int, lasted: float, expected: float | None
) -> None:
    looks = (Look(0.0, 0.0, 0), Look(lasted, 0.0, used))

    assert slowed(rate, most, looks, lasted) == pytest.approx(expected)


def test_each_model_that_returns_brings_its_part_at_once() -> None:
    line = waiting(1000, Supply(retry_at=at(60), per_minute=6))
    assert line.rate == pytest.approx(0.095)

    line = line.paced(Supply(per_minute=6), at(61))
    line = line.paced(Supply(per_minute=30), at(62))

    assert line.rate == pytest.approx(0.475)


def test_a_slower_pace_stays_as_much_slower_while_models_come_and_go() -> None:
    supply = Supply(per_minute=60)
    line = moved(waiting(1000, supply), supply, range(1, 41), come=0.5)
    slower = refused(line, 41, delay=1)
    assert slower.rate is not None
    assert slower.rate < 0.9 * 0.95

    fewer = slower.paced(Supply(per_minute=30), at(41))
    more = fewer.paced(supply, at(41))

    assert fewer.rate == pytest.approx(slower.rate / 2, rel=0.02)
    assert more.rate == pytest.approx(slower.rate, rel=0.02)


def test_models_of_unknown_limits_are_not_held_to_the_pace_of_a_small_one() -> None:
    line = waiting(1000, Supply(retry_at=at(60), per_minute=2)).paced(Supply(), at(61))

    assert line.rate is not None
    assert line.rate >= FIRST_PER_SECOND


def test_whom_models_have_refused_is_called_again_before_all_others() -> None:
    supply = Supply(per_minute=600)
    line = waiting(1000, supply).told(used=5).paced(supply, at(1))
    assert line.is_called(9, at(1))

    line = line.told(used=-3).paced(Supply(retry_at=at(10), per_minute=600), at(1), refused=3)

    assert line.is_called(6, at(9))
    assert line.place(7, at(1)) == 1
    assert line.place(9, at(1)) == 3


def test_an_unknown_limit_is_felt_for_from_one_a_second_on() -> None:
    supply = Supply()
    line = waiting(10_000, supply)
    assert line.rate == FIRST_PER_SECOND

    line = moved(line, supply, range(1, 31))

    assert line.rate == pytest.approx(1.5**2, rel=0.1)
    again = line.paced(Supply(retry_at=at(60)), at(31))
    assert again.rate == FIRST_PER_SECOND


def test_an_outage_in_the_middle_changes_no_place() -> None:
    supply = Supply(per_minute=60)
    line = moved(waiting(100, supply), supply, range(1, 21))
    called = line.called_at(at(20))

    line = line.paced(Supply(retry_at=at(600), per_minute=60), at(20))
    assert line.called_at(at(599)) == pytest.approx(called)

    line = line.paced(supply, at(601))
    assert line.called_at(at(601)) == pytest.approx(called + 1 + 0.95, abs=0.1)


def test_a_number_that_does_not_come_is_passed_over_after_a_grace_of_the_lines_own_time() -> None:
    supply = Supply(per_minute=60)
    line = moved(waiting(3000, supply), supply, range(1, 60))
    assert not line.is_passed_over(1)

    line = moved(line, supply, range(60, int(GRACE_SECONDS) + 140))

    assert line.is_passed_over(1)
    assert not line.is_passed_over(line.called_at(at(GRACE_SECONDS + 140)))
    assert len(line.looks) < 100


def test_a_pace_is_set_once_a_second_and_only_while_numbers_wait() -> None:
    line = waiting(3, Supply(per_minute=60))

    assert not line.is_due(at(0.5))
    assert line.is_due(at(1.2))
    assert not waiting(3, Supply(per_minute=60_000)).is_due(at(1.2))
    assert line.is_due(at(-5))  # Another instance's clock was ahead.


@pytest.mark.parametrize(
    ("mode", "called", "others_wait"),
    [
        (Mode.AUTO, False, False),
        (Mode.START, False, True),
        (Mode.DRAIN, False, False),
        (Mode.STOP, True, False),
    ],
)
def test_an_operator_starts_drains_and_stops_the_line(
    mode: Mode, *, called: bool, others_wait: bool
) -> None:
    line = waiting(1, Supply(retry_at=NOW + HOUR), confirmed=0).with_mode(mode)

    assert line.is_called(1, NOW) is called
    assert line.somebody_waits(NOW) is others_wait


def test_while_everybody_takes_a_number_newcomers_are_called_as_they_come() -> None:
    line = new_line(NOW).with_mode(Mode.START)
    supply = Supply()
    waits = []
    for second in range(60):  # One a second comes, and returns when called.
        line = line.told(wanted=1, confirmed=line.issued + 1).paced(supply, at(second))
        called = int(line.called_at(at(second + 1)))
        line = line.told(used=called - line.used)
        waits.append(line.waiting(at(second + 1)))

    assert max(waits) <= 2
    assert line.used >= 58


def test_a_line_that_is_drained_serves_those_in_it_and_gives_no_places() -> None:
    supply = Supply(per_minute=600)
    line = waiting(20, supply).with_mode(Mode.DRAIN)

    assert not line.gives_places
    assert line.somebody_waits(at(1))
    for second in (1, 2, 3):
        line = line.told(used=int(line.called_at(at(second))) - line.used)
        line = line.paced(supply, at(second))
    assert not line.somebody_waits(at(3))


def test_a_line_that_is_stopped_lets_everybody_in_at_once() -> None:
    line = waiting(20, Supply(retry_at=NOW + HOUR)).with_mode(Mode.STOP)

    assert line.is_called(20, NOW)
    assert line.waiting(NOW) == 0
    assert not line.gives_places
    again = line.with_mode(Mode.AUTO)
    assert not again.somebody_waits(NOW)  # Those who have left hold up nobody.
    assert again.gives_places


def test_every_process_looks_at_a_line_until_all_are_served_or_while_a_mode_lasts() -> None:
    line = waiting(57, Supply(retry_at=NOW + HOUR, per_minute=60))

    assert line.noted_until(NOW) == line.ends_at(NOW)
    for mode in (Mode.START, Mode.DRAIN, Mode.STOP):
        assert line.with_mode(mode).noted_until(NOW) > NOW + timedelta(days=1)


def test_the_line_ends_when_its_last_number_and_the_grace_are_over() -> None:
    line = waiting(57, Supply(retry_at=NOW + HOUR, per_minute=60))

    assert line.ends_at(NOW) == NOW + HOUR + timedelta(seconds=56 / 0.95 + GRACE_SECONDS)
