"""The environment variables of the fallback, as one frozen value."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from fallback.configuration import Configuration, TargetConfiguration
from fallback.core.hierarchy import Hierarchy
from fallback.proxy import Proxy, proxy_for, split_address

ORIGIN = re.compile(r"https?://[A-Za-z0-9.-]+(:\d{1,5})?|https?://\[[0-9A-Fa-f:.]+\](:\d{1,5})?")
"""A web origin, without a path."""

# With or without a path; a query or a fragment would swallow the path of each call.
_BASE_URL = re.compile(rf"({ORIGIN.pattern})(/[!$->@-~]*)?")
_GEMINI_URL = "https://generativelanguage.googleapis.com"
# Where google-genai asks Vertex AI; what is not listed is a region.
_VERTEX_URLS = {
    "global": "https://aiplatform.googleapis.com",
    "eu": "https://aiplatform.eu.rep.googleapis.com",
    "us": "https://aiplatform.us.rep.googleapis.com",
}
_PROJECT = re.compile(r"[A-Za-z0-9._:-]+")
_FIRESTORE_DEFAULT = "(default)"
# https://cloud.google.com/firestore/docs/manage-databases: the rule for database ids.
_FIRESTORE_DATABASE = re.compile(r"[a-z][a-z0-9-]{2,61}[a-z0-9]")


class InvalidSettingError(ValueError):
    """A variable has a value that cannot work. The message names it and says what is allowed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """What the environment says.

    Attributes:
        keys: Of the Gemini Developer API, by the variable that holds them. The chat reports one
            that is missing.
        base_url: Where Gemini is, without a slash at its end.
        vertex_base_url: Where Vertex AI is instead of at its own addresses; None for those.
        proxies: Between us and Gemini, by the names of the targets that have one.
        configuration: What nexus.toml says.
        hierarchy: The one in use, with the targets that have credentials, if any has.
        sqlite_path: The file that holds the windows; None means Firestore.
        firestore_database: The name of the database there.
        project: The Google Cloud project, if one is named.
    """

    keys: Mapping[str, str] = field(repr=False)
    base_url: str
    vertex_base_url: str | None = None
    proxies: Mapping[str, Proxy] = field(default_factory=dict)
    configuration: Configuration
    hierarchy: Hierarchy
    sqlite_path: Path | None
    firestore_database: str
    project: str | None

    @property
    def targets(self) -> tuple[TargetConfiguration, ...]:
        """The targets that have credentials."""
        return _with_credentials(self.configuration.targets, self.keys)

    @property
    def has_credentials(self) -> bool:
        """Whether any target can be asked."""
        return bool(self.targets)

    @property
    def vertex_project(self) -> str:
        """The project of targets on Vertex AI; reading the settings has seen to it."""
        return self.project or ""

    def url_of(self, target: TargetConfiguration) -> str:
        """Where a target is asked, without a slash at its end."""
        return _url_of(target, self.base_url, self.vertex_base_url)


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
    base_url = _base_url(environ, "GOOGLE_GEMINI_BASE_URL") or _GEMINI_URL
    vertex_base_url = _base_url(environ, "GOOGLE_VERTEX_BASE_URL")
    urls = {t.name: _url_of(t, base_url, vertex_base_url) for t in configuration.targets}
    keys = _keys(environ, configuration.targets)
    return Settings(
        keys=keys,
        base_url=base_url,
        vertex_base_url=vertex_base_url,
        proxies=_proxies(environ, urls),
        configuration=configuration,
        hierarchy=_hierarchy(environ, configuration, keys),
        sqlite_path=sqlite_path,
        firestore_database=firestore_database,
        project=_project(environ, configuration.targets),
    )


def _keys(environ: Mapping[str, str], targets: Sequence[TargetConfiguration]) -> Mapping[str, str]:
    names = dict.fromkeys(t.key for t in targets if t.vertex_location is None)
    keys = {name: environ[name].strip() for name in names if name in environ}
    for name, key in keys.items():
        if not all("!" <= character <= "~" for character in key):
            raise InvalidSettingError(
                f"{name}: must be letters, digits and signs of ASCII, without spaces"
            )
    return keys


def _with_credentials(
    targets: Sequence[TargetConfiguration], keys: Mapping[str, str]
) -> tuple[TargetConfiguration, ...]:
    return tuple(t for t in targets if t.vertex_location is not None or t.key in keys)


def _project(environ: Mapping[str, str], targets: Sequence[TargetConfiguration]) -> str | None:
    project = environ.get("GOOGLE_CLOUD_PROJECT")
    for target in targets:
        if target.vertex_location is not None and not _PROJECT.fullmatch(project or ""):
            raise InvalidSettingError(
                f"GOOGLE_CLOUD_PROJECT: must name the project of the target {target.name}"
            )
    return project


def _base_url(environ: Mapping[str, str], variable: str) -> str | None:
    url = environ.get(variable)
    if url is None:
        return None
    url = url.strip()
    if not _BASE_URL.fullmatch(url) or split_address(url) is None:
        raise InvalidSettingError(  # Without the value, which may hold a key.
            f"{variable}: must be a URL such as https://gemini.example.com, without user or query"
        )
    return url.rstrip("/")


def _url_of(target: TargetConfiguration, base_url: str, vertex_base_url: str | None) -> str:
    location = target.vertex_location
    if location is None:
        return base_url
    region_url = f"https://{location}-aiplatform.googleapis.com"
    return vertex_base_url or _VERTEX_URLS.get(location, region_url)


def _proxies(environ: Mapping[str, str], urls: Mapping[str, str]) -> Mapping[str, Proxy]:
    try:
        proxies = {name: proxy_for(url, environ) for name, url in urls.items()}
        return {name: proxy for name, proxy in proxies.items() if proxy is not None}
    except ValueError as error:
        raise InvalidSettingError(str(error)) from None  # Its cause may show a password.


def _hierarchy(
    environ: Mapping[str, str], configuration: Configuration, keys: Mapping[str, str]
) -> Hierarchy:
    name = environ.get("NEXUS_HIERARCHY", "default")
    if name not in configuration.hierarchies:
        raise InvalidSettingError(
            f"NEXUS_HIERARCHY: {name!r} is not configured; "
            f"known are {', '.join(configuration.hierarchies)}"
        )
    hierarchy = configuration.hierarchies[name]
    usable = {target.name for target in _with_credentials(configuration.targets, keys)}
    targets = tuple(target for target in hierarchy.targets if target.name in usable)
    if all(target.is_reserve for target in targets):
        return hierarchy  # Without a key, or with those of reserves alone, no chat is answered.
    return replace(hierarchy, targets=targets)


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
