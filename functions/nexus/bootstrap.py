"""Puts a function together: the only place in the service that picks real adapters."""

from __future__ import annotations

import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, cast

from fallback.bootstrap import build_windows
from fallback.events import Event
from fallback.ports import Clock, EventLog
from fallback.shutdown import Shutdown
from fallback.stores.lazy import LazyStore
from fallback.system_clock import SystemClock
from fallback.windows.shared import SharedWindows
from nexus.event_log import JsonEventLog
from nexus.settings import ServiceSettings, read_service_settings

if TYPE_CHECKING:
    from nexus.fairness.fair_use import FairUse
    from nexus.fairness.ports import VisitorStore


@dataclass(frozen=True, slots=True, kw_only=True)
class Nexus:
    """What the entry points work with, once for each instance."""

    settings: ServiceSettings
    clock: Clock
    log: EventLog
    windows: SharedWindows
    shutdown: Shutdown


def bootstrap(environ: Mapping[str, str], *, is_chat: bool) -> Nexus:
    """Builds what both functions need.

    Nothing is opened yet, for gunicorn forks after this: connections and threads come with the
    first request.

    Args:
        environ: Usually `os.environ`.
        is_chat: Whether this process is the chat, which needs more than check-availability.

    Raises:
        InvalidSettingError: In one line: the variable and what it may be.
    """
    settings = read_service_settings(
        environ, default_config=Path(__file__).parents[1] / "nexus.toml", is_chat=is_chat
    )
    key = settings.fallback.api_key
    log = JsonEventLog(settings.log_level, (*((key,) if key else ()), *settings.signing_secrets))
    clock = SystemClock()
    return Nexus(
        settings=settings,
        clock=clock,
        log=log,
        windows=build_windows(settings.fallback, clock, log),
        shutdown=Shutdown(clock),
    )


def build_fair_use(nexus: Nexus) -> FairUse | None:
    """Builds the limits for each visitor, where they are on."""
    if not nexus.settings.visitor_limits:
        return None
    from nexus.fairness.fair_use import FairUse  # noqa: PLC0415 - only the chat needs it

    if not nexus.settings.signing_secrets:
        nexus.log(Event.SIGNING_SECRET_DERIVED)
    return FairUse(
        visitor_store(nexus.settings),
        secrets=signing_secrets(nexus.settings),
        rules=nexus.settings.visitors,
        clock=nexus.clock,
        log=nexus.log,
    )


def signing_secrets(settings: ServiceSettings) -> Sequence[bytes]:
    """What ids and codes are signed with: the first signs, all verify.

    If none are given there is one that follows from the key of Gemini, which all instances have.
    Without a key nothing is answered, and nothing signed needs to outlive the process.
    """
    if settings.signing_secrets:
        return [secret.encode() for secret in settings.signing_secrets]
    key = settings.fallback.api_key
    return [key.encode() if key else secrets.token_bytes(32)]


def visitor_store(settings: ServiceSettings) -> VisitorStore:
    """Where visitors are counted, and codes revoked; nothing is opened yet."""
    state = settings.fallback
    if state.sqlite_path is not None:
        from nexus.fairness.stores.sqlite import SqliteVisitorStore  # noqa: PLC0415

        return SqliteVisitorStore(state.sqlite_path)

    def firestore() -> VisitorStore:
        from nexus.fairness.stores.firestore import FirestoreVisitorStore  # noqa: PLC0415

        return FirestoreVisitorStore(state.project, state.firestore_database)

    return cast("VisitorStore", LazyStore(firestore))
