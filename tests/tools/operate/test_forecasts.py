"""`make windows` shows what is foreseen of today's quotas."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from fallback.core.forecast import Forecast
from fallback.core.outlook import Outlook
from fallback.core.window_rules import next_quota_day
from fallback.rfc3339 import rfc3339
from fallback.stores.sqlite import SqliteWindowStore
from fallback.stores.sqlite_demand import SqliteDemandStore
from tools.operate.windows import main

NOW = datetime.now(UTC)
MIDNIGHT = next_quota_day(NOW)
ENDS = Forecast(
    key="gemini-3.8-flash",
    made_at=NOW,
    ends_at=MIDNIGHT - timedelta(minutes=20),
    day_ends_at=MIDNIGHT,
    band=timedelta(minutes=15),
    used=1540,
    limit=2000,
)
LASTS = replace(ENDS, key="gemini-3.6-flash", ends_at=MIDNIGHT)
OF_YESTERDAY = replace(ENDS, key="gemini-3.5-flash-lite", day_ends_at=NOW - timedelta(hours=1))


def test_each_model_has_its_forecast(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "nexus.db"
    monkeypatch.setenv("NEXUS_STATE", f"sqlite:{path}")
    SqliteWindowStore(path).read()
    store = SqliteDemandStore(path)
    outlook = Outlook(forecasts=(ENDS, LASTS, OF_YESTERDAY))
    assert store.turn(store.read(), outlook, NOW + timedelta(days=1))

    assert main([]) == 0

    rows = capsys.readouterr().out.splitlines()[3:]
    assert rows[0].endswith("QUOTA ENDS")
    assert rows[1].endswith(f"1,540 of 2,000  {rfc3339(ENDS.ends_at)} ± 15 min")
    assert rows[2].endswith("lasts")
    assert "±" not in rows[3]
