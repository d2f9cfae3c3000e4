"""Where the windows of a Python program are kept."""

from __future__ import annotations

from pathlib import Path

import pytest

from fallback import generate_with_fallback
from fallback.library.state_file import IN_MEMORY, state_file
from tools.emulator.server import Emulator

URL = "https://gemini.example"


@pytest.mark.parametrize(
    ("platform", "environ", "folder"),
    [
        ("linux", {}, "/home/ada/.local/state/nexus"),
        ("linux", {"XDG_STATE_HOME": "/state"}, "/state/nexus"),
        ("linux", {"XDG_STATE_HOME": "not/absolute"}, "/home/ada/.local/state/nexus"),
        ("darwin", {"XDG_STATE_HOME": "/state"}, "/home/ada/Library/Application Support/nexus"),
        ("win32", {"LOCALAPPDATA": "/local"}, "/local/nexus"),
        ("win32", {}, "/home/ada/AppData/Local/nexus"),
    ],
)
def test_each_platform_has_its_folder(
    monkeypatch: pytest.MonkeyPatch, platform: str, environ: dict[str, str], folder: str
) -> None:
    monkeypatch.setenv("HOME", "/home/ada")

    assert state_file(environ, ["key"], URL, platform).parent == Path(folder)


def test_each_key_and_each_endpoint_has_its_own_windows() -> None:
    files = {
        state_file({}, keys, url, "linux")
        for keys in (["key-one"], ["key-two"], ["key-one", "key-two"], [])
        for url in (URL, "http://127.0.0.1:8085")
    }

    assert len(files) == 8
    assert not any("key-one" in str(file) for file in files)


def test_a_user_without_a_home_has_windows_in_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    def no_home() -> Path:
        raise RuntimeError("Could not determine home directory.")

    monkeypatch.setattr(Path, "home", no_home)

    assert state_file({}, ["key"], URL, "linux") == IN_MEMORY


def test_windows_are_kept_in_the_state_folder(gemini: Emulator, tmp_path: Path) -> None:
    gemini.behave("gemini-3.8-flash", "per-minute")

    generate_with_fallback("Hello")

    (file,) = (tmp_path / "nexus").glob("*.db")
    assert file.read_bytes().startswith(b"SQLite format 3")


def test_nexus_state_moves_them(
    gemini: Emulator, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("NEXUS_STATE", f"sqlite:{tmp_path / 'mine.db'}")

    generate_with_fallback("Hello")

    assert (tmp_path / "mine.db").exists()
    assert not (tmp_path / "nexus").exists()


def test_on_google_cloud_they_are_there_too(
    gemini: Emulator, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("K_SERVICE", "a-host-program")

    generate_with_fallback("Hello")

    assert list((tmp_path / "nexus").glob("*.db"))


def test_a_folder_that_cannot_be_written_breaks_no_answer(
    gemini: Emulator, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "file").touch()
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "file"))
    gemini.behave("gemini-3.8-flash", "per-minute")

    models = [generate_with_fallback("Hello")[1] for _ in range(2)]

    assert models == ["gemini-3.6-flash"] * 2
    assert gemini.count("gemini-3.8-flash") == 1  # The window holds within the process.
