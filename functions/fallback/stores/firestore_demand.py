"""The demand in Firestore: one document, to which all instances add.

`demand/chats` holds `counts` (by hour and name) and `ends` (epoch milliseconds, by the hour that
ends a day, and by key), `outlook` (text), and `expires_at` (for the TTL policy). Counts are added
with increments and ends with minima, on the server, so such writes commute. The outlook is replaced
on the condition that the document is as it was read, by its update time: one instance does.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from google.cloud import firestore

from fallback.core.demand import Counts
from fallback.core.outlook import Ends, Outlook
from fallback.core.windows import from_epoch_ms, to_epoch_ms
from fallback.stores.firestore_calls import FirestoreStore
from fallback.stores.outlook_text import from_text, to_text

COLLECTION = "demand"
_DOCUMENT = "chats"


class FirestoreDemandStore(FirestoreStore):
    """Keeps the demand in Firestore. Safe for many threads."""

    def read(self) -> Outlook:
        """What is known; see `fallback.ports.DemandStore`."""
        document = self._get(COLLECTION, _DOCUMENT)
        fields = document.to_dict() or {}
        ends = {
            day: {name: from_epoch_ms(int(at_ms)) for name, at_ms in found.items()}
            for day, found in _by_hour(fields.get("ends")).items()
        }
        return from_text(
            fields.get("outlook"), _by_hour(fields.get("counts")), ends, document.update_time
        )

    def add(self, counts: Counts, ends: Ends, expires_at: datetime) -> None:
        """Adds counts; see `fallback.ports.DemandStore`."""
        fields = {
            "counts": {
                _name(hour): {name: firestore.Increment(number) for name, number in found.items()}
                for hour, found in counts.items()
            },
            "ends": {
                _name(day): {name: firestore.Minimum(to_epoch_ms(at)) for name, at in found.items()}
                for day, found in ends.items()
            },
            "expires_at": expires_at,
        }
        self._set(COLLECTION, _DOCUMENT, fields)

    def turn(self, seen: Outlook, outlook: Outlook, expires_at: datetime) -> bool:
        """Replaces the outlook; see `fallback.ports.DemandStore`."""
        fields: dict[str, Any] = {"outlook": to_text(outlook), "expires_at": expires_at}
        for field, kept, before in (
            ("counts", outlook.demand.counts, seen.demand.counts),
            ("ends", outlook.ends, seen.ends),
        ):
            gone = (hour for hour in before if hour not in kept)
            fields |= {f"{field}.{_name(hour)}": firestore.DELETE_FIELD for hour in gone}
        return self._replace(COLLECTION, _DOCUMENT, fields, seen.version) is not None


def _name(hour: int) -> str:
    """An hour as a field; the plain number would need quotes in the path of a field."""
    return f"h{hour}"


def _by_hour(fields: Any) -> dict[int, Mapping[str, int]]:
    return {int(name.removeprefix("h")): found for name, found in (fields or {}).items()}
