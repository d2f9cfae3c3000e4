"""How meters are stored: as texts, which are JSON, small, and the same in every store.

`{"limits": {"requests_per_minute": [60, learned_at, true]}, "log": [[at, calls, tokens], …],
"counted_from": at}`: instants are UTC epoch milliseconds, and true means told by the provider.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime

from fallback.core.meter import Meter
from fallback.core.quota import Dimension, LearnedLimit
from fallback.core.sliding_log import Entry, SlidingLog
from fallback.core.windows import from_epoch_ms, to_epoch_ms
from fallback.ports import TextStore, TextTable

LIMITS = TextTable("learned_limits", key="key", text="meter")


class LimitStore:
    """Meters, shared by all instances. Safe for many threads.

    Each call may take seconds when the store is in trouble; it then raises StoreUnavailableError.
    """

    def __init__(self, store: TextStore) -> None:
        """Takes the store of the texts, which has the table LIMITS."""
        self._store = store

    def read(self, key: str) -> Meter:
        """One meter with its version; an empty one where there is none."""
        return from_text(*self._store.read(LIMITS, key))

    def read_all(self) -> Mapping[str, Meter]:
        """All meters, by key."""
        return {key: from_text(*found) for key, found in self._store.read_all(LIMITS).items()}

    def write(self, key: str, meter: Meter, expires_at: datetime) -> object | None:
        """Replaces a meter, if it is still as it was read: of many callers, one succeeds.

        Args:
            key: The meter's.
            meter: The new one, with the version of the one that it was made from.
            expires_at: The instant (UTC) from which on nobody needs it.

        Returns:
            The version that it has now; None where it was not as it was read, and is as it was.
        """
        return self._store.write(LIMITS, key, to_text(meter), expires_at, meter.version)


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
