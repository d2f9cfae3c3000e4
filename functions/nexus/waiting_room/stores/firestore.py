"""The line in Firestore: shared by all instances of both functions.

`waiting_room/line` holds `line` (text) and `expires_at` (for the TTL policy). It is replaced on the
condition that it is as it was read, by its update time. `waiting_tickets/{use}` is created once
for each ticket that is used, with `expires_at`.
"""

from __future__ import annotations

import threading
from datetime import datetime

from google.api_core import exceptions as api_exceptions
from google.cloud import firestore

from fallback.stores.firestore_calls import CALL_SECONDS, calls
from nexus.waiting_room.core.line import Line
from nexus.waiting_room.stores.line_text import from_text, to_text

ROOM = "waiting_room"
TICKETS = "waiting_tickets"

# Another writer was first: the document exists, is gone, has changed, or is being changed.
_CONFLICTS = (
    api_exceptions.Conflict,
    api_exceptions.FailedPrecondition,
    api_exceptions.NotFound,
)


class FirestoreLineStore:
    """Keeps the line in Firestore. Safe for many threads."""

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

    def read(self) -> Line | None:
        """The line; see `waiting_room.ports.LineStore`."""
        with calls():
            document = self._document(ROOM, "line").get(retry=None, timeout=CALL_SECONDS)
            if not document.exists:
                return None
            return from_text((document.to_dict() or {}).get("line"), document.update_time)

    def write(self, line: Line, expires_at: datetime) -> object | None:
        """Replaces the line as it was read; see `waiting_room.ports.LineStore`."""
        fields = {"line": to_text(line), "expires_at": expires_at}
        with calls():
            reference = self._document(ROOM, "line")
            try:
                if line.version is None:
                    written = reference.create(fields, retry=None, timeout=CALL_SECONDS)
                else:
                    unchanged = self._connected().write_option(last_update_time=line.version)
                    written = reference.update(
                        fields, option=unchanged, retry=None, timeout=CALL_SECONDS
                    )
            except _CONFLICTS:
                return None
            version: object = written.update_time
            return version

    def use(self, ticket: str, expires_at: datetime) -> bool:
        """Notes the one use of a ticket; see `waiting_room.ports.LineStore`."""
        with calls():
            try:
                self._document(TICKETS, ticket).create(
                    {"expires_at": expires_at}, retry=None, timeout=CALL_SECONDS
                )
            except api_exceptions.Conflict:
                return False
            return True

    def _document(self, collection: str, name: str) -> firestore.DocumentReference:
        return self._connected().collection(collection).document(name)

    def _connected(self) -> firestore.Client:
        with self._connecting:
            if self._client is None:
                self._client = firestore.Client(project=self._project, database=self._database)
            return self._client
