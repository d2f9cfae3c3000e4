"""The environment variables of the fallback, as one frozen value."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from fallback.configuration import Configuration
from fallback.core.hierarchy import Hierarchy
from fallback.proxy import Proxy, proxy_for

ORIGIN = re.compile(r"https?://[A-Za-z0-9.-]+(:\d{1,5})?|https?://\[[0-9A-Fa-f:.]+\](:\d{1,5})?")
"""A web origin, without a path."""

_BASE_URL = re.compile(rf"({ORIGIN.pattern})(/[!-~]*)?")
_GEMINI_URL = "https://generativelanguage.googleapis.com"
_FIRESTORE_DEFAULT = "(default)"
# https://cloud.google.com/firestore/docs/manage-databases: the rule for database ids.
_FIRESTORE_DATABASE = re.compile(r"[a-z][a-z0-9-]{2,61}[a-z0-9]")


class InvalidSettingError(ValueError):
    """A variable has a value that cannot work. The message names it and says what is allowed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """What the environment says.

    Attributes:
        api_key: Of the Gemini Developer API; None where it is missing, which the chat reports.
        base_url: Where Gemini is, without a slash at its end.
        proxy: Between us and Gemini, if the environment names one.
        configuration: What nexus.toml says.
        hierarchy: The one in use.
        sqlite_path: The file that holds the windows; None means Firestore.
        firestore_database: The name of the database there.
        project: The Google Cloud project, if one is named.
    """

    api_key: str | None = field(repr=False)
    base_url: str
    proxy: Proxy | None = None
    configuration: Configuration
    hierarchy: Hierarchy
    sqlite_path: Path | None
    firestore_database: str
    project: str | None


def variables(environ: Mapping[str, str]) -> dict[str, str]:
    """The variables that are set. Empty ones count as unset."""
    return {name: value for name, value in environ.items() if value.strip()}


def read_settings(
    environ: Mapping[str, str], configuration: Configuration, default_database: Path
) -> Settings:
    """Reads the environment.

    Args:
        environ: Usually `os.environ`.
        configuration: What nexus.toml says.
        default_database: The SQLite file, unless `NEXUS_STATE` or Google Cloud says otherwise.

    Raises:
        InvalidSettingError: Names, in one line, the variable and what it may be.
    """
    environ = variables(environ)
    sqlite_path, firestore_database = _state(environ, default_database)
    base_url = _base_url(environ)
    return Settings(
        api_key=_api_key(environ),
        base_url=base_url,
        proxy=_proxy(base_url, environ),
        configuration=configuration,
        hierarchy=_hierarchy(environ, configuration),
        sqlite_path=sqlite_path,
        firestore_database=firestore_database,
        project=environ.get("GOOGLE_CLOUD_PROJECT"),
    )


def _api_key(environ: Mapping[str, str]) -> str | None:
    key = environ.get("GEMINI_API_KEY", "").strip()
    if not all("!" <= character <= "~" for character in key):
        raise InvalidSettingError(
            "GEMINI_API_KEY: must be letters, digits and signs of ASCII, without spaces"
        )
    return key or None


def _base_url(environ: Mapping[str, str]) -> str:
    url = environ.get("GOOGLE_GEMINI_BASE_URL", _GEMINI_URL).strip()
    if not _BASE_URL.fullmatch(url):
        raise InvalidSettingError(
            f"GOOGLE_GEMINI_BASE_URL: {url!r} must be a URL such as https://gemini.example.com"
        )
    return url.rstrip("/")


def _proxy(base_url: str, environ: Mapping[str, str]) -> Proxy | None:
    try:
        return proxy_for(base_url, environ)
    except ValueError as error:
        raise InvalidSettingError(str(error)) from None  # Its cause may show a password.


def _hierarchy(environ: Mapping[str, str], configuration: Configuration) -> Hierarchy:
    name = environ.get("NEXUS_HIERARCHY", "default")
    if name not in configuration.hierarchies:
        raise InvalidSettingError(
            f"NEXUS_HIERARCHY: {name!r} is not configured; "
            f"known are {', '.join(configuration.hierarchies)}"
        )
    return configuration.hierarchies[name]


def _state(environ: Mapping[str, str], default_database: Path) -> tuple[Path | None, str]:
    """The SQLite file, or None and the Firestore database."""
    on_google_cloud = "K_SERVICE" in environ or "FIRESTORE_EMULATOR_HOST" in environ
    default = "firestore" if on_google_cloud else f"sqlite:{default_database}"
    state = environ.get("NEXUS_STATE", default)
    kind, _, path = state.partition(":")
    if state == "firestore":
        return None, _FIRESTORE_DEFAULT
    if kind == "firestore" and _FIRESTORE_DATABASE.fullmatch(path):
        return None, path
    if kind == "sqlite" and path:
        return Path(path), _FIRESTORE_DEFAULT
    raise InvalidSettingError(
        f"NEXUS_STATE: {state!r} must be sqlite:PATH, firestore or firestore:DATABASE"
    )
