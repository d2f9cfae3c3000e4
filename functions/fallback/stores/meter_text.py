"""A meter as text: JSON, small, and the same in every store.

`{"limits": {"requests_per_minute": [60, learned_at, true]}, "log": [[at, calls, tokens], …],
"counted_from": at}`: instants are UTC epoch milliseconds, and true means told by the provider.
"""

from __future__ import annotations

import json

from fallback.core.meter import Meter
from fallback.core.quota import Dimension, LearnedLimit
from fallback.core.sliding_log import Entry, SlidingLog
from fallback.core.windows import from_epoch_ms, to_epoch_ms


def to_text(meter: Meter) -> str:
    """What is stored."""
    counted_from = meter.counted_from
    fields = {
        "limits": {
            dimension: [limit.value, to_epoch_ms(limit.learned_at), limit.is_told]
            for dimension, limit in meter.limits.items()
        },
        "log": [[to_epoch_ms(e.at), e.calls, e.tokens] for e in meter.log.entries],
        "counted_from": None if counted_from is None else to_epoch_ms(counted_from),
    }
    return json.dumps(fields, separators=(",", ":"))


def from_text(text: object, version: object | None = None) -> Meter:
    """What was stored; empty if it is not ours, so that a bad record is replaced."""
    try:
        fields = json.loads(text) if isinstance(text, str) else {}
        counted_from = fields.get("counted_from")
        return Meter(
            {
                Dimension(name): LearnedLimit(int(value), from_epoch_ms(int(at)), bool(is_told))
                for name, (value, at, is_told) in fields.get("limits", {}).items()
            },
            SlidingLog(
                tuple(
                    Entry(from_epoch_ms(int(at)), int(calls), int(tokens))
                    for at, calls, tokens in fields.get("log", ())
                )
            ),
            None if counted_from is None else from_epoch_ms(int(counted_from)),
            version,
        )
    except (ValueError, TypeError, AttributeError, OverflowError):
        return Meter(version=version)
