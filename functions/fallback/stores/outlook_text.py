"""An outlook as text, without what instances count together: JSON, the same in every store.

`cells` and `errors` are numbers, `folded_until` and `made_at` hours since 1970, and a forecast is
`[key, made_at, ends_at, day_ends_at, band, used, limit]` in UTC epoch milliseconds.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from datetime import timedelta
from typing import Any

from fallback.core.demand import HOURS_OF_WEEK, Counts, Demand, hour_of, start_of
from fallback.core.forecast import Forecast
from fallback.core.outlook import Ends, Outlook
from fallback.core.windows import from_epoch_ms, to_epoch_ms

_MS = timedelta(milliseconds=1)


def to_text(outlook: Outlook) -> str:
    """What is stored."""
    cells = [None if cell is None else round(cell, 2) for cell in outlook.demand.cells]
    fields = {
        "cells": cells,
        "folded_until": outlook.demand.folded_until,
        "forecasts": _rows(outlook.forecasts),
        "untried": _rows(outlook.untried),
        "errors": [round(error, 2) for error in outlook.errors],
        "made_at": None if outlook.made_at is None else hour_of(outlook.made_at),
    }
    return json.dumps(fields, separators=(",", ":"))


def from_text(text: object, counts: Counts, ends: Ends, version: object | None) -> Outlook:
    """What was stored; of a text that is not ours, only the counts."""
    try:
        fields: dict[str, Any] = json.loads(text) if isinstance(text, str) else {}
        cells = tuple(None if cell is None else float(cell) for cell in fields["cells"])
        if len(cells) != HOURS_OF_WEEK:
            raise ValueError("a week has 168 hours")
        made_at = fields["made_at"]
        return Outlook(
            demand=Demand(cells=cells, counts=counts, folded_until=fields["folded_until"]),
            ends=ends,
            forecasts=_forecasts(fields["forecasts"]),
            untried=_forecasts(fields["untried"]),
            errors=tuple(float(error) for error in fields["errors"]),
            made_at=None if made_at is None else start_of(made_at),
            version=version,
        )
    except (ValueError, TypeError, KeyError, OverflowError):
        return Outlook(demand=Demand(counts=counts), ends=ends, version=version)


def _rows(forecasts: Iterable[Forecast]) -> list[list[object]]:
    return [
        [
            forecast.key,
            to_epoch_ms(forecast.made_at),
            to_epoch_ms(forecast.ends_at),
            to_epoch_ms(forecast.day_ends_at),
            round(forecast.band / _MS),
            forecast.used,
            forecast.limit,
        ]
        for forecast in forecasts
    ]


def _forecasts(rows: Iterable[Any]) -> tuple[Forecast, ...]:
    return tuple(
        Forecast(
            key=str(key),
            made_at=from_epoch_ms(made_at),
            ends_at=from_epoch_ms(ends_at),
            day_ends_at=from_epoch_ms(day_ends_at),
            band=band * _MS,
            used=int(used),
            limit=int(limit),
        )
        for key, made_at, ends_at, day_ends_at, band, used, limit in rows
    )
