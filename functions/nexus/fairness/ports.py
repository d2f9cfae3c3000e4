"""What fair use needs of the outside, in its own words. Adapters fill this in."""

from __future__ import annotations

from collections.abc import Set
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol

from nexus.fairness.core.ledger import Ledger


@dataclass(frozen=True, slots=True)
class Record:
    """A ledger as a store has it.

    Attributes:
        ledger: Usage by name.
        version: The state of the store that it was read from; None where there is no record yet.
    """

    ledger: Ledger
    version: object | None = field(default=None, compare=False)


class VisitorStore(Protocol):
    """Ledgers and revoked codes, shared by all instances.

    Each call may take seconds when the store is in trouble; it then raises
    `fallback.ports.StoreUnavailableError`.
    """

    def read(self, name: str) -> Record:
        """A record; an empty one where there is none."""
        ...

    def write(self, name: str, record: Record, expires_at: datetime) -> object | None:
        """Replaces a record, if it is still as it was read: of many callers, one succeeds.

        Args:
            name: The record's.
            record: The new ledger, with the version of the one that it was made from.
            expires_at: The instant (UTC) from which on nobody needs it.

        Returns:
            The version that it has now; None where it was not as it was read, and is as it was.
        """
        ...

    def revoke(self, code_id: str, expires_at: datetime) -> None:
        """Makes an access code worthless; what it says of itself ends at `expires_at`."""
        ...

    def revoked(self) -> Set[str]:
        """The ids of all codes that are revoked."""
        ...
