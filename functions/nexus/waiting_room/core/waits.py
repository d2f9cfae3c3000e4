"""What somebody who waits is told."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Waits:
    """A place in line.

    Attributes:
        ticket: To be sent back.
        number: The number that is called.
        position: The place in line; 1 is the first.
        retry_at: When to come (UTC).
    """

    ticket: str
    number: int
    position: int
    retry_at: datetime
