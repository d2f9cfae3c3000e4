"""Evaluates PromQL over counted events, as far as the alerts of `infra/` use it."""

from __future__ import annotations

import math
import operator
from collections.abc import Callable
from datetime import datetime
from typing import Any

import promql_parser

Count = Callable[[str, dict[str, str], datetime, datetime], int]
"""How often a metric with such labels was counted between two instants."""

_ARITHMETIC = {"+": operator.add, "-": operator.sub, "*": operator.mul}
_COMPARISON = {">": operator.gt, ">=": operator.ge}


def evaluate(query: str, at: datetime, count: Count) -> float | None:
    """The value of a query that has one series at most; None where it has none.

    Raises:
        NotImplementedError: The query has a form that is not known here.
    """
    return _value(promql_parser.parse(query), at, count)


def _value(node: Any, at: datetime, count: Count) -> float | None:
    match type(node).__name__:
        case "ParenExpr":
            return _value(node.expr, at, count)
        case "NumberLiteral":
            return float(node.val)
        case "AggregateExpr" if str(node.op) == "sum":
            return _value(node.expr, at, count)
        case "Call" if node.func.name == "vector":
            return _value(node.args[0], at, count)
        case "Call" if node.func.name == "increase":
            return _increase(node.args[0], at, count)
        case "BinaryExpr":
            return _combined(str(node.op), node, at, count)
    raise NotImplementedError(str(node))


def _increase(matrix: Any, at: datetime, count: Count) -> float | None:
    selector = matrix.vector_selector
    labels = {matcher.name: matcher.value for matcher in selector.matchers.matchers}
    # A series exists from its first event on.
    return count(selector.name, labels, at - matrix.range, at) or None


def _combined(symbol: str, node: Any, at: datetime, count: Count) -> float | None:
    left, right = _value(node.lhs, at, count), _value(node.rhs, at, count)
    if symbol == "or":
        return right if left is None else left
    if left is None or right is None:
        return None
    if symbol == "and":
        return left
    if symbol == "/":
        return left / right if right else math.nan if not left else math.inf
    if symbol in _COMPARISON:
        return left if _COMPARISON[symbol](left, right) else None
    if symbol in _ARITHMETIC:
        result: float = _ARITHMETIC[symbol](left, right)
        return result
    raise NotImplementedError(symbol)
