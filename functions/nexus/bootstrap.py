"""Puts a function together: the only place in the service that picks real adapters."""

from __future__ import annotations

import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, cast

from fallback.bootstrap import build_forecast, build_limits, build_windows
from fallback.core.availability import Availability, availability
from fallback.events import Event
from fallback.limits.shared import SharedLimits
from fallback.ports import Clock, EventLog
from fallback.shutdown import Shutdown
from fallback.stores.lazy import LazyStore
from fallback.system_clock import SystemClock
from fallback.wait_budget import WaitBudget
from fallback.windows.shared import SharedWindows
from nexus.event_log import JsonEventLog
from nexus.settings import ServiceSettings, read_service_settings

if TYPE_CHECKING:
    from fallback.forecasting.pacer import Pacer
    from fallback.forecasting.shared import SharedForecast
    from nexus.fairness.fair_use import FairUse
    from nexus.fairness.ports import VisitorStore
    from nexus.status.ports import Status
    from nexus.status.publisher import StatusPublisher
    from nexus.status.watcher import StatusWatcher
    from nexus.waiting_room.core.line import Line
    from nexus.waiting_room.room import WaitingRoom
    from nexus.waiting_room.shared import SharedLine

_PLAIN_SHARE = 8
"""One thread in so many is kept for plain polls, however many streams are open."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Nexus:
    """What the entry points work with, once for each instance."""

    settings: ServiceSettings
    clock: Clock
    log: EventLog
    windows: SharedWindows
    limits: SharedLimits
    shutdown: Shutdown
    status: StatusPublisher | None
    forecast: SharedForecast | None
    pacer: Pacer | None
    line: SharedLine | None
    room: WaitingRoom | None


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
    keys = settings.fallback.keys.values()
    log = JsonEventLog(settings.log_level, (*keys, *settings.signing_secrets))
    clock = SystemClock()
    windows = build_windows(settings.fallback, clock, log)
    limits = build_limits(settings.fallback, windows, clock, log)
    forecast = build_forecast(settings.fallback, clock, log) if is_chat else None
    line = _build_line(settings, windows, limits, clock, log, is_chat=is_chat)
    status = _build_publisher(settings, windows, limits, line, clock, log) if is_chat else None
    return Nexus(
        settings=settings,
        clock=clock,
        log=log,
        windows=windows,
        limits=limits,
        shutdown=Shutdown(clock),
        status=status,
        forecast=forecast,
        pacer=_build_pacer(settings, forecast),
        line=line,
        room=_build_room(settings, line, clock) if is_chat else None,
    )


def _build_pacer(settings: ServiceSettings, forecast: SharedForecast | None) -> Pacer | None:
    """What lets chats step down early, where that is configured."""
    if forecast is None or not settings.fallback.hierarchy.pacing:
        return None
    from fallback.forecasting.pacer import Pacer  # noqa: PLC0415 - few switch it on

    return Pacer(forecast)


def _build_line(
    settings: ServiceSettings,
    windows: SharedWindows,
    limits: SharedLimits,
    clock: Clock,
    log: EventLog,
    *,
    is_chat: bool,
) -> SharedLine | None:
    """The line of those who wait, where there is a waiting room."""
    if not settings.waiting_room.enabled:
        return None
    from nexus.waiting_room.bootstrap import build_line  # noqa: PLC0415 - some switch it off

    return build_line(settings, windows, limits, clock, log, is_chat=is_chat)


def _build_room(
    settings: ServiceSettings, line: SharedLine | None, clock: Clock
) -> WaitingRoom | None:
    """The waiting room at the chat's door, where there is one."""
    if line is None:
        return None
    from nexus.waiting_room.bootstrap import build_room  # noqa: PLC0415 - some switch it off

    return build_room(settings, line, signing_secrets(settings), clock)


def _build_publisher(  # noqa: PLR0917 - what a process has once
    settings: ServiceSettings,
    windows: SharedWindows,
    limits: SharedLimits,
    line: SharedLine | None,
    clock: Clock,
    log: EventLog,
) -> StatusPublisher | None:
    """What writes the status object from now on; None if there is none."""
    if settings.status_object is None:
        return None
    from nexus.status.bootstrap import build_publisher  # noqa: PLC0415 - only with an object

    state = partial(_state, settings, windows, limits, line, clock)
    publisher = build_publisher(settings, settings.status_object, state, clock, log)
    windows.on_change = publisher.changed
    if line is not None:
        line.on_change = publisher.changed
    return publisher


def build_watcher(nexus: Nexus) -> StatusWatcher:
    """What tells the streams of check-availability; nothing is started yet."""
    from nexus.status.bootstrap import status_of  # noqa: PLC0415 - not for the chat
    from nexus.status.watcher import StatusWatcher  # noqa: PLC0415

    def status() -> Status:
        found, line = _state(nexus.settings, nexus.windows, nexus.limits, nexus.line, nexus.clock)
        return status_of(found, nexus.clock.now(), line)

    threads = nexus.settings.threads
    return StatusWatcher(
        status,
        clock=nexus.clock,
        log=nexus.log,
        shutdown=nexus.shutdown,
        max_listeners=threads - max(1, threads // _PLAIN_SHARE),
    )


def _state(
    settings: ServiceSettings,
    windows: SharedWindows,
    limits: SharedLimits,
    line: SharedLine | None,
    clock: Clock,
) -> tuple[Availability, Line | None]:
    """The state of this moment, and who waits, from the store if it can be read."""
    budget = WaitBudget(clock)
    known = limits.refreshed(windows.reread(budget), budget)
    waiting = None if line is None else line.known(known, budget)
    return availability(settings.fallback.hierarchy, known, clock.now()), waiting


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

    If none are given there is one that follows from a key of Gemini, which all instances have.
    Without a key nothing is answered, and nothing signed needs to outlive the process.
    """
    if settings.signing_secrets:
        return [secret.encode() for secret in settings.signing_secrets]
    key = next(iter(settings.fallback.keys.values()), None)
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
