"""Heavy visitors step down while the primary is exhausted, and others so that it lasts."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from fallback.core.hierarchy import Hierarchy, Model
from fallback.core.scarcity import best_last, cheaper_first, is_scarce
from fallback.core.windows import Window

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)


def hierarchy(names: str) -> Hierarchy:
    return Hierarchy("test", tuple(Model(f"m-{name}", name) for name in names))


@pytest.mark.parametrize(
    ("models", "cheaper"), [("a", "a"), ("ab", "ba"), ("abc", "cab"), ("abcde", "deabc")]
)
def test_the_cheaper_half_comes_first_and_none_is_left_out(models: str, cheaper: str) -> None:
    assert cheaper_first(hierarchy(models)) == hierarchy(cheaper)


@pytest.mark.parametrize(
    ("exhausted", "seconds", "scarce"), [("m-a", 1, True), ("m-a", 0, False), ("m-b", 1, False)]
)
def test_capacity_is_scarce_while_the_primary_is_exhausted(
    exhausted: str, seconds: int, scarce: bool
) -> None:
    windows = {exhausted: Window(NOW + timedelta(seconds=seconds), "overloaded")}

    assert is_scarce(hierarchy("abc"), windows, NOW) is scarce
    assert not is_scarce(hierarchy("abc"), {}, NOW)


@pytest.mark.parametrize(("models", "last"), [("a", "a"), ("ab", "ba"), ("abcde", "bcdea")])
def test_the_best_model_is_left_to_those_who_find_no_other(models: str, last: str) -> None:
    assert best_last(hierarchy(models)) == hierarchy(last)
