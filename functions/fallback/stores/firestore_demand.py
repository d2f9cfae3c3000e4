"""The demand in Firestore: one document, to which all instances add.

`demand/chats` holds `counts` (by hour and name) and `ends` (epoch milliseconds, by the hour that
ends a day, and by key), `outlook` (text), and `expires_at` (for the TTL policy). Counts are added
with increments and ends with minima, on the server, so such writes commute. The outlook is replaced
on the condition that the document is as it was read, by its update time: one instance does.
"""

from __future__ import annotations

import threading
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from google.api_core import exceptions as api_exceptions
from google.cloud import firestore

from fallback.core.demand import Counts
from fallback.core.outlook import Ends, Outlook
from fallback.core.windows import from_epoch_ms, to_epoch_ms
from fallback.stores.firestore_calls import CALL_SECONDS, calls
from fallback.stores.outlook_text import from_text, to_text

COLLECTION = "demand"
_DOCUMENT = "chats"
# Another writer was first: the document exists, is gone, has changed, or is being changed.
_CONFLICTS = (
    api_exceptions.Conflict,
    api_exceptions.FailedPrecondition,
    api_exceptions.NotFound,
)


class FirestoreDemandStore:
    """Keeps the demand in Firestore. Safe for many threads."""

    def __init__(self, project: str | None = None, database: str = "(default)") -> None:
        """Connects to nothing yet: gRPC does not survive a fork.

        Args:
            project: The Google Cloud project; None lets the client library find it.
            database: Name of the database in it.
        """
        self._project = project
        self._database = database
        self._connecting = threading.Lock()
        self._client: firestore.Client | None = None

    def read(self) -> Outlook:
        """What is known; see `fallback.ports.DemandStore`."""
        with calls():
            document = self._document().get(retry=None, timeout=CALL_SECONDS)
            if not document.exists:
                return Outlook()
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
        with calls():
            self._document().set(fields, merge=True, retry=None, timeout=CALL_SECONDS)

    def turn(self, seen: Outlook, outlook: Outlook, expires_at: datetime) -> bool:
        """Replaces the outlook; see `fallback.ports.DemandStore`."""
        fields: dict[str, Any] = {"outlook": to_text(outlook), "expires_at": expires_at}
        for field, kept, before in (
            ("counts", outlook.demand.counts, seen.demand.counts),
            ("ends", outlook.ends, seen.ends),
        ):
            gone = (hour for hour in before if hour not in kept)
            fields |= {f"{field}.{_name(hour)}": firestore.DELETE_FIELD for hour in gone}
        with calls():
            try:
                if seen.version is None:
                    document = {"outlook": fields["outlook"], "expires_at": expires_at}
                    self._document().create(document, retry=None, timeout=CALL_SECONDS)
                else:
                    unchanged = self._connected().write_option(last_update_time=seen.version)
                    self._document().update(
                        fields, option=unchanged, retry=None, timeout=CALL_SECONDS
                    )
            except _CONFLICTS:
                return False
            return True

    def _document(self) -> firestore.DocumentReference:
        return self._connected().collection(COLLECTION).document(_DOCUMENT)

    def _connected(self) -> firestore.Client:
        with self._connecting:
            if self._client is None:
                self._client = firestore.Client(project=self._project, database=self._database)
            return self._client


def _name(hour: int) -> str:
    """An hour as a field; the plain number would need quotes in the path of a field."""
    return f"h{hour}"


def _by_hour(fields: Any) -> dict[int, Mapping[str, int]]:
    return {int(name.removeprefix("h")): found for name, found in (fields or {}).items()}
