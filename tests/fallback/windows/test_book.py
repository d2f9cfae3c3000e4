"""The book by itself: no clock, no thread, no store."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from fallback.core.windows import Window
from fallback.store_tasks import Steps
from fallback.windows.book import Book
from tools.testkit.memory_store import MemoryStore

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
KEYS = ("gemini-3.8-flash", "gemini-3.8-flash@europe", "gemini-3.8-flash#input")


def seconds(count: float) -> timedelta:
    return timedelta(seconds=count)


def run(steps: Steps, store: MemoryStore, now: datetime = NOW) -> None:
    """Does all that a task asks for, at one instant."""
    reply: Any = None
    try:
        while True:
            reply = (steps.send(reply)(store), now)
    except StopIteration:
        return


@pytest.fixture
def book() -> Book:
    return Book()


@pytest.fixture
def store() -> MemoryStore:
    return MemoryStore()


@pytest.mark.parametrize("key", KEYS)
def test_any_key_has_a_window_of_its_own(book: Book, store: MemoryStore, key: str) -> None:
    book.put(key, Window(NOW, "overloaded"), None, NOW)
    run(book.write(NOW), store)

    assert list(store.windows) == list(book.windows(NOW)) == [key]
    assert [other for other in KEYS if book.window(other)] == [key]


def test_what_is_known_gets_old(book: Book, store: MemoryStore) -> None:
    assert book.is_old(NOW)
    run(book.read(NOW), store)

    assert not book.is_old(NOW + seconds(0.999))
    assert book.is_old(NOW + seconds(1))


def test_what_was_read_in_the_future_is_old(book: Book, store: MemoryStore) -> None:
    run(book.read(NOW), store)

    assert book.is_old(NOW - seconds(60))


def test_a_read_that_is_broken_off_is_not_tried_again_at_once(book: Book) -> None:
    steps = book.read(NOW)
    next(steps)
    steps.close()

    assert not book.is_old(NOW + seconds(0.5))
    assert book.windows(NOW) == {}


def changes(book: Book, store: MemoryStore) -> Iterator[str]:
    """One change after another, by name."""
    book.put(KEYS[0], Window(NOW, "overloaded"), None, NOW)
    yield "a window is opened"
    claimed = book.claim(KEYS[0], NOW + seconds(20), NOW)
    assert claimed is not None
    yield "a lease is taken"
    book.release(claimed[0], NOW)
    yield "a lease is given back"
    claimed = book.claim(KEYS[0], NOW + seconds(20), NOW)
    assert claimed is not None
    book.close(claimed[0], NOW)
    yield "a window is closed"
    store.windows[KEYS[1]] = Window(NOW, "rate_limited", version=1)
    run(book.read(NOW), store)
    yield "another process has opened a window"


def test_every_change_gives_another_version(book: Book, store: MemoryStore) -> None:
    seen = [book.version]
    for change in changes(book, store):
        assert book.version not in seen, change
        seen.append(book.version)


def test_what_changes_nothing_leaves_the_version(book: Book, store: MemoryStore) -> None:
    for _ in changes(book, store):
        pass
    version = book.version

    book.windows(NOW)
    run(book.read(NOW), store)
    run(book.write(NOW), store)
    assert book.claim("unknown", NOW + seconds(20), NOW) is None

    assert book.version == version
