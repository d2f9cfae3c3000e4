"""Shows windows as a table or as JSON, and how an error would be treated."""

from __future__ import annotations

import ast
from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta

from fallback.core.availability import Status, availability
from fallback.core.classification import classify
from fallback.core.forecast import Forecast
from fallback.core.hierarchy import Candidate, Hierarchy
from fallback.core.meter import Meter
from fallback.core.window_rules import Streak, WindowRules, window_after
from fallback.core.windows import (
    EVERY_MODEL,
    ISOLATED,
    METERED,
    Phase,
    Window,
    is_of_target,
    split_name,
)
from fallback.rfc3339 import rfc3339
from nexus.waiting_room.core.line import Line
from nexus.waiting_room.shared import WAITING

Row = dict[str, str | int]

_NOTES = (METERED, WAITING)
"""Reasons of windows that keep nobody out."""

_STATES = {Phase.OPEN: "exhausted", Phase.DUE: "due for a probe", Phase.PROBING: "probing"}


def summary(windows: Mapping[str, Window], hierarchy: Hierarchy, now: datetime) -> str:
    """Whether a chat would be answered now, and why not, in one line."""
    found = availability(hierarchy, windows, now)
    candidates = hierarchy.candidates
    standing = [window for c in candidates if (window := _window_of(c, windows)) is not None]
    reasons = Counter(window.reason for window in standing)
    why = ", ".join(f"{reason} ({count} of {len(candidates)})" for reason, count in reasons.items())
    match found.status:
        case Status.OPERATIONAL:
            return f"Chats are answered{f'; set aside: {why}' if why else ''}."
        case Status.DEGRADED:
            return f"Chats are answered or probed, but models are set aside: {why}."
        case Status.MISCONFIGURED:
            return f"No chat is answered until a person acts: {why}."
        case Status.EXHAUSTED | Status.UNAVAILABLE:
            end = f" until {rfc3339(found.retry_at)}" if found.retry_at else ""
            return f"No chat is answered{end}: {why}."


def _window_of(candidate: Candidate, windows: Mapping[str, Window]) -> Window | None:
    """The widest window that concerns a candidate."""
    service = windows.get(EVERY_MODEL)
    if service is not None and service.reason == ISOLATED:
        return service
    return windows.get(candidate.target_key) or windows.get(candidate.key)


def rows_of(
    windows: Mapping[str, Window],
    hierarchy: Hierarchy,
    now: datetime,
    forecasts: Iterable[Forecast] = (),
) -> list[Row]:
    """One row for each model by each target, and for each other stored window."""
    keys = [candidate.key for candidate in hierarchy.candidates]
    others = {name for name, window in windows.items() if window.reason not in _NOTES}
    keys += sorted(others - set(keys))
    foreseen = {f.key: _foreseen(f) for f in forecasts if f.day_ends_at > now}
    return [_row(k, windows.get(k), hierarchy, now) | foreseen.get(k, {}) for k in keys]


def _foreseen(forecast: Forecast) -> Row:
    """What is foreseen of today's quota."""
    band = f"{rfc3339(forecast.ends_at)} ± {round(forecast.band / timedelta(minutes=1))} min"
    return {
        "used_today": f"{forecast.used:,} of {forecast.limit:,}",
        "quota_ends": "lasts" if forecast.lasts else band,
    }


def limit_rows(meters: Mapping[str, Meter]) -> list[Row]:
    """One row for each limit that was learned."""
    return [
        {
            "key": key,
            "limit": dimension.replace("_", " "),
            "value": limit.value,
            "learned": rfc3339(limit.learned_at),
            "source": "told" if limit.is_told else "counted",
        }
        for key, meter in sorted(meters.items())
        for dimension, limit in sorted(meter.limits.items())
    ]


def line_row(line: Line, now: datetime) -> Row:
    """How long the line is, and how it moves."""
    per_second = line.per_second
    return {
        "mode": line.mode.value,
        "waiting": line.waiting(now),
        "issued": line.issued,
        "called": int(line.called_at(now)),
        "called_a_second": "unknown" if per_second is None else f"{per_second:.2f}",
        "of_those_called_come": f"{line.share:.0%}",
    }


def _row(key: str, window: Window | None, hierarchy: Hierarchy, now: datetime) -> Row:
    row: Row = {"model": key}
    if len(hierarchy.targets) > 1:
        model, target = split_name(key)
        default = next(t.name for t in hierarchy.targets if t.is_default)
        row = {"model": model, "target": target or default}
    if window is None:
        return row | {"state": "available"}
    row |= {
        "state": _STATES[window.phase(now)],
        "reason": window.reason,
        "source": _source(key, window),
        "until": rfc3339(window.until),
        "next_probe": rfc3339(window.probe_at or window.until),
        "failed_probes": window.failed_probes,
    }
    if window.leased_until is not None and now < window.leased_until:
        row["lease"] = rfc3339(window.leased_until)
    return row


def _source(key: str, window: Window) -> str:
    if window.reason == ISOLATED:
        return "by hand"
    if key == EVERY_MODEL:
        return "the service"
    return "the target" if is_of_target(key) else "a failure"


def table(rows: Iterable[Mapping[str, str | int]]) -> str:
    """The rows as a text table, without empty columns."""
    rows = list(rows)
    columns = list(dict.fromkeys(column for row in rows for column in row))
    lines = [[column.replace("_", " ").upper() for column in columns]]
    lines += [[_cell(row.get(column, "–")) for column in columns] for row in rows]
    widths = [max(len(line[index]) for line in lines) for index in range(len(columns))]
    return "\n".join(
        "  ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)).rstrip()
        for line in lines
    )


def _cell(value: str | int) -> str:
    return f"{value:,}" if isinstance(value, int) else value


def pasted(text: str) -> object:
    """An error as pasted: a reply's body, or what google-genai prints of it."""
    start = text.find("{")
    if start < 0 or text[:start].lstrip()[:1] in ("<", "["):
        return text
    try:
        return ast.literal_eval(text[start:].strip())  # Python's form, with None and quotes.
    except (ValueError, SyntaxError, MemoryError, RecursionError):
        return text[start:]


def verdict(
    status: int | None,
    body: object,
    headers: Mapping[str, str],
    rules: WindowRules,
    now: datetime,
) -> Row:
    """How the functions would treat this error reply now."""
    failure = classify(status, body, headers, now)
    found: Row = {
        "kind": failure.kind.value,
        "scope": failure.scope.value,
        "status": failure.status or "–",
        "reason": failure.reason or "–",
        "second attempt": "yes" if failure.retryable else "no",
        "window": _length(window_after(failure, now, rules), now),
    }
    if window_after(failure, now, rules) is None:
        row = Streak(rules.tripping_failures, rules.tripping_silences)
        found["window after several in a row"] = _length(
            window_after(failure, now, rules, streak=row), now
        )
    if failure.successor is not None:
        found["successor"] = failure.successor
    return found


def _length(window: Window | None, now: datetime) -> str:
    if window is None:
        return "none"
    seconds = round((window.until - now) / timedelta(seconds=1))
    probe = "" if window.probe_at is None else f", with a probe at {rfc3339(window.probe_at)}"
    return f"{seconds} s, until {rfc3339(window.until)}{probe}"
