"""Puts the waiting room together."""

from __future__ import annotations

from fallback.bootstrap import text_store
from fallback.core.windows import Windows
from fallback.limits.shared import SharedLimits
from fallback.ports import Clock, EventLog
from fallback.windows.shared import SharedWindows
from nexus.settings import ServiceSettings
from nexus.waiting_room.core.line import Supply
from nexus.waiting_room.core.supply import supply
from nexus.waiting_room.shared import SharedLine
from nexus.waiting_room.store import LINE, TICKETS, LineStore


def build_line(
    settings: ServiceSettings,
    windows: SharedWindows,
    limits: SharedLimits,
    clock: Clock,
    log: EventLog,
    *,
    is_chat: bool,
) -> SharedLine:
    """The line of those who wait; nothing is opened yet.

    Only the chat sets its pace: check-availability may not write (infra/check_availability.tf).
    """

    def taken_now(windows: Windows) -> Supply:
        hierarchy = settings.fallback.hierarchy
        limits.learn([candidate.key for candidate in hierarchy.candidates])
        return supply(hierarchy, limits.windows(windows), limits.meter, clock.now())

    return SharedLine(
        line_store(settings),
        windows,
        supply=taken_now if is_chat else None,
        clock=clock,
        log=log,
    )


def line_store(settings: ServiceSettings) -> LineStore:
    """Where the line is; nothing is opened yet."""
    return LineStore(text_store(settings.fallback, LINE, TICKETS))
