"""Writes the history of the service beside the status object, and the pages that tell it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from fallback.core.availability import Availability
from fallback.ports import Clock
from nexus.status.core.history import History, record
from nexus.status.history_json import from_body, to_body
from nexus.status.ports import Status, StatusStore, Stored, digest
from nexus.waiting_room.core.line import Line
from nexus.waiting_room.core.line_ahead import line_ahead


@dataclass(frozen=True, slots=True)
class Page:
    """Something that is written for people.

    Attributes:
        store: Where it lies.
        render: Writes it; of one history it always writes the same.
    """

    store: StatusStore
    render: Callable[[History], bytes]


def write_pages(
    history: StatusStore,
    pages: Sequence[Page],
    state: Callable[[], tuple[Availability, Line | None]],
    clock: Clock,
) -> bool:
    """Records the state as it is now, and writes what that changes.

    Everything is read before the state, and written only over what was read. So of many instances,
    whoever writes last has seen all that the others have written.

    Args:
        history: Where the history lies.
        pages: What is written from it.
        state: Reads the state as it is now, and who waits.
        clock: Tells the time.

    Returns:
        Whether everything is up to date; false if somebody else wrote at the same time.

    Raises:
        StoreUnavailableError: A store fails.
    """
    before = [page.store.read() for page in pages]
    stored = history.read()
    body = history.content(stored)
    if body is None:
        return False
    (availability, line), now = state(), clock.now()
    ahead = line_ahead(line, availability, now)
    known = record(from_body(body), availability, now, ahead)
    return _is_written(history, stored, to_body(known)) and all(
        _is_written(page.store, found, page.render(known))
        for page, found in zip(pages, before, strict=True)
    )


def _is_written(store: StatusStore, stored: Stored, body: bytes) -> bool:
    status = Status(digest(body), body)
    return stored.version == status.version or store.write(status, stored.generation)
