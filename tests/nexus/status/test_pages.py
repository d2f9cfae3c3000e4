"""The pages beside the status object end up true, whoever writes at the same time."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from itertools import cycle

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fallback.core.availability import Availability
from nexus.status.history_json import from_body, to_body
from nexus.status.pages import Page, write_pages
from nexus.status.ports import Status, Stored
from tools.testkit.states import FIRST, STAND_IN, WELL, after, limited, service
from tools.testkit.time_travel import FakeClock

WHOLE = service(WELL, STAND_IN)


class MemoryStore:
    """One object.

    Attributes:
        bodies: All that was ever written.
        before_step: Called before each call takes place.
    """

    def __init__(self, before_step: Callable[[], object] = lambda: None) -> None:
        self.bodies: list[bytes] = []
        self.versions: list[str] = []
        self.before_step = before_step
        self._lock = threading.Lock()

    def read(self) -> Stored:
        self.before_step()
        return Stored(self.versions[-1] if self.versions else None, len(self.bodies))

    def content(self, stored: Stored) -> bytes | None:
        self.before_step()
        if stored.generation != len(self.bodies):
            return None
        return self.bodies[-1] if self.bodies else b""

    def write(self, status: Status, generation: object) -> bool:
        self.before_step()
        with self._lock:
            if generation != len(self.bodies):
                return False
            self.bodies.append(status.body)
            self.versions.append(status.version)
            return True


class Site:
    """The objects of one page, and the state of the service."""

    def __init__(self) -> None:
        self.state: Availability = WHOLE
        self.clock = FakeClock()
        self.history, self.page, self.feed = MemoryStore(), MemoryStore(), MemoryStore()

    def write(self) -> bool:
        """What one instance writes; a page says all, the feed what changes rarely."""
        return write_pages(
            self.history,
            [Page(self.page, to_body), Page(self.feed, lambda h: repr(h.incidents).encode())],
            lambda: (self.state, None),
            self.clock,
        )

    def fail(self, seconds: float) -> None:
        self.state = service(limited(FIRST, self.clock.monotonic() + seconds), STAND_IN)


@pytest.fixture
def site() -> Site:
    return Site()


def test_the_first_state_is_written_to_all(site: Site) -> None:
    assert site.write()

    history = from_body(site.history.bodies[-1])
    assert history is not None
    assert history.since == after(0)
    assert site.page.bodies == site.history.bodies


def test_what_says_the_same_already_is_not_written_again(site: Site) -> None:
    site.write()
    site.clock.tick(60)
    site.write()
    site.fail(40)
    site.write()

    assert (len(site.history.bodies), len(site.page.bodies), len(site.feed.bodies)) == (2, 2, 1)


def test_a_page_that_another_left_behind_is_written(site: Site) -> None:
    site.write()
    site.page.write(Status("late", b"late"), 1)

    assert site.write()
    assert site.page.bodies[-1] == site.history.bodies[-1]


def test_content_that_is_replaced_before_it_is_read_is_read_again(site: Site) -> None:
    site.write()
    reads = cycle([None, lambda: site.history.write(Status("other", b"{}"), 1)])
    site.history.before_step = lambda: (step := next(reads)) and step()

    assert not site.write()

    site.history.before_step = lambda: None
    assert site.write()


@given(st.lists(st.booleans(), max_size=12), st.integers(1, 3))
def test_whatever_another_instance_writes_between_two_steps_the_page_ends_up_true(
    turns: list[bool], changes: int
) -> None:
    site = Site()
    left: Iterator[bool] = iter(turns)
    is_nested = False

    def another_may_write() -> None:
        nonlocal is_nested
        if not is_nested and next(left, False):
            is_nested = True
            site.clock.tick(7)
            site.fail(100)
            site.write()
            is_nested = False

    for store in (site.history, site.page, site.feed):
        store.before_step = another_may_write
    for _ in range(changes):
        site.clock.tick(5)
        site.fail(40)
        while not site.write():
            pass

    assert site.page.bodies[-1] == site.history.bodies[-1]
    history = from_body(site.history.bodies[-1])
    assert history is not None
    assert history.models[0].outage is not None
    assert history.models[0].outage.until == site.state.models[0].until
