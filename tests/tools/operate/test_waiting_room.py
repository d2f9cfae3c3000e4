"""`make waiting-room` and what `make windows` says of those who wait."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from fallback.stores.sqlite import SqliteWindowStore
from fallback.stores.sqlite_texts import SqliteTextStore
from nexus.waiting_room.core.line import Line, Mode, Supply, new_line
from nexus.waiting_room.shared import NOTE
from nexus.waiting_room.store import LINE, TICKETS, LineStore
from tools.operate.report import line_row
from tools.operate.waiting_room import main
from tools.operate.windows import main as windows

NOW = datetime.now(UTC)


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A state that only this test has, with pages that hear of it."""
    path = tmp_path / "nexus.db"
    monkeypatch.setenv("NEXUS_STATE", f"sqlite:{path}")
    monkeypatch.setenv("NEXUS_STATUS_OBJECT", f"file:{tmp_path / 'status.json'}")
    return path


def line_store(path: Path) -> LineStore:
    return LineStore(SqliteTextStore(path, LINE, TICKETS))


def some_wait(path: Path) -> Line:
    line = new_line(NOW).told(wanted=30, confirmed=12)
    line = line.paced(Supply(retry_at=NOW + timedelta(hours=1), per_minute=60), NOW)
    assert line_store(path).write(line, NOW + timedelta(days=1))
    return line


def test_the_line_is_shown_with_how_it_moves() -> None:
    line = new_line(NOW).told(wanted=30, confirmed=12)
    assert line_row(line, NOW)["called_a_second"] == "unknown"

    assert line_row(line.paced(Supply(per_minute=60), NOW), NOW) == {
        "mode": "auto",
        "waiting": 12,
        "issued": 30,
        "called": 0,
        "called_a_second": "0.95",
        "of_those_called_come": "100%",
    }


def test_a_mode_is_stored_noted_published_and_logged(
    here: Path, capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LOGNAME", "alice")
    some_wait(here)

    assert main(["drain"]) == 0

    shown = capfd.readouterr()
    state, _, headings, row = shown.out.splitlines()
    assert state == f"State: {here}"
    assert headings.split()[:2] == ["MODE", "WAITING"]
    assert row.split()[:3] == ["drain", "12", "30"]
    logged = json.loads(shown.err)
    assert (logged["event"], logged["mode"]) == ("line.mode_changed", "drain")
    assert logged["who"].startswith("alice@")
    stored = line_store(here).read()
    assert stored is not None
    assert (stored.mode, stored.confirmed) == (Mode.DRAIN, 12)
    assert SqliteWindowStore(here).read()[NOTE].until > NOW + timedelta(days=1)
    assert json.loads((here.parent / "status.json").read_text())["serving"]["waiting"] == 12


def test_windows_tell_of_the_line_and_take_its_note_for_no_window(
    here: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    some_wait(here)
    main(["start"])
    capfd.readouterr()

    assert windows([]) == 0

    shown = capfd.readouterr().out
    assert "\nWaiting room\n\nMODE " in shown
    assert NOTE not in shown


def test_those_who_wait_are_called_when_a_model_is_restored(here: Path) -> None:
    names = ["gemini-3.8-flash", "gemini-3.6-flash", "gemini-3.5-flash-lite"]
    names += ["gemini-3.1-flash-lite", "gemini-2.5-flash-lite"]
    for name in names:
        windows(["isolate", name, "--for", "1h"])
    some_wait(here)

    assert windows(["restore", names[1]]) == 0

    stored = line_store(here).read()
    assert stored is not None
    assert not stored.is_held
    assert stored.called_at(datetime.now(UTC) + timedelta(seconds=5)) >= 1
    serving = json.loads((here.parent / "status.json").read_text())["serving"]
    assert datetime.fromisoformat(serving["at"]) < NOW + timedelta(minutes=30)


def test_only_looking_changes_nothing(here: Path, capfd: pytest.CaptureFixture[str]) -> None:
    assert main([]) == 0

    state, *_, row = capfd.readouterr().out.splitlines()
    assert state == f"State: {here} (no such file: nothing has run with it yet)"
    assert row.split()[:2] == ["auto", "0"]
    assert not here.exists()


def test_an_unknown_action_is_told_the_ones_there_are(capfd: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        main(["open"])

    said = capfd.readouterr().err
    assert "invalid choice: 'open' (choose from " in said
    assert all(action in said for action in ("auto", "start", "drain", "stop"))
    assert "Mode" not in said
