"""The environment of one function, read once into one frozen value."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from configuration import Configuration, load_configuration
from fallback.core.hierarchy import Hierarchy, InvalidConfigurationError

LOG_LEVELS = ("DEBUG", "INFO", "WARNING", "ERROR", "CRITICAL")

_ORIGIN = re.compile(r"https?://[A-Za-z0-9.-]+(:\d{1,5})?|https?://\[[0-9A-Fa-f:.]+\](:\d{1,5})?")
_BASE_URL = re.compile(rf"({_ORIGIN.pattern})(/[!-~]*)?")
_MAX_PROXIES = 10
_DEFAULT_DATABASE = ".local/nexus.db"
_FIRESTORE_DEFAULT = "(default)"
# https://cloud.google.com/firestore/docs/manage-databases: the rule for database ids.
_FIRESTORE_DATABASE = re.compile(r"[a-z][a-z0-9-]{2,61}[a-z0-9]")


class InvalidSettingError(ValueError):
    """A variable that cannot work; the message names it and says what is allowed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """What the environment says.

    Attributes:
        api_key: Of the Gemini Developer API; None where it is missing, which the chat reports.
        configuration: All of nexus.toml.
        hierarchy: The one in use.
        sqlite_path: The file that holds the windows; None means Firestore.
        firestore_database: Name of the database there.
        project: The Google Cloud project, where it is named.
        allowed_origins: Pages of other origins that may call the functions.
        visitor_limits: Whether limits for each visitor apply.
        trusted_proxies: How many entries of X-Forwarded-For are true, counted from its right.
        log_level: The least severity that is logged.
    """

    api_key: str | None = field(repr=False)
    configuration: Configuration
    hierarchy: Hierarchy
    sqlite_path: Path | None
    firestore_database: str
    project: str | None
    allowed_origins: frozenset[str]
    visitor_limits: bool
    trusted_proxies: int
    log_level: str


def read_settings(environ: Mapping[str, str], default_config: Path) -> Settings:
    """Reads the environment.

    Args:
        environ: Usually `os.environ`. Empty values count as unset.
        default_config: The configuration file, unless `NEXUS_CONFIG` names another.

    Raises:
        InvalidSettingError: In one line: the variable and what it may be.
    """
    environ = {name: value for name, value in environ.items() if value.strip()}
    try:
        configuration = load_configuration(Path(environ.get("NEXUS_CONFIG", default_config)))
    except InvalidConfigurationError as error:
        raise InvalidSettingError(f"NEXUS_CONFIG: {error}") from error
    _positive_number(environ, "THREADS")
    _base_url(environ)
    sqlite_path, firestore_database = _state(environ)
    return Settings(
        api_key=_api_key(environ),
        configuration=configuration,
        hierarchy=_hierarchy(environ, configuration),
        sqlite_path=sqlite_path,
        firestore_database=firestore_database,
        project=environ.get("GOOGLE_CLOUD_PROJECT"),
        allowed_origins=_allowed_origins(environ),
        visitor_limits=_one_of(environ, "NEXUS_VISITOR_LIMITS", ("on", "off")) == "on",
        trusted_proxies=_trusted_proxies(environ),
        log_level=_one_of(environ, "LOG_LEVEL", LOG_LEVELS, default="INFO"),
    )


def _api_key(environ: Mapping[str, str]) -> str | None:
    key = environ.get("GEMINI_API_KEY", "").strip()
    if not all("!" <= character <= "~" for character in key):
        raise InvalidSettingError(
            "GEMINI_API_KEY: must be letters, digits and signs of ASCII, without spaces"
        )
    return key or None


def _base_url(environ: Mapping[str, str]) -> None:
    """Refuses early what google-genai, which reads it, would meet at the first chat."""
    url = environ.get("GOOGLE_GEMINI_BASE_URL", "https://generativelanguage.googleapis.com").strip()
    if not _BASE_URL.fullmatch(url):
        raise InvalidSettingError(
            f"GOOGLE_GEMINI_BASE_URL: {url!r} must be a URL such as https://gemini.example.com"
        )


def _hierarchy(environ: Mapping[str, str], configuration: Configuration) -> Hierarchy:
    name = environ.get("NEXUS_HIERARCHY", "default")
    if name not in configuration.hierarchies:
        raise InvalidSettingError(
            f"NEXUS_HIERARCHY: {name!r} is not configured; "
            f"known are {', '.join(configuration.hierarchies)}"
        )
    return configuration.hierarchies[name]


def _state(environ: Mapping[str, str]) -> tuple[Path | None, str]:
    """The file of SQLite, or None and the database of Firestore."""
    on_google_cloud = "K_SERVICE" in environ or "FIRESTORE_EMULATOR_HOST" in environ
    default = "firestore" if on_google_cloud else f"sqlite:{_DEFAULT_DATABASE}"
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


def _allowed_origins(environ: Mapping[str, str]) -> frozenset[str]:
    listed = environ.get("NEXUS_ALLOWED_ORIGINS", "").split(",")
    origins = [origin.strip() for origin in listed if origin.strip()]
    for origin in origins:
        if not _ORIGIN.fullmatch(origin):
            raise InvalidSettingError(
                f"NEXUS_ALLOWED_ORIGINS: {origin!r} must be an origin such as "
                "https://chat.example.com, without a path"
            )
    return frozenset(origins)


def _trusted_proxies(environ: Mapping[str, str]) -> int:
    # Google's front end writes one entry; whoever calls a process directly could write any.
    value = environ.get("NEXUS_TRUSTED_PROXIES", "1" if "K_SERVICE" in environ else "0").strip()
    if not (value.isascii() and value.isdigit() and int(value) <= _MAX_PROXIES):
        raise InvalidSettingError(
            f"NEXUS_TRUSTED_PROXIES: {value!r} must be a whole number from 0 to {_MAX_PROXIES}"
        )
    return int(value)


def _one_of(
    environ: Mapping[str, str], name: str, allowed: tuple[str, ...], default: str | None = None
) -> str:
    value = environ.get(name, default or allowed[0]).strip()
    for word in allowed:
        if value.lower() == word.lower():
            return word
    raise InvalidSettingError(f"{name}: {value!r} must be one of {', '.join(allowed)}")


def _positive_number(environ: Mapping[str, str], name: str) -> None:
    """Refuses early what functions-framework would meet with a traceback."""
    value = environ.get(name, "1").strip()
    if not (value.isascii() and value.isdigit() and int(value) > 0):
        raise InvalidSettingError(f"{name}: {value!r} must be a whole number of 1 or more")
