"""Puts the waiting room together."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, cast

from fallback.core.windows import Windows
from fallback.limits.shared import SharedLimits
from fallback.ports import Clock, EventLog
from fallback.stores.lazy import LazyStore
from fallback.windows.shared import SharedWindows
from nexus.settings import ServiceSettings
from nexus.waiting_room.core.line import Supply
from nexus.waiting_room.core.supply import supply
from nexus.waiting_room.shared import SharedLine

if TYPE_CHECKING:
    from nexus.waiting_room.ports import LineStore
    from nexus.waiting_room.room import WaitingRoom


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


def build_room(line: SharedLine, secrets: Sequence[bytes], clock: Clock) -> WaitingRoom:
    """The waiting room at the chat's door."""
    from nexus.waiting_room.room import WaitingRoom  # noqa: PLC0415 - only the chat needs it

    return WaitingRoom(line, secrets, clock)


def line_store(settings: ServiceSettings) -> LineStore:
    """Where the line is; nothing is opened yet."""
    state = settings.fallback

    def build() -> LineStore:
        if state.sqlite_path is not None:
            from nexus.waiting_room.stores.sqlite import SqliteLineStore  # noqa: PLC0415

            return SqliteLineStore(state.sqlite_path)
        from nexus.waiting_room.stores.firestore import FirestoreLineStore  # noqa: PLC0415

        return FirestoreLineStore(state.project, state.firestore_database)

    return cast("LineStore", LazyStore(build))
