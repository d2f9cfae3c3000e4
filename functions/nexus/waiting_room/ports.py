"""Where the line is kept. Adapters fill this in."""

from __future__ import annotations

from datetime import datetime
from typing import Protocol

from nexus.waiting_room.core.line import Line


class LineStore(Protocol):
    """The line, shared by all instances.

    Each call may take seconds when the store is in trouble; it then raises
    `fallback.ports.StoreUnavailableError`.
    """

    def read(self) -> Line | None:
        """The line with its version; None if there is none yet."""
        ...

    def write(self, line: Line, expires_at: datetime) -> object | None:
        """Replaces the line, if it is still as it was read: of many callers, one succeeds.

        Args:
            line: The new one, with the version of the one that it was made from.
            expires_at: The instant (UTC) from which on nobody needs it.

        Returns:
            The version that it has now; None if it was not as it was read, and is as it was.
        """
        ...

    def use(self, ticket: str, expires_at: datetime) -> bool:
        """Takes note of the one use of a ticket: of many callers, one succeeds.

        Args:
            ticket: What names the use.
            expires_at: The instant (UTC) from which on the ticket holds no more.

        Returns:
            Whether nobody had used it.
        """
        ...

    def give_back(self, ticket: str) -> None:
        """Forgets the use of a ticket, by whoever has used it."""
        ...
