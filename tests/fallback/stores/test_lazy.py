"""A store that is built by whoever first uses it."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest

from fallback.stores.lazy import LazyStore
from tools.testkit.memory_store import MemoryStore


def test_it_is_built_once_and_when_it_is_first_used() -> None:
    built: list[MemoryStore] = []

    def build() -> MemoryStore:
        built.append(MemoryStore())
        return built[0]

    late = LazyStore(build)
    assert built == []

    with ThreadPoolExecutor(8) as pool:
        for read in [pool.submit(late.read) for _ in range(50)]:
            assert read.result() == {}
    assert len(built) == 1
    assert built[0].reads == 50


def test_what_could_not_be_built_is_tried_again() -> None:
    outcomes: list[object] = [OSError("no credentials"), MemoryStore()]

    def build() -> object:
        outcome = outcomes.pop(0)
        if isinstance(outcome, OSError):
            raise outcome
        return outcome

    late = LazyStore(build)

    with pytest.raises(OSError, match="no credentials"):
        late.read()
    assert late.read() == {}
