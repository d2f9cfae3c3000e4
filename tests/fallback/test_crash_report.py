"""A bug is described by its place and type alone."""

from __future__ import annotations

import json

import pytest

from fallback.core.windows import to_epoch_ms
from fallback.crash_report import describe


def crash(value: object) -> Exception:
    try:
        to_epoch_ms(value)  # type: ignore[arg-type]
    except TypeError as bug:
        return bug
    raise AssertionError("it should have failed")


def test_it_names_the_type_and_the_lines() -> None:
    report = describe(crash("a visitor's words"))

    assert report["error"] == "TypeError"
    where = report["where"]
    assert isinstance(where, list)
    assert [place.partition(":")[0] for place in where] == [
        "fallback/test_crash_report.py",
        "fallback/core/windows.py",
    ]
    assert all(place.partition(":")[2].isdigit() for place in where)


def test_it_gives_no_values() -> None:
    assert "visitor" not in json.dumps(describe(crash("a visitor's words")))


def test_of_a_deep_stack_it_names_the_innermost_lines() -> None:
    def fall(depth: int) -> None:
        if not depth:
            raise KeyError
        fall(depth - 1)

    with pytest.raises(KeyError) as caught:
        fall(50)

    where = describe(caught.value)["where"]
    assert isinstance(where, list)
    assert len(where) == 8
