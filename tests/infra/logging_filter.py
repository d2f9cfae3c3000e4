"""Filters of Cloud Logging, as far as `infra/` uses them.

Source: https://docs.cloud.google.com/logging/docs/view/logging-query-language
"""

from __future__ import annotations

import operator
import re
from typing import Any

_TERM = re.compile(r'(NOT )?([\w.]+)(=|>)(?:"([^"]*)"|\(([^()]*)\)|(\d+))')
_COMPARE = {"=": operator.eq, ">": operator.gt}


def matches(wanted: str, entry: dict[str, Any]) -> bool:
    """Whether a filter takes a log entry.

    Raises:
        ValueError: The filter has a form that is not known here.
    """
    return all(_takes(term, entry) for term in wanted.split(" AND "))


def _takes(term: str, entry: dict[str, Any]) -> bool:
    found = _TERM.fullmatch(term)
    if found is None:
        raise ValueError(f"not understood: {term}")
    negated, path, compare, text, listed, number = found.groups()
    values: list[Any] = re.findall(r'"([^"]*)"', listed) if listed else [text]
    if number:
        values = [int(number)]
    actual: Any = entry
    for name in path.split("."):
        actual = actual.get(name) if isinstance(actual, dict) else None
    # A field that is missing meets no comparison, and so every NOT of one.
    is_met = actual is not None and any(_COMPARE[compare](actual, value) for value in values)
    return is_met != bool(negated)
