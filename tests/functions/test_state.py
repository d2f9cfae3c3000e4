"""Windows outlive processes, and chats outlive the store."""

from __future__ import annotations

import resource
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from fallback.stores.sqlite import SqliteWindowStore
from tests.functions.conftest import MODELS, Serve
from tests.tools.serving.polling import eventually
from tools.emulator.server import Emulator
from tools.testkit.firestore import FirestoreEmulator, firestore_emulator
from tools.testkit.serving import worker_of

PRIMARY, SECOND = MODELS[:2]


def test_a_window_survives_the_death_of_its_process(
    gemini: Emulator, start: Serve, tmp_path: Path
) -> None:
    gemini.behave(PRIMARY, "per-day")
    first = start("chat")
    assert first.chat().json()["model"] == SECOND

    stored = SqliteWindowStore(tmp_path / "state" / "nexus.db")
    assert eventually(lambda: PRIMARY in stored.read())  # A slow store is not waited for.
    first.kill()
    again = start("chat")

    assert again.chat().json()["model"] == SECOND
    assert gemini.count(PRIMARY) == 1


def test_a_corrupt_file_stops_no_chat(gemini: Emulator, start: Serve, tmp_path: Path) -> None:
    (tmp_path / "state").mkdir()
    (tmp_path / "state" / "nexus.db").write_bytes(b"no database" * 1000)
    gemini.behave(PRIMARY, "per-day")
    chat = start("chat")

    for _ in range(3):
        assert chat.chat().json()["model"] == SECOND

    assert gemini.count(PRIMARY) == 1  # What this process has found holds in this process.
    assert len(chat.events("store.unavailable")) == 1


@pytest.mark.parametrize("path", ["/proc/nexus.db", "/proc/nexus/nexus.db", "/dev/full"])
def test_a_place_that_cannot_be_written_stops_no_chat(
    gemini: Emulator, start: Serve, path: str
) -> None:
    gemini.behave(PRIMARY, "per-day")
    chat = start("chat", NEXUS_STATE=f"sqlite:{path}")
    available = start("check_availability", NEXUS_STATE=f"sqlite:{path}")

    for _ in range(3):
        assert chat.chat().json()["model"] == SECOND
    assert available.availability()["status"] == "operational"  # It knows of nothing.

    assert gemini.count(PRIMARY) == 1
    for function in (chat, available):
        (line,) = function.events("store.unavailable")
        assert line["reason"].startswith("SQLite: ")


def test_a_full_disk_stops_no_chat_and_what_was_found_is_written_when_there_is_room(
    gemini: Emulator, start: Serve
) -> None:
    chat = start("chat")
    assert chat.chat().json()["model"] == PRIMARY
    worker = worker_of(chat)

    # No file may grow beyond this, as on a full disk; the log is still far below it.
    resource.prlimit(worker, resource.RLIMIT_FSIZE, (8192, resource.RLIM_INFINITY))
    gemini.behave(PRIMARY, "per-day")
    for _ in range(3):
        assert chat.chat().json()["model"] == SECOND
    # A read in between finds the store well.
    outages = chat.events("store.unavailable")
    assert {line["reason"].partition(": ")[0] for line in outages} == {"SQLite"}

    resource.prlimit(worker, resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY,) * 2)
    available = start("check_availability")

    def is_written() -> bool:
        assert chat.chat().json()["model"] == SECOND
        return bool(available.availability()["status"] == "degraded")

    assert eventually(is_written)
    assert chat.events("store.recovered")
    assert gemini.count(PRIMARY) == 2


@pytest.fixture
def own_firestore(tmp_path: Path) -> Iterator[FirestoreEmulator]:
    """One that the test may kill."""
    with firestore_emulator(tmp_path / "firestore.log") as emulator:
        yield emulator


def test_firestore_shares_windows_and_its_end_stops_no_chat(
    gemini: Emulator, start: Serve, own_firestore: FirestoreEmulator
) -> None:
    environ = own_firestore.environ()
    one, other = start("chat", **environ), start("chat", **environ)
    available = start("check_availability", **environ)
    for function in (one, other):
        assert function.chat().json()["model"] == PRIMARY

    gemini.behave(PRIMARY, "per-day")
    assert one.chat().json()["model"] == SECOND
    available.availability("degraded")
    assert other.chat().json()["model"] == SECOND
    assert gemini.count(PRIMARY) <= 4  # Two healthy ones, and at most one refused each.

    own_firestore.kill()
    outages = len(one.events("store.unavailable"))
    gemini.behave(SECOND, "per-day")
    before = gemini.count(SECOND)
    for _ in range(5):
        assert one.chat().json()["model"] == MODELS[2]
    assert gemini.count(SECOND) == before + 1
    # One outage, of which a busy machine may have taken the store's slowness for the beginning.
    assert outages <= len(one.events("store.unavailable")) <= outages + 1
    assert one.events("store.unavailable")
    assert available.availability()["status"] == "degraded"  # The last known state.


def test_a_store_that_hangs_holds_up_no_chat(
    gemini: Emulator, start: Serve, firestore: FirestoreEmulator
) -> None:
    chat = start("chat", **firestore.environ())
    assert chat.chat().status_code == 200

    firestore.pause()
    try:
        give_up_at = time.monotonic() + 60
        while not chat.events("store.unavailable"):  # A snapshot serves for a second.
            assert time.monotonic() < give_up_at
            assert chat.chat().status_code == 200
        assert chat.chat().status_code == 200
    finally:
        firestore.go_on()
