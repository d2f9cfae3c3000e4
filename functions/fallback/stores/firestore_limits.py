"""Learned limits in Firestore: shared by all instances of both functions.

`learned_limits/{key}` holds `meter` (text) and `expires_at` (for the TTL policy). A meter is
replaced on the condition that it is as it was read, by its update time: of many requests that ask
for the last place of a minute, one gets it.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from fallback.core.meter import Meter
from fallback.stores.firestore_calls import FirestoreStore
from fallback.stores.meter_text import from_text, to_text

COLLECTION = "learned_limits"


class FirestoreLimitStore(FirestoreStore):
    """Keeps meters in Firestore. Safe for many threads."""

    def read(self, key: str) -> Meter:
        """One meter; see `fallback.ports.LimitStore`."""
        return from_text(*self._text(COLLECTION, key, "meter"))

    def read_all(self) -> Mapping[str, Meter]:
        """All meters; see `fallback.ports.LimitStore`."""
        return {
            found.id: from_text((found.to_dict() or {}).get("meter"), found.update_time)
            for found in self._find(COLLECTION)
        }

    def write(self, key: str, meter: Meter, expires_at: datetime) -> object | None:
        """Replaces a meter as it was read; see `fallback.ports.LimitStore`."""
        fields = {"meter": to_text(meter), "expires_at": expires_at}
        return self._replace(COLLECTION, key, fields, meter.version)
