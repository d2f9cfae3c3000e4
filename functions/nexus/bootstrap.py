"""Puts a function together: the only place in the service that picks real adapters."""

from __future__ import annotations

import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from fallback.bootstrap import build_forecast, build_windows, limit_store, text_store
from fallback.core.availability import Availability, availability
from fallback.events import Event
from fallback.limits.shared import SharedLimits
from fallback.ports import Clock, EventLog
from fallback.shutdown import Shutdown
from fallback.system_clock import SystemClock
from fallback.wait_budget import WaitBudget
from fallback.windows.shared import SharedWindows
from nexus.event_log import JsonEventLog
from nexus.settings import ServiceSettings, read_service_settings

if TYPE_CHECKING:
    from fallback.forecasting.pacer import Pacer
    from fallback.forecasting.shared import SharedForecast
    from nexus.fairness.fair_use import FairUse
    from nexus.fairness.store import VisitorStore
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
    limits = SharedLimits(limit_store(settings.fallback), windows, clock=clock, log=log)
    forecast = build_forecast(settings.fallback, clock, log) if is_chat else None
    line = room = pacer = status = None
    # Some switch these off, and a start loads nothing that it does not use (PLC0415).
    if settings.waiting_room.enabled:
        from nexus.waiting_room.bootstrap import build_line  # noqa: PLC0415

        line = build_line(settings, windows, limits, clock, log, is_chat=is_chat)
    if line is not None and is_chat:
        from nexus.waiting_room.room import WaitingRoom  # noqa: PLC0415

        room = WaitingRoom(line, signing_secrets(settings), clock)
    if forecast is not None and settings.fallback.hierarchy.pacing:
        from fallback.forecasting.pacer import Pacer  # noqa: PLC0415

        pacer = Pacer(forecast)
    if is_chat and settings.status_object is not None:
        from nexus.status.bootstrap import build_publisher  # noqa: PLC0415

        state = partial(_state, settings, windows, limits, line, clock)
        status = build_publisher(settings, settings.status_object, state, clock, log)
        windows.on_change = status.changed
        if line is not None:
            line.on_change = status.changed
    return Nexus(
        settings=settings,
        clock=clock,
        log=log,
        windows=windows,
        limits=limits,
        shutdown=Shutdown(clock),
        status=status,
        forecast=forecast,
        pacer=pacer,
        line=line,
        room=room,
    )


def build_watcher(nexus: Nexus) -> StatusWatcher:
    """What tells the streams of check-availability; nothing is started yet."""
    from nexus.status.bootstrap import status_reader  # noqa: PLC0415 - not for the chat
    from nexus.status.watcher import StatusWatcher  # noqa: PLC0415

    state = partial(_state, nexus.settings, nexus.windows, nexus.limits, nexus.line, nexus.clock)
    threads = nexus.settings.threads
    return StatusWatcher(
        status_reader(state, nexus.clock),
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
    from nexus.fairness.store import REVOKED, VISITORS, VisitorStore  # noqa: PLC0415

    return VisitorStore(text_store(settings.fallback, VISITORS, REVOKED))
