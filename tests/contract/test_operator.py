"""The operator's command, over both stores."""

from __future__ import annotations

import io
import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from fallback.core.windows import EVERY_MODEL, ISOLATED, METERED, Phase, Window, limit_key
from fallback.ports import WindowStore
from fallback.rfc3339 import rfc3339
from fallback.stores.sqlite import SqliteWindowStore
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
Operate = Callable[..., list[dict[str, Any]]]


@pytest.fixture
def store(open_store: OpenStore) -> WindowStore:
    return open_store()


@pytest.fixture
def operate(
    request: pytest.FixtureRequest,
    open_store: OpenStore,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capfd: pytest.CaptureFixture[str],
) -> Operate:
    """Runs the command on that store, and returns what it then shows."""
    if request.node.callspec.params["stores"] == "sqlite":
        monkeypatch.setenv("NEXUS_STATE", f"sqlite:{tmp_path / 'folder' / 'nexus.db'}")

    def run(*arguments: str) -> list[dict[str, str]]:
        assert main([*arguments, "--json"]) == 0
        shown: list[dict[str, Any]] = json.loads(capfd.readouterr().out)
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
    assert (first["reason"], first["failed_probes"]) == ("quota_exhausted", 2)
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


def test_a_model_that_is_reopened_is_not_metered_any_more(
    store: WindowStore, operate: Operate
) -> None:
    for name in (PRIMARY, SECOND):
        store.extend(limit_key(name), Window(soon(hours=1), METERED))

    operate("restore", PRIMARY)

    assert store.read().keys() == {limit_key(SECOND)}


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
    here: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("LOGNAME", "alice")

    main(["isolate", PRIMARY, "--for", "90s"])
    main(["restore", PRIMARY])

    isolated, restored = map(json.loads, capfd.readouterr().err.splitlines())
    assert here.exists()
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
    here: Path, capfd: pytest.CaptureFixture[str], arguments: list[str], words: str
) -> None:
    try:
        status: Any = main(arguments)
    except SystemExit as stopped:
        status = stopped.code

    assert status
    assert words in capfd.readouterr().err
    assert "isolated" not in here.read_bytes().decode("latin-1") if here.exists() else True


