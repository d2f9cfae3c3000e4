"""Puts a function together: the only place in the service that picks real adapters."""

from __future__ import annotations

import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, cast

from fallback.bootstrap import build_forecast, build_limits, build_windows
from fallback.core.availability import availability
from fallback.core.windows import Windows
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
from nexus.wire.availability_reply import availability_version, status_object
from nexus.wire.chat_reply import to_json

if TYPE_CHECKING:
    from fallback.forecasting.pacer import Pacer
    from fallback.forecasting.shared import SharedForecast
    from nexus.fairness.fair_use import FairUse
    from nexus.fairness.ports import VisitorStore
    from nexus.status.ports import Status, StatusStore
    from nexus.status.publisher import StatusPublisher
    from nexus.status.watcher import StatusWatcher

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
    return Nexus(
        settings=settings,
        clock=clock,
        log=log,
        windows=windows,
        limits=limits,
        shutdown=Shutdown(clock),
        status=_build_publisher(settings, windows, limits, clock, log) if is_chat else None,
        forecast=forecast,
        pacer=_build_pacer(settings, forecast),
    )


def _build_pacer(settings: ServiceSettings, forecast: SharedForecast | None) -> Pacer | None:
    """What lets chats step down early, where that is configured."""
    if forecast is None or not settings.fallback.hierarchy.pacing:
        return None
    from fallback.forecasting.pacer import Pacer  # noqa: PLC0415 - few switch it on

    return Pacer(forecast)


def _build_publisher(
    settings: ServiceSettings,
    windows: SharedWindows,
    limits: SharedLimits,
    clock: Clock,
    log: EventLog,
) -> StatusPublisher | None:
    """What writes the status object from now on; None if there is none."""
    store = status_store(settings)
    if store is None:
        return None
    from nexus.status.publisher import StatusPublisher  # noqa: PLC0415 - only with an object

    state = partial(current_status, settings, windows, limits, clock)
    publisher = StatusPublisher(store, state, clock=clock, log=log)
    windows.on_change = publisher.changed
    return publisher


def build_watcher(nexus: Nexus) -> StatusWatcher:
    """What tells the streams of check-availability; nothing is started yet."""
    from nexus.status.watcher import StatusWatcher  # noqa: PLC0415 - not for the chat

    threads = nexus.settings.threads
    return StatusWatcher(
        partial(current_status, nexus.settings, nexus.windows, nexus.limits, nexus.clock),
        clock=nexus.clock,
        log=nexus.log,
        shutdown=nexus.shutdown,
        max_listeners=threads - max(1, threads // _PLAIN_SHARE),
    )


def current_status(
    settings: ServiceSettings, windows: SharedWindows, limits: SharedLimits, clock: Clock
) -> Status:
    """The status object of this moment, from the store if it can be read."""
    budget = WaitBudget(clock)
    known = limits.refreshed(windows.reread(budget), budget)
    return status_of(settings, known, clock.now())


def status_of(settings: ServiceSettings, windows: Windows, now: datetime) -> Status:
    """The status object while these windows are all there are."""
    from nexus.status.ports import Status  # noqa: PLC0415 - only where it is asked for

    found = availability(settings.fallback.hierarchy, windows, now)
    return Status(availability_version(found), to_json(status_object(found, now)))


def status_store(settings: ServiceSettings) -> StatusStore | None:
    """Where the status object lies; nothing is opened yet."""
    place = settings.status_object
    if place is None:
        return None
    if isinstance(place, Path):
        from nexus.status.stores.file import FileStatusStore  # noqa: PLC0415

        return FileStatusStore(place)

    def cloud_storage() -> StatusStore:
        from nexus.status.stores.cloud_storage import CloudStorageStatusStore  # noqa: PLC0415

        return CloudStorageStatusStore(place.bucket, place.name, settings.storage_emulator)

    return cast("StatusStore", LazyStore(cloud_storage))


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
