"""Where a Python program keeps the windows, unless `NEXUS_STATE` says otherwise."""

from __future__ import annotations

import hashlib
import sys
from collections.abc import Iterable, Mapping
from pathlib import Path

IN_MEMORY = Path(":memory:")
"""SQLite's name for a database that ends with its process."""


def state_file(
    environ: Mapping[str, str],
    keys: Iterable[str],
    base_url: str,
    platform: str = sys.platform,
) -> Path:
    """The SQLite file in the user's state folder; in memory if the user has no home.

    Quotas belong to keys, so other keys and other endpoints have a file of their own: a program
    that runs against an emulator sets no model aside for one that does not. The name holds a
    digest, which does not reveal the keys.
    """
    folder = _state_folder(environ, platform)
    if folder is None:
        return IN_MEMORY
    owner = f"{base_url} {' '.join(keys)}".encode()
    digest = hashlib.sha256(owner).hexdigest()[:12]
    return folder / "nexus" / f"windows-{digest}.db"


def _state_folder(environ: Mapping[str, str], platform: str) -> Path | None:
    """The folder that the platform's conventions name.

    Linux: https://specifications.freedesktop.org/basedir-spec/latest/, where relative paths are
    to be ignored.
    """
    variable = "LOCALAPPDATA" if platform == "win32" else "XDG_STATE_HOME"
    named = Path(environ.get(variable, ""))
    if platform != "darwin" and named.is_absolute():
        return named
    try:
        home = Path.home()
    except RuntimeError:
        return None
    if platform == "darwin":
        return home / "Library" / "Application Support"
    return home / "AppData" / "Local" if platform == "win32" else home / ".local" / "state"
