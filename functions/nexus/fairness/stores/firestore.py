"""Visitors in Firestore: shared by all instances of the chat function.

`visitors/{record}` holds `usages` (text) and `expires_at` (for the TTL policy), and
`revoked_codes/{id}` holds `expires_at`. A record is replaced on the condition that it is as it was
read, by its update time: no lock, no transaction, and no message that is not counted.
"""

from __future__ import annotations

import threading
from collections.abc import Set
from datetime import datetime

from google.api_core import exceptions as api_exceptions
from google.cloud import firestore

from fallback.stores.firestore_calls import CALL_SECONDS, NO_RETRY, calls
from nexus.fairness.ports import Record
from nexus.fairness.stores.ledger_text import from_text, to_text

VISITORS = "visitors"
REVOKED = "revoked_codes"

# Another writer was first: the document exists, is gone, has changed, or is being changed.
_CONFLICTS = (
    api_exceptions.Conflict,
    api_exceptions.FailedPrecondition,
    api_exceptions.NotFound,
)


class FirestoreVisitorStore:
    """Keeps ledgers and revocations in Firestore. Safe for many threads."""

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

    def read(self, name: str) -> Record:
        """A record; see `fairness.ports.VisitorStore`."""
        with calls():
            reference = self._connected().collection(VISITORS).document(name)
            document = reference.get(retry=None, timeout=CALL_SECONDS)
            if not document.exists:
                return Record({})
            fields = document.to_dict() or {}
            return Record(from_text(fields.get("usages")), document.update_time)

    def write(self, name: str, record: Record, expires_at: datetime) -> object | None:
        """Replaces a record as it was read; see `fairness.ports.VisitorStore`."""
        fields = {"usages": to_text(record.ledger), "expires_at": expires_at}
        with calls():
            client = self._connected()
            reference = client.collection(VISITORS).document(name)
            try:
                if record.version is None:
                    written = reference.create(fields, retry=None, timeout=CALL_SECONDS)
                else:
                    unchanged = client.write_option(last_update_time=record.version)
                    written = reference.update(
                        fields, option=unchanged, retry=None, timeout=CALL_SECONDS
                    )
            except _CONFLICTS:
                return None
            version: object = written.update_time
            return version

    def revoke(self, code_id: str, expires_at: datetime) -> None:
        """Makes a code worthless; see `fairness.ports.VisitorStore`."""
        with calls():
            reference = self._connected().collection(REVOKED).document(code_id)
            reference.set({"expires_at": expires_at}, retry=None, timeout=CALL_SECONDS)

    def revoked(self) -> Set[str]:
        """All revoked codes; see `fairness.ports.VisitorStore`."""
        with calls():
            documents = self._connected().collection(REVOKED)
            return {document.id for document in documents.get(retry=NO_RETRY, timeout=CALL_SECONDS)}

    def _connected(self) -> firestore.Client:
        with self._connecting:
            if self._client is None:
                self._client = firestore.Client(project=self._project, database=self._database)
            return self._client