def test_a_store_that_cannot_be_used_is_named(
    here: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    here.write_bytes(b"no database" * 1000)

    assert main(["isolate", PRIMARY, "--for", "1h"]) == 1

    assert f"State: {here} cannot be used: SQLite: " in capfd.readouterr().err


def test_the_table_is_for_people(here: Path, capfd: pytest.CaptureFixture[str]) -> None:
    main(["isolate", PRIMARY, "--for", "1h"])

    why, state, blank, headings, first, *_ = capfd.readouterr().out.splitlines()

    assert why == "Chats are answered or probed, but models are set aside: isolated (1 of 5)."
    assert (state, blank) == (f"State: {here}", "")
    assert headings.split()[:4] == ["MODEL", "STATE", "REASON", "SOURCE"]
    assert first.split()[:5] == [PRIMARY, "exhausted", "isolated", "by", "hand"]


def first_line(capfd: pytest.CaptureFixture[str]) -> str:
    capfd.readouterr()
    assert main([]) == 0
    return capfd.readouterr().out.partition("\n")[0]


def test_the_first_line_says_why_no_chat_is_answered(
    here: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    store = SqliteWindowStore(here)
    assert first_line(capfd) == "Chats are answered."

    end = soon(hours=8).replace(microsecond=0)
    for model in (PRIMARY, SECOND, THIRD):
        store.extend(model, Window(end, "quota_exhausted"))
    for model in (FOURTH, FIFTH):
        store.extend(model, Window(end, "overloaded"))
    assert first_line(capfd) == (
        f"No chat is answered until {rfc3339(end)}: quota_exhausted (3 of 5), overloaded (2 of 5)."
    )

    store.extend(EVERY_MODEL, Window(end, "out_of_credit"))
    assert first_line(capfd) == ("No chat is answered until a person acts: out_of_credit (5 of 5).")


def test_all_chats_are_stopped_and_started_by_one_command_each(
    store: WindowStore, operate: Operate
) -> None:
    store.extend(SECOND, Window(soon(hours=8), ISOLATED))

    rows = operate("stop", "--for", "1h")
    stopped = store.read()[EVERY_MODEL]
    operate("start")
    operate("start")  # It is not stopped: that is no error.

    assert rows[-1]["model"] == EVERY_MODEL
    assert rows[-1]["source"] == "by hand"
    assert abs(stopped.until - soon(hours=1)) < timedelta(seconds=20)
    assert set(store.read()) == {SECOND}


@pytest.mark.parametrize(
    "arguments",
    [
        ["--json"],
        ["list", "--json"],
        ["--json", "list"],
        ["--json", "isolate", PRIMARY, "--for", "1h"],
        ["stop", "--json", "--for", "1h"],
        ["--json", "start"],
    ],
    ids=" ".join,
)
def test_json_is_for_programs_wherever_it_stands(
    here: Path, arguments: list[str], capfd: pytest.CaptureFixture[str]
) -> None:
    SqliteWindowStore(here).extend(PRIMARY, Window(soon(hours=8), "overloaded", failed_probes=2))

    assert main(arguments) == 0

    first = json.loads(capfd.readouterr().out)[0]
    assert first["failed_probes"] in (0, 2)


@pytest.fixture
def two_targets(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Two models by two targets, one of which has its key elsewhere."""
    file = tmp_path / "nexus.toml"
    models = [
        f'[[hierarchies.default.models]]\nname = "{name}"\ndisplay_name = "{name}"\n'
        for name in (PRIMARY, SECOND)
    ]
    second = '[[targets]]\nname = "second"\nkey = "GEMINI_API_KEY_SECOND"\n'
    file.write_text("".join([*models, '[[targets]]\nname = "main"\n', second]))
    monkeypatch.setenv("NEXUS_CONFIG", str(file))
    monkeypatch.setenv("GEMINI_API_KEY", "made-up")


@pytest.mark.usefixtures("two_targets")
def test_models_are_listed_by_target(here: Path, capfd: pytest.CaptureFixture[str]) -> None:
    store = SqliteWindowStore(here)
    store.extend(f"{PRIMARY}@second", Window(soon(hours=8), "rate_limited"))
    store.extend(f"{EVERY_MODEL}@second", Window(soon(seconds=60), "unauthorized"))

    assert main(["--json"]) == 0

    rows = json.loads(capfd.readouterr().out)
    assert [(row["model"], row["target"], row["state"]) for row in rows] == [
        (PRIMARY, "main", "available"),
        (PRIMARY, "second", "exhausted"),
        (SECOND, "main", "available"),
        (SECOND, "second", "available"),
        (EVERY_MODEL, "second", "exhausted"),
    ]
    assert rows[-1]["source"] == "the target"
    assert first_line(capfd) == "Chats are answered; set aside: unauthorized (2 of 4)."


@pytest.mark.usefixtures("two_targets")
@pytest.mark.parametrize(
    ("name", "keys"),
    [
        (PRIMARY, {PRIMARY, f"{PRIMARY}@second"}),
        (f"{PRIMARY}@main", {PRIMARY}),
        (f"{PRIMARY}@second", {f"{PRIMARY}@second"}),
        ("second", {f"{EVERY_MODEL}@second"}),
        ("main", {PRIMARY, SECOND}),  # The other target goes on.
        (EVERY_MODEL, {EVERY_MODEL}),
    ],
)
def test_a_model_and_a_target_are_isolated_and_restored(
    here: Path, name: str, keys: set[str]
) -> None:
    assert main(["isolate", name, "--for", "1h"]) == 0
    assert set(SqliteWindowStore(here).read()) == keys

    assert main(["restore", name]) == 0
    assert set(SqliteWindowStore(here).read()) == set()


@pytest.mark.usefixtures("two_targets")
def test_a_model_is_pinned_at_all_targets(here: Path) -> None:
    assert main(["pin", SECOND, "--for", "1h"]) == 0

    assert set(SqliteWindowStore(here).read()) == {PRIMARY, f"{PRIMARY}@second"}


@pytest.fixture
def nowhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty folder, in an environment that names no store."""
    monkeypatch.chdir(tmp_path)
    for name in ("NEXUS_STATE", "GOOGLE_CLOUD_PROJECT", "FIRESTORE_EMULATOR_HOST"):
        monkeypatch.delenv(name, raising=False)
    return tmp_path


@pytest.mark.parametrize("arguments", [[], ["list"]])
def test_a_machine_on_which_nothing_has_run_is_listed(
    nowhere: Path, capfd: pytest.CaptureFixture[str], arguments: list[str]
) -> None:
    assert main(arguments) == 0

    state = f"State: {nowhere / '.local' / 'nexus.db'} (no such file: nothing has run with it yet)"
    assert state in capfd.readouterr().out.splitlines()
    assert list(nowhere.iterdir()) == []  # Else it would look as if something had run.


def test_a_mistyped_path_is_told_and_not_created(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "mistyped" / "nexus.db"
    monkeypatch.setenv("NEXUS_STATE", f"sqlite:{path}")

    assert main([]) == 0

    state = f"State: {path} (no such file: nothing has run with it yet)"
    assert state in capfd.readouterr().out.splitlines()
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("variable", "arguments", "words"),
    [
        ("GOOGLE_CLOUD_PROJECT=acme-chat", ["list"], "Set NEXUS_STATE=firestore for acme-chat"),
        ("GOOGLE_CLOUD_PROJECT=", ["stop", "--for", "1h"], "nothing has run here yet"),
        ("NEXUS_STATE=firestore", ["list"], "GOOGLE_CLOUD_PROJECT: must name the project"),
    ],
)
def test_no_store_is_guessed(
    nowhere: Path,
    capfd: pytest.CaptureFixture[str],
    variable: str,
    arguments: list[str],
    words: str,
) -> None:
    name, _, value = variable.partition("=")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv(name, value)
        assert main(arguments) == 1

    assert words in capfd.readouterr().err

    assert list(nowhere.iterdir()) == []


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
    capfd: pytest.CaptureFixture[str],
) -> None:
    text, kind, scope = row
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(text.encode())))

    assert main(["classify"]) == 0

    found = dict(line.split("  ", 1) for line in capfd.readouterr().out.splitlines())
    assert (found["kind"].strip(), found["scope"].strip()) == (kind, scope)
    assert "window" in found
    assert not here.exists()  # A dry run touches no state.


def test_status_and_headers_of_a_pasted_error_count(
    here: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(b"busy")))

    main(["classify", "--status", "503", "--header", "Retry-After: 40"])

    shown = capfd.readouterr().out
    assert "overloaded" in shown
    assert "40 s, until" in shown
