"""The status object says what check-availability says, and nothing more."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from fallback.availability_report import availability_report
from fallback.core.availability import Availability, ModelState, State, Status
from nexus.wire.availability_reply import availability_version, status_object

NOW = datetime(2026, 11, 22, 12, 0, 0, tzinfo=UTC)
EXHAUSTED = Availability(
    status=Status.EXHAUSTED,
    retry_at=NOW + timedelta(seconds=30),
    expected_at=NOW + timedelta(seconds=90),
    models=(ModelState("Gemini 3.8 Flash", State.EXHAUSTED, NOW + timedelta(seconds=30)),),
)


def test_the_object_agrees_with_check_availability() -> None:
    told = status_object(EXHAUSTED, NOW)
    report = availability_report(EXHAUSTED, NOW)

    assert set(told) - set(report) == {"version", "serving"}
    assert all(told[name] == report[name] for name in set(told) & set(report))


def test_its_version_changes_with_the_state_and_not_with_time() -> None:
    later = status_object(EXHAUSTED, NOW + timedelta(seconds=5))
    recovered = Availability(
        status=Status.OPERATIONAL, models=(ModelState("Gemini 3.8 Flash", State.AVAILABLE),)
    )

    assert later["version"] == status_object(EXHAUSTED, NOW)["version"]
    assert later["version"] != availability_version(recovered)
