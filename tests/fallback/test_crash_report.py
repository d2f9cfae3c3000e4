"""A bug is described by its place and type alone."""

from __future__ import annotations

import json
import re

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
    assert re.sub(r"line \d+", "line 1", str(report["stack_trace"])) == (
        "Traceback (most recent call last):\n"
        '  File "fallback/test_crash_report.py", line 1, in crash\n'
        '  File "fallback/core/windows.py", line 1, in to_epoch_ms\n'
        "TypeError"
    )


def test_it_gives_no_values() -> None:
    assert "visitor" not in json.dumps(describe(crash("a visitor's words")))


def test_of_a_deep_stack_it_names_the_innermost_lines() -> None:
    def fall(depth: int) -> None:
        if not depth:
            raise KeyError
        fall(depth - 1)

    with pytest.raises(KeyError) as caught:
        fall(50)

    assert str(describe(caught.value)["stack_trace"]).count("  File ") == 8
