"""The line in Firestore: shared by all instances of both functions.

`waiting_room/line` holds `line` (text) and `expires_at` (for the TTL policy). It is replaced on the
condition that it is as it was read, by its update time. `waiting_tickets/{use}` is created once
for each ticket that is used, with `expires_at`.
"""

from __future__ import annotations

from datetime import datetime

from fallback.stores.firestore_calls import FirestoreStore
from nexus.waiting_room.core.line import Line
from nexus.waiting_room.stores.line_text import from_text, to_text

ROOM = "waiting_room"
TICKETS = "waiting_tickets"


class FirestoreLineStore(FirestoreStore):
    """Keeps the line in Firestore. Safe for many threads."""

    def read(self) -> Line | None:
        """The line; see `waiting_room.ports.LineStore`."""
        text, version = self._text(ROOM, "line", "line")
        return None if version is None else from_text(text, version)

    def write(self, line: Line, expires_at: datetime) -> object | None:
        """Replaces the line as it was read; see `waiting_room.ports.LineStore`."""
        fields = {"line": to_text(line), "expires_at": expires_at}
        return self._replace(ROOM, "line", fields, line.version)

    def use(self, ticket: str, expires_at: datetime) -> bool:
        """Notes the one use of a ticket; see `waiting_room.ports.LineStore`."""
        return self._replace(TICKETS, ticket, {"expires_at": expires_at}, None) is not None

    def give_back(self, ticket: str) -> None:
        """Forgets the use of a ticket; see `waiting_room.ports.LineStore`."""
        self._delete(TICKETS, ticket)
