"""What somebody without a ticket is told of the line."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from fallback.core.availability import Availability, Status
from nexus.waiting_room.core.line import Line, Supply, new_line
from nexus.waiting_room.core.line_ahead import line_ahead

NOW = datetime(2026, 11, 27, 12, tzinfo=UTC)


def in_line(count: int) -> Line:
    line = new_line(NOW).told(wanted=count, confirmed=count)
    return line.paced(Supply(per_minute=60 / 0.95), NOW)


def state(status: Status) -> Availability:
    return Availability(status=status, models=())


def test_a_newcomer_comes_after_all_who_wait() -> None:
    ahead = line_ahead(in_line(90), state(Status.DEGRADED), NOW)

    assert ahead is not None
    assert ahead.waiting == 90
    assert ahead.is_known
    assert ahead.comes_at == NOW + timedelta(seconds=91)


def test_the_line_is_over_soon_after_its_last_number_is_called() -> None:
    ahead = line_ahead(in_line(90), state(Status.DEGRADED), NOW)

    assert ahead is not None
    assert ahead.until == NOW + timedelta(seconds=90 + 40)


@pytest.mark.parametrize("status", [Status.UNAVAILABLE, Status.MISCONFIGURED])
def test_where_no_quota_is_to_blame_the_line_is_not_what_newcomers_wait_for(status: Status) -> None:
    assert line_ahead(in_line(90), state(status), NOW) is None


def test_where_nobody_waits_newcomers_meet_the_models() -> None:
    assert line_ahead(None, state(Status.OPERATIONAL), NOW) is None
    assert line_ahead(new_line(NOW), state(Status.OPERATIONAL), NOW) is None
