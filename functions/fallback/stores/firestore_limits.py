"""Learned limits in Firestore: shared by all instances of both functions.

`learned_limits/{key}` holds `meter` (text) and `expires_at` (for the TTL policy). A meter is
replaced on the condition that it is as it was read, by its update time: of many requests that ask
for the last place of a minute, one gets it.
"""

from __future__ import annotations

import threading
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from google.api_core import exceptions as api_exceptions
from google.cloud import firestore

from fallback.core.meter import Meter
from fallback.stores.firestore_calls import CALL_SECONDS, NO_RETRY, calls
from fallback.stores.meter_text import from_text, to_text

COLLECTION = "learned_limits"

# Another writer was first: the document exists, is gone, has changed, or is being changed.
_CONFLICTS = (
    api_exceptions.Conflict,
    api_exceptions.FailedPrecondition,
    api_exceptions.NotFound,
)


class FirestoreLimitStore:
    """Keeps meters in Firestore. Safe for many threads."""

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

    def read(self, key: str) -> Meter:
        """One meter; see `fallback.ports.LimitStore`."""
        with calls():
            return _meter(self._document(key).get(retry=None, timeout=CALL_SECONDS))

    def read_all(self) -> Mapping[str, Meter]:
        """All meters; see `fallback.ports.LimitStore`."""
        with calls():
            collection = self._connected().collection(COLLECTION)
            found = collection.get(retry=NO_RETRY, timeout=CALL_SECONDS)
            return {document.id: _meter(document) for document in found}

    def write(self, key: str, meter: Meter, expires_at: datetime) -> object | None:
        """Replaces a meter as it was read; see `fallback.ports.LimitStore`."""
        fields = {"meter": to_text(meter), "expires_at": expires_at}
        with calls():
            reference = self._document(key)
            try:
                if meter.version is None:
                    written = reference.create(fields, retry=None, timeout=CALL_SECONDS)
                else:
                    unchanged = self._connected().write_option(last_update_time=meter.version)
                    written = reference.update(
                        fields, option=unchanged, retry=None, timeout=CALL_SECONDS
                    )
            except _CONFLICTS:
                return None
            version: object = written.update_time
            return version

    def _document(self, key: str) -> firestore.DocumentReference:
        return self._connected().collection(COLLECTION).document(key)

    def _connected(self) -> firestore.Client:
        with self._connecting:
            if self._client is None:
                self._client = firestore.Client(project=self._project, database=self._database)
            return self._client


def _meter(document: Any) -> Meter:
    if not document.exists:
        return Meter()
    return from_text((document.to_dict() or {}).get("meter"), document.update_time)
