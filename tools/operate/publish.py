"""Tells the pages what an operator has changed."""

from __future__ import annotations

from fallback.core.availability import Availability, availability
from fallback.ports import WindowStore
from fallback.system_clock import SystemClock
from nexus.event_log import JsonEventLog
from nexus.settings import ServiceSettings
from nexus.status.bootstrap import build_publisher
from nexus.waiting_room.core.line import Line
from nexus.waiting_room.store import LineStore


def publish(service: ServiceSettings, windows: WindowStore, lines: LineStore) -> None:
    """Writes the status object, if the environment names it.

    Args:
        service: What the environment says.
        windows: The windows that the functions share.
        lines: Where the line is.
    """
    if service.status_object is None:
        return
    clock = SystemClock()

    def state() -> tuple[Availability, Line | None]:
        found = availability(service.fallback.hierarchy, windows.read(), clock.now())
        return found, lines.read()

    log = JsonEventLog("INFO")
    publisher = build_publisher(service, service.status_object, state, clock, log)
    publisher.changed()
    publisher.settle()
