"""Puts a function together: the only place that picks real adapters."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, cast

from event_log import JsonEventLog
from fallback.adapters.keyless import KeylessProvider
from fallback.adapters.late import Late
from fallback.adapters.system_clock import SystemClock
from fallback.ports import Clock, EventLog, Provider, WindowStore
from fallback.shared_windows import SharedWindows
from fallback.shutdown import Shutdown
from settings import Settings, read_settings

if TYPE_CHECKING:
    from fairness.fair_use import FairUse
    from fairness.ports import VisitorStore
    from fallback.runner import Runner


@dataclass(frozen=True, slots=True, kw_only=True)
class Nexus:
    """What the entry points work with, once for each instance."""

    settings: Settings
    clock: Clock
    log: EventLog
    windows: SharedWindows
    shutdown: Shutdown


def bootstrap(environ: Mapping[str, str]) -> Nexus:
    """Builds what both functions need.

    Nothing is opened yet, for gunicorn forks after this: connections and threads come with the
    first request.

    Raises:
        InvalidSettingError: In one line: the variable and what it may be.
    """
    settings = read_settings(environ, default_config=Path(__file__).with_name("nexus.toml"))
    log = JsonEventLog(settings.log_level, (settings.api_key,) if settings.api_key else ())
    clock = SystemClock()
    windows = SharedWindows(
        window_store(settings), rules=settings.configuration.windows, clock=clock, log=log
    )
    return Nexus(
        settings=settings,
        clock=clock,
        log=log,
        windows=windows,
        shutdown=Shutdown(clock),
    )


# The imports from here on are large, or for one function: each pays at its start only for what it
# uses, hence PLC0415.


def build_runner(nexus: Nexus) -> Runner:
    """Builds what the chat function needs beside that."""
    from fallback.runner import Runner  # noqa: PLC0415

    return Runner(
        nexus.settings.hierarchy,
        provider=_provider(nexus),
        windows=nexus.windows,
        clock=nexus.clock,
        log=nexus.log,
        shutdown=nexus.shutdown,
    )


def build_fair_use(nexus: Nexus) -> FairUse | None:
    """Builds the limits for each visitor, where they are on."""
    if not nexus.settings.visitor_limits:
        return None
    from fairness.fair_use import FairUse  # noqa: PLC0415

    return FairUse(
        visitor_store(nexus.settings),
        secret=signing_secret(nexus.settings),
        rules=nexus.settings.configuration.visitors,
        clock=nexus.clock,
        log=nexus.log,
    )


def signing_secret(settings: Settings) -> bytes:
    """What ids and codes are signed with: the one secret that all instances have, or none.

    Without a key nothing is answered, and nothing signed needs to outlive the process.
    """
    return settings.api_key.encode() if settings.api_key else secrets.token_bytes(32)


def _provider(nexus: Nexus) -> Provider:
    if nexus.settings.api_key is None:
        return KeylessProvider()
    from fallback.adapters.gemini import GeminiProvider  # noqa: PLC0415

    return GeminiProvider(nexus.settings.api_key, nexus.clock)


def window_store(settings: Settings) -> WindowStore:
    """The store that the settings name; nothing is opened yet."""
    if settings.sqlite_path is not None:
        from fallback.adapters.sqlite import SqliteWindowStore  # noqa: PLC0415

        return SqliteWindowStore(settings.sqlite_path)

    def firestore() -> WindowStore:
        from fallback.adapters.firestore import FirestoreWindowStore  # noqa: PLC0415

        return FirestoreWindowStore(settings.project, settings.firestore_database)

    return cast("WindowStore", Late(firestore))


def visitor_store(settings: Settings) -> VisitorStore:
    """Where visitors are counted, and codes revoked."""
    if settings.sqlite_path is not None:
        from fairness.adapters.sqlite import SqliteVisitorStore  # noqa: PLC0415

        return SqliteVisitorStore(settings.sqlite_path)

    def firestore() -> VisitorStore:
        from fairness.adapters.firestore import FirestoreVisitorStore  # noqa: PLC0415

        return FirestoreVisitorStore(settings.project, settings.firestore_database)

    return cast("VisitorStore", Late(firestore))
