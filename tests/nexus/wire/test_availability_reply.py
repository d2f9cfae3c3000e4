"""The status object says what check-availability says, and nothing more."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import jsonschema_rs
import pytest

from fallback.availability_report import availability_report
from fallback.core.availability import Availability, ModelState, State, Status
from nexus.waiting_room.core.line import Line, Supply, new_line
from nexus.wire.availability_reply import for_newcomers, status_object
from tools.testkit.serving import REPOSITORY

OPENAPI: dict[str, Any] = json.loads((REPOSITORY / "docs" / "openapi.json").read_text())
STATUS_OBJECT = jsonschema_rs.validator_for(
    {"$ref": "#/components/schemas/StatusObject", "components": OPENAPI["components"]}
)
NOW = datetime(2026, 11, 22, 12, 0, 0, tzinfo=UTC)
EXHAUSTED = Availability(
    status=Status.EXHAUSTED,
    retry_at=NOW + timedelta(seconds=30),
    expected_at=NOW + timedelta(seconds=90),
    models=(ModelState("Gemini 3.8 Flash", State.EXHAUSTED, NOW + timedelta(seconds=30)),),
)


def test_the_object_agrees_with_check_availability() -> None:
    version, body = status_object(EXHAUSTED, NOW)
    told = json.loads(body)
    report = availability_report(EXHAUSTED, NOW)

    assert told["version"] == version
    assert set(told) - set(report) == {"version", "serving"}
    assert all(told[name] == report[name] for name in set(told) & set(report))


def test_its_version_changes_with_the_state_and_not_with_time() -> None:
    later, _ = status_object(EXHAUSTED, NOW + timedelta(seconds=5))
    recovered = Availability(
        status=Status.OPERATIONAL, models=(ModelState("Gemini 3.8 Flash", State.AVAILABLE),)
    )

    assert later == status_object(EXHAUSTED, NOW)[0]
    assert later != status_object(recovered, NOW)[0]


def test_while_others_wait_a_newcomer_would_not_be_tried() -> None:
    line = new_line(NOW).told(wanted=10, confirmed=10).paced(Supply(per_minute=60), NOW)
    free = Availability(
        status=Status.OPERATIONAL, models=(ModelState("Gemini 3.8 Flash", State.AVAILABLE),)
    )
    broken = replace(free, status=Status.UNAVAILABLE)

    newcomers = for_newcomers(free, line, NOW)
    assert (newcomers.status, newcomers.available) == (Status.EXHAUSTED, False)
    assert newcomers.retry_at == line.comes_at(11, NOW)
    assert for_newcomers(free, None, NOW) == free
    assert for_newcomers(broken, line, NOW) == broken
    told = json.loads(status_object(free, NOW, line)[1])
    assert told["serving"] == {
        "number": 0.0,
        "at": "2026-11-22T12:00:00Z",
        "per_second": 0.95,
        "pace": 0.95,
        "waiting": 10,
    }
    assert status_object(free, NOW, line)[0] != status_object(free, NOW)[0]


def test_a_newcomer_is_not_promised_a_model_before_its_turn() -> None:
    line = new_line(NOW).told(wanted=200, confirmed=200).paced(Supply(per_minute=60), NOW)

    newcomers = for_newcomers(EXHAUSTED, line, NOW)

    assert newcomers.retry_at is not None
    assert newcomers.retry_at > NOW + timedelta(seconds=200)
    assert newcomers.expected_at is None


@pytest.mark.parametrize(
    ("before", "after", "is_news"),
    [(1, 2, True), (10, 11, True), (11, 14, True), (96, 98, False), (100, 115, True)],
)
def test_about_how_many_wait_is_news(before: int, after: int, is_news: bool) -> None:
    free = Availability(
        status=Status.OPERATIONAL, models=(ModelState("Gemini 3.8 Flash", State.AVAILABLE),)
    )
    versions = {
        status_object(
            free, NOW, new_line(NOW).told(wanted=500, confirmed=count).paced(Supply(), NOW)
        )[0]
        for count in (before, after)
    }

    assert (len(versions) == 2) is is_news


def test_a_pace_that_nobody_knows_is_told_as_unknown() -> None:
    line = new_line(NOW).told(wanted=1, confirmed=1).paced(Supply(retry_at=NOW + timedelta(1)), NOW)

    told = json.loads(status_object(EXHAUSTED, NOW, line)[1])

    assert told["serving"]["per_second"] is None
    assert told["serving"]["pace"] == 1.0


@pytest.mark.parametrize(
    "line",
    [
        None,
        new_line(NOW).told(wanted=3, confirmed=3),
        new_line(NOW).told(wanted=10, confirmed=10).paced(Supply(per_minute=60), NOW),
        new_line(NOW).told(wanted=1, confirmed=1).paced(Supply(retry_at=NOW + timedelta(1)), NOW),
    ],
    ids=["nobody waits", "no pace yet", "known", "unknown"],
)
def test_the_object_is_as_the_openapi_description_says(line: Line | None) -> None:
    STATUS_OBJECT.validate(json.loads(status_object(EXHAUSTED, NOW, line)[1]))
