"""Puts together what writes the status object, and the pages beside it."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, cast

from fallback.core.availability import Availability
from fallback.ports import Clock, EventLog
from fallback.stores.lazy import LazyStore
from nexus.settings import BucketObject, ServiceSettings
from nexus.wire.availability_reply import status_object

if TYPE_CHECKING:
    from nexus.status.ports import Status, StatusStore
    from nexus.status.publisher import StatusPublisher
    from nexus.waiting_room.core.line import Line


def build_publisher(
    settings: ServiceSettings,
    place: BucketObject | Path,
    state: Callable[[], tuple[Availability, Line | None]],
    clock: Clock,
    log: EventLog,
) -> StatusPublisher:
    """What writes the status object and its pages; nothing is opened yet.

    Args:
        settings: What the environment says.
        place: Where the object lies.
        state: Reads the state as it is now, and who waits.
        clock: Tells the time.
        log: Where events go.
    """
    # None of this is for the watcher.
    from nexus.status.pages import Page, write_pages  # noqa: PLC0415
    from nexus.status.publisher import StatusPublisher  # noqa: PLC0415
    from nexus.wire.status_feed import status_feed  # noqa: PLC0415
    from nexus.wire.status_page import status_page  # noqa: PLC0415

    def beside(ending: str, content_type: str, max_age_seconds: int) -> StatusStore:
        return _store(settings, _beside(place, ending), content_type, max_age_seconds)

    history = beside("-days.json", "application/json", 30)
    pages = [
        Page(beside(".html", "text/html; charset=utf-8", 30), status_page),
        Page(beside(".atom", "application/atom+xml; charset=utf-8", 300), status_feed),
    ]
    return StatusPublisher(
        _store(settings, place),
        status_reader(state, clock),
        clock=clock,
        log=log,
        write_pages=partial(write_pages, history, pages, state, clock),
    )


def status_reader(
    state: Callable[[], tuple[Availability, Line | None]], clock: Clock
) -> Callable[[], Status]:
    """Returns what makes the status object of the state as it is now, and of who waits."""
    from nexus.status.ports import Status  # noqa: PLC0415 - only where it is asked for

    def status() -> Status:
        availability, line = state()
        return Status(*status_object(availability, clock.now(), line))

    return status


def _beside(place: BucketObject | Path, ending: str) -> BucketObject | Path:
    """Another object in the same folder: status.json gives status.html."""
    if isinstance(place, Path):
        return place.with_name(place.stem + ending)
    return BucketObject(place.bucket, place.name.removesuffix(".json") + ending)


def _store(
    settings: ServiceSettings,
    place: BucketObject | Path,
    content_type: str = "application/json",
    max_age_seconds: int = 1,
) -> StatusStore:
    if isinstance(place, Path):
        from nexus.status.stores.file import FileStatusStore  # noqa: PLC0415

        return FileStatusStore(place)

    def cloud_storage() -> StatusStore:
        from nexus.status.stores.cloud_storage import CloudStorageStatusStore  # noqa: PLC0415

        return CloudStorageStatusStore(
            place.bucket,
            place.name,
            settings.storage_emulator,
            content_type=content_type,
            max_age_seconds=max_age_seconds,
        )

    return cast("StatusStore", LazyStore(cloud_storage))
