"""The operator's command, over both stores."""

from __future__ import annotations

import io
import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from fallback.core.windows import EVERY_MODEL, ISOLATED, Phase, Window
from fallback.ports import WindowStore
from tests.contract.conftest import OpenStore
from tools.emulator.replies import canned_replies
from tools.operate.windows import main

PRIMARY, SECOND, THIRD, FOURTH, FIFTH = (
    "gemini-3.8-flash",
    "gemini-3.6-flash",
    "gemini-3.5-flash-lite",
    "gemini-3.1-flash-lite",
    "gemini-2.5-flash-lite",
)
Operate = Callable[..., list[dict[str, str]]]


@pytest.fixture
def store(open_store: OpenStore) -> WindowStore:
    return open_store()


@pytest.fixture
def operate(
    request: pytest.FixtureRequest,
    open_store: OpenStore,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> Operate:
    """Runs the command on that store, and returns what it then shows."""
    if request.node.callspec.params["open_store"] == "sqlite":
        monkeypatch.setenv("NEXUS_STATE", f"sqlite:{tmp_path / 'folder' / 'nexus.db'}")

    def run(*arguments: str) -> list[dict[str, str]]:
        assert main([*arguments, "--json"]) == 0
        shown: list[dict[str, str]] = json.loads(capsys.readouterr().out)
        return shown

    return run


def soon(**duration: float) -> datetime:
    return datetime.now(UTC) + timedelta(**duration)


def test_all_windows_are_listed(store: WindowStore, operate: Operate) -> None:
    day = Window(soon(hours=8), "quota_exhausted", soon(minutes=30), failed_probes=2)
    store.extend(PRIMARY, day)
    store.extend(SECOND, Window(soon(seconds=-1), "overloaded"))
    store.lease(SECOND, store.read()[SECOND], soon(seconds=20))
    store.extend(EVERY_MODEL, Window(soon(seconds=60), "unauthorized"))

    rows = {row["model"]: row for row in operate("list")}

    first = rows[PRIMARY]
    assert (first["state"], first["source"]) == ("exhausted", "a failure")
    assert (first["reason"], first["failed_probes"]) == ("quota_exhausted", "2")
    assert first["next_probe"] < first["until"]
    assert rows[SECOND]["state"] == "probing"
    assert rows[SECOND]["lease"] > rows[SECOND]["until"]
    assert rows[THIRD] == {"model": THIRD, "state": "available"}
    assert rows[EVERY_MODEL]["source"] == "the service"


def test_a_model_is_closed_for_as_long_as_was_said(store: WindowStore, operate: Operate) -> None:
    store.extend(PRIMARY, Window(soon(hours=8), "quota_exhausted", soon(minutes=30)))

    rows = operate("isolate", PRIMARY, "--for", "2h")

    window = store.read()[PRIMARY]
    assert abs(window.until - soon(hours=2)) < timedelta(seconds=20)  # Also where it was longer.
    assert (window.reason, window.probe_at) == (ISOLATED, None)
    assert window.phase(soon(hours=1.9)) is Phase.OPEN  # Nothing probes it before its end.
    assert rows[0]["source"] == "by hand"


def test_a_model_is_reopened(store: WindowStore, operate: Operate) -> None:
    for name in (PRIMARY, SECOND, EVERY_MODEL):
        store.extend(name, Window(soon(hours=8), "quota_exhausted"))

    operate("restore", PRIMARY, EVERY_MODEL)
    operate("restore", PRIMARY)  # Nothing stands against it: that is no error.

    assert set(store.read()) == {SECOND}


def test_one_model_is_pinned_and_the_others_taken_back(
    store: WindowStore, operate: Operate
) -> None:
    store.extend(THIRD, Window(soon(hours=8), "quota_exhausted"))
    store.extend(EVERY_MODEL, Window(soon(seconds=60), "unauthorized"))

    operate("pin", THIRD, "--for", "30m")
    pinned = store.read()
    operate("restore", "--by-hand")

    assert set(pinned) == {PRIMARY, SECOND, FOURTH, FIFTH, EVERY_MODEL}
    assert {pinned[name].reason for name in (PRIMARY, SECOND, FOURTH, FIFTH)} == {ISOLATED}
    assert set(store.read()) == {EVERY_MODEL}


def test_each_action_is_logged_with_who_and_when(
    operate: Operate, monkeypatch: pytest.MonkeyPatch
) -> None:
    stderr = io.StringIO()
    monkeypatch.setattr("sys.stderr", stderr)
    monkeypatch.setenv("LOGNAME", "alice")

    operate("isolate", PRIMARY, "--for", "90s")
    operate("restore", PRIMARY)

    isolated, restored = map(json.loads, stderr.getvalue().splitlines())
    for line in (isolated, restored):
        assert line["model"] == PRIMARY
        assert line["who"].startswith("alice@")
        assert abs(datetime.fromisoformat(line["time"]) - soon()) < timedelta(seconds=20)
    assert (isolated["event"], restored["event"]) == ("model.isolated", "model.restored")
    assert isolated["until"] > isolated["time"]
    assert restored["reason"] == ISOLATED


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A state that only this test has."""
    path = tmp_path / "nexus.db"
    monkeypatch.setenv("NEXUS_STATE", f"sqlite:{path}")
    return path


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["isolate", "gemini-9", "--for", "1h"], "no model of the hierarchy"),
        (["restore", "gemini-9"], "no model of the hierarchy"),
        (["pin", EVERY_MODEL, "--for", "1h"], "no model of the hierarchy"),
        (["isolate", PRIMARY, "--for", "0h"], "as in 90m"),
        (["isolate", PRIMARY, "--for", "31d"], "at most 30d"),
        (["isolate", PRIMARY, "--for", "soon"], "as in 90m"),
        (["isolate", PRIMARY], "--for"),
        (["restore"], "--by-hand"),
    ],
    ids=str,
)
def test_what_cannot_be_done_is_said(
    here: Path, capsys: pytest.CaptureFixture[str], arguments: list[str], words: str
) -> None:
    try:
        status: Any = main(arguments)
    except SystemExit as stopped:
        status = stopped.code

    assert status
    assert words in capsys.readouterr().err
    assert "isolated" not in here.read_bytes().decode("latin-1") if here.exists() else True


def test_a_store_that_cannot_be_used_is_named(
    here: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    here.write_bytes(b"no database" * 1000)

    assert main(["isolate", PRIMARY, "--for", "1h"]) == 1

    assert f"State: {here} cannot be used: SQLite: " in capsys.readouterr().err


def test_the_table_is_for_people(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    main(["isolate", PRIMARY, "--for", "1h"])

    state, blank, headings, first, *_ = capsys.readouterr().out.splitlines()

    assert (state, blank) == (f"State: {here}", "")
    assert headings.split()[:4] == ["MODEL", "STATE", "REASON", "SOURCE"]
    assert first.split()[:5] == [PRIMARY, "exhausted", "isolated", "by", "hand"]


_DAY = canned_replies()["per-day"].body
PASTED: dict[str, tuple[str, str, str]] = {
    "a body": (json.dumps(_DAY), "quota_exhausted", "model"),
    "what the SDK prints": (f"429 RESOURCE_EXHAUSTED. {_DAY}", "quota_exhausted", "model"),
    "a refused key": (
        json.dumps(canned_replies()["key-invalid"].body),
        "unauthorized",
        "service",
    ),
    "in a list": (json.dumps([canned_replies()["overloaded"].body]), "overloaded", "model"),
    "a page": ("<html>{it is broken}</html>", "unknown", "model"),
    "nothing": ("", "unknown", "model"),
}


@pytest.mark.parametrize("row", PASTED.values(), ids=PASTED)
def test_a_pasted_error_is_classified(
    row: tuple[str, str, str],
    here: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    text, kind, scope = row
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(text.encode())))

    assert main(["classify"]) == 0

    found = dict(line.split("  ", 1) for line in capsys.readouterr().out.splitlines())
    assert (found["kind"].strip(), found["scope"].strip()) == (kind, scope)
    assert "window" in found
    assert not here.exists()  # A dry run touches no state.


def test_status_and_headers_of_a_pasted_error_count(
    here: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(b"busy")))

    main(["classify", "--status", "503", "--header", "Retry-After: 40"])

    shown = capsys.readouterr().out
    assert "overloaded" in shown
    assert "40 s, until" in shown
