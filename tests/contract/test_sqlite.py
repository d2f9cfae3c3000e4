"""What only a file can suffer: death of the process, a bad file, a busy one."""

from __future__ import annotations

import sqlite3
import subprocess
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from fallback.core.windows import Window
from fallback.ports import StoreUnavailableError
from fallback.stores.sqlite import SqliteWindowStore

WINDOW = Window(datetime(2026, 11, 22, tzinfo=UTC), "overloaded")
FUNCTIONS = Path(__file__).parents[2] / "functions"

WRITER = """
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
sys.path.insert(0, {functions!r})
from datetime import datetime, timedelta, UTC
from pathlib import Path
from fallback.stores.sqlite import SqliteWindowStore
from fallback.core.windows import Window
store = SqliteWindowStore(Path({path!r}))
start = datetime(2026, 11, 22, tzinfo=UTC)
for second in range(1, 1_000_000):
    store.extend("model", Window(start + timedelta(seconds=second), "overloaded"))
    print(second, flush=True)
"""


def test_a_window_survives_a_kill_at_any_instant(tmp_path: Path) -> None:
    path = tmp_path / "nexus.db"
    for writes in (1, 7, 50, 200):
        process = subprocess.Popen(
            [sys.executable, "-c", WRITER.format(functions=str(FUNCTIONS), path=str(path))],
            stdout=subprocess.PIPE,
            text=True,
        )
        assert process.stdout is not None
        recorded = [int(process.stdout.readline()) for _ in range(writes)][-1]
        process.kill()
        process.wait()
        process.stdout.close()

        until = SqliteWindowStore(path).read()["model"].until
        assert until >= datetime(2026, 11, 22, tzinfo=UTC) + timedelta(seconds=recorded)


def test_many_may_open_a_new_file_at_once(tmp_path: Path) -> None:
    for attempt in range(40):
        path = tmp_path / f"{attempt}.db"
        together = threading.Barrier(8)

        def open_one(path: Path = path, together: threading.Barrier = together) -> None:
            together.wait(10)
            SqliteWindowStore(path).extend("model", WINDOW)

        with ThreadPoolExecutor(8) as pool:
            for opened in [pool.submit(open_one) for _ in range(8)]:
                opened.result()


def test_a_file_that_is_deleted_or_replaced_under_a_running_process_is_opened_anew(
    tmp_path: Path,
) -> None:
    path = tmp_path / "nexus.db"
    store, other = SqliteWindowStore(path), SqliteWindowStore(path)
    store.extend("model-a", WINDOW)

    for file in tmp_path.iterdir():
        file.unlink()
    other.extend("model-b", WINDOW)
    store.extend("model-c", WINDOW)

    assert store.read().keys() == other.read().keys() == {"model-b", "model-c"}


@pytest.mark.parametrize("content", [b"not a database at all" * 200, b"SQLite format 3\0garbage"])
def test_a_corrupt_file_is_reported_and_not_fatal(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "nexus.db"
    path.write_bytes(content)
    store = SqliteWindowStore(path)

    with pytest.raises(StoreUnavailableError, match="SQLite"):
        store.read()

    path.unlink()
    store.extend("model", WINDOW)
    assert store.read()["model"] == WINDOW


@pytest.mark.parametrize("version", [0, 2])
def test_a_file_of_an_earlier_version_is_begun_anew(tmp_path: Path, version: int) -> None:
    path = tmp_path / "nexus.db"
    with sqlite3.connect(path) as old:
        old.execute("CREATE TABLE exhaustion_windows (model TEXT PRIMARY KEY, until_ms INTEGER)")
        old.execute("INSERT INTO exhaustion_windows VALUES ('model', 1)")
        old.execute(f"PRAGMA user_version = {version}")
    old.close()
    store = SqliteWindowStore(path)

    assert dict(store.read()) == {}
    store.extend("model", WINDOW)
    assert SqliteWindowStore(path).read()["model"] == WINDOW


def test_a_folder_that_cannot_be_made_is_reported(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")

    with pytest.raises(StoreUnavailableError):
        SqliteWindowStore(tmp_path / "file" / "nexus.db").read()


def test_a_file_that_stays_locked_is_reported(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("fallback.stores.sqlite_file._BUSY_SECONDS", 0.05)
    path = tmp_path / "nexus.db"
    store = SqliteWindowStore(path)
    store.extend("model", WINDOW)
    blocker = sqlite3.connect(path, isolation_level=None)
    blocker.execute("BEGIN IMMEDIATE")

    with pytest.raises(StoreUnavailableError, match="locked"):
        store.extend("model", Window(WINDOW.until + timedelta(seconds=1), "overloaded"))
    assert store.read()["model"] == WINDOW

    blocker.close()
