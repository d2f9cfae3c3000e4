"""Who the operator is, for the log."""

from __future__ import annotations

import configparser
import getpass
import os
import socket
from pathlib import Path

from fallback.settings import Settings


def operator_name(settings: Settings) -> str:
    """The local account; for Firestore, gcloud's as well."""
    who = f"{getpass.getuser()}@{socket.gethostname()}"
    account = _gcloud_account() if settings.sqlite_path is None else ""
    return f"{account} ({who})" if account else who


def _gcloud_account() -> str:
    """As gcloud has stored it: to ask gcloud itself takes longer than everything else here."""
    folder = Path(os.environ.get("CLOUDSDK_CONFIG") or Path.home() / ".config" / "gcloud")
    active = folder / "active_config"
    name = active.read_text().strip() if active.is_file() else "default"
    stored = configparser.ConfigParser(interpolation=None)
    stored.read(folder / "configurations" / f"config_{name}")
    return stored.get("core", "account", fallback="")
