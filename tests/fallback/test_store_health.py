"""When a store's outage begins, and when it is over."""

from __future__ import annotations

from contextlib import suppress

from fallback.ports import StoreUnavailableError
from fallback.store_health import StoreHealth


class Scene:
    """A store's calls, and what is told of them."""

    def __init__(self) -> None:
        self.told: list[str | None] = []
        self.seconds = 0.0
        self.health = StoreHealth(lambda: self.seconds, self.told.append, max_seconds=0.25)

    def call(self, *, writes: bool, fails: bool = False, seconds: float = 0) -> None:
        with suppress(StoreUnavailableError), self.health.judging(writes=writes):
            self.seconds += seconds
            if fails:
                raise StoreUnavailableError("it is full")


def test_what_can_be_read_but_not_written_is_one_outage_until_it_is_written() -> None:
    scene = Scene()
    for _ in range(3):
        scene.call(writes=True, fails=True)
        scene.call(writes=False)
    assert scene.told == ["it is full"]
    assert scene.health.is_available  # A read is worth waiting for.

    scene.call(writes=True)

    assert scene.told == ["it is full", None]


def test_a_read_that_failed_is_over_with_a_read() -> None:
    scene = Scene()
    scene.call(writes=False, fails=True)
    scene.call(writes=False)

    assert scene.told == ["it is full", None]


def test_a_write_that_was_only_slow_was_written() -> None:
    scene = Scene()
    scene.call(writes=True, seconds=0.3)
    scene.call(writes=False)

    assert scene.told == ["slow", None]
