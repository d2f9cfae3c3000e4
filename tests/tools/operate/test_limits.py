"""What `make windows` says of learned limits."""

from __future__ import annotations

from datetime import UTC, datetime

from fallback.core.hierarchy import Hierarchy, Model
from fallback.core.meter import Meter
from fallback.core.quota import Dimension, LearnedLimit
from fallback.core.windows import METERED, Window, limit_key
from tools.operate.report import limit_rows, rows_of

NOW = datetime(2026, 11, 27, 12, tzinfo=UTC)


def test_each_limit_is_listed_with_its_date_and_source() -> None:
    meter = Meter(
        {
            Dimension.REQUESTS_PER_MINUTE: LearnedLimit(10, NOW, is_told=False),
            Dimension.REQUESTS_PER_DAY: LearnedLimit(250, NOW),
        }
    )

    day, minute = limit_rows({"gemini-3.8-flash@second": meter})

    assert day == {
        "key": "gemini-3.8-flash@second",
        "limit": "requests per day",
        "value": 250,
        "learned": "2026-11-27T12:00:00Z",
        "source": "told",
    }
    assert (minute["limit"], minute["value"], minute["source"]) == (
        "requests per minute",
        10,
        "counted",
    )


def test_a_note_that_a_model_is_metered_is_no_window() -> None:
    hierarchy = Hierarchy("test", (Model("gemini-3.8-flash", "A"),))

    rows = rows_of({limit_key("gemini-3.8-flash"): Window(NOW, METERED)}, hierarchy, NOW)

    assert rows == [{"model": "gemini-3.8-flash", "state": "available"}]
