"""What all calls of one program share: settings, windows and runners."""

from __future__ import annotations

import functools
import importlib.util
import os
import threading
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from fallback.bootstrap import build_windows, gemini_providers, limit_store, sdk_provider
from fallback.configuration import load_configuration
from fallback.core.hierarchy import Hierarchy, InvalidConfigurationError, Target
from fallback.library.event_log import LoggingEventLog
from fallback.library.state_file import IN_MEMORY, state_file
from fallback.limits.shared import SharedLimits
from fallback.ports import Provider
from fallback.redaction import Redaction
from fallback.runner import Runner
from fallback.settings import InvalidSettingError, Settings, read_settings, variables
from fallback.system_clock import SystemClock
from fallback.windows.shared import SharedWindows

if TYPE_CHECKING:
    from google.genai import Client

_PACKAGE = Path(__file__).parents[1]
_CONFIGURATIONS = (_PACKAGE / "nexus.toml", _PACKAGE.parent / "nexus.toml")
"""Inside the package if it was installed, beside it in a checkout."""

_configuration = functools.cache(load_configuration)
_MAX_ASYNC_CALLS = 64
_MAX_CLIENTS = 16
"""Of so many clients, those used last, the windows are remembered."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Way:
    """What to ask with: the configured targets, or a client; and what is known of their quotas."""

    settings: Settings
    windows: SharedWindows
    limits: SharedLimits
    runner: Runner


class Parts:
    """The parts for one environment. Safe for many threads.

    Attributes:
        settings: What the environment says.
        clock: The machine's.
        threads: Where asynchronous calls run.
    """

    def __init__(self, settings: Settings) -> None:
        """Opens nothing before the first call."""
        self.settings = settings
        self.clock = SystemClock()
        self.threads = ThreadPoolExecutor(_MAX_ASYNC_CALLS, thread_name_prefix="fallback")
        self._log = LoggingEventLog(Redaction(*settings.keys.values()))
        self._gemini = gemini_providers(settings, self.clock, self._log)
        self._own = self._way(settings, self._gemini)
        self._of_client = functools.lru_cache(maxsize=_MAX_CLIENTS)(self._new_way_of_client)

    def way(self, client: Client | None) -> Way:
        """What to ask with: the configured targets, or a client."""
        return self._own if client is None else self._of_client(client)

    def close(self) -> None:
        """Closes the connections that are not in use."""
        # The SDK's clients have no such method: they belong to whoever made them.
        for provider in self._gemini.values():
            close = getattr(provider, "close", None)
            if close is not None:
                close()

    def _new_way_of_client(self, client: Client) -> Way:
        # A client's project has quotas of its own, and nothing says which project that is.
        hierarchy = replace(self.settings.hierarchy, targets=(Target(),))
        in_memory = replace(self.settings, sqlite_path=IN_MEMORY, hierarchy=hierarchy)
        provider = sdk_provider(self.settings, client, self.clock, self._log)
        return self._way(in_memory, {Target().name: provider})

    def _way(self, settings: Settings, providers: Mapping[str, Provider]) -> Way:
        windows = build_windows(settings, self.clock, self._log)
        store = limit_store(settings)
        limits = SharedLimits(store, windows, clock=self.clock, log=self._log)
        runner = Runner(
            settings.hierarchy,
            providers=providers,
            windows=windows,
            limits=limits,
            clock=self.clock,
            log=self._log,
        )
        return Way(settings=settings, windows=windows, limits=limits, runner=runner)


class _Latest:
    """The parts for the environment as it is now: a program may set its key at any time."""

    def __init__(self) -> None:
        self.forget()

    def forget(self) -> None:
        """Starts anew; a forked process does, since threads and connections stay behind."""
        self._lock = threading.Lock()
        self._parts: Parts | None = None

    def parts(self) -> Parts:
        settings = _read_settings(variables(os.environ))
        with self._lock:
            if self._parts is not None and self._parts.settings != settings:
                self._parts.close()
                self._parts = None
            self._parts = self._parts or Parts(settings)
            return self._parts


_latest = _Latest()
if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_latest.forget)


def current_parts() -> Parts:
    """The parts for the environment as it is now.

    Raises:
        InvalidSettingError: The environment or the configuration cannot work.
    """
    return _latest.parts()


def current_hierarchy() -> Hierarchy:
    """The hierarchy in use; the default one if the environment cannot work."""
    try:
        return current_parts().settings.hierarchy
    except InvalidSettingError:
        return _read_settings({}).hierarchy


def _read_settings(environ: Mapping[str, str]) -> Settings:
    default = next((path for path in _CONFIGURATIONS if path.is_file()), _CONFIGURATIONS[0])
    try:
        configuration = _configuration(Path(environ.get("NEXUS_CONFIG", default)))
    except InvalidConfigurationError as error:
        raise InvalidSettingError(f"NEXUS_CONFIG: {error}") from error
    settings = read_settings(environ, configuration, IN_MEMORY)
    if "NEXUS_STATE" in environ:
        if settings.sqlite_path is None and not _has_firestore():
            raise InvalidSettingError(
                "NEXUS_STATE: firestore needs a package: pip install google-cloud-firestore"
            )
        return settings
    path = state_file(environ, settings.keys.values(), settings.base_url)
    return replace(settings, sqlite_path=path)


@functools.cache
def _has_firestore() -> bool:
    try:
        return importlib.util.find_spec("google.cloud.firestore") is not None
    except ModuleNotFoundError:  # Not even google.cloud.
        return False
