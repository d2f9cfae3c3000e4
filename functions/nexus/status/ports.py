"""Where the status object, and what is written beside it, lies. Adapters fill this in."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True, slots=True)
class Status:
    """The status object, or another that is written beside it.

    Attributes:
        version: Another text whenever the service is in another state.
        body: The object's content.
    """

    version: str
    body: bytes


@dataclass(frozen=True, slots=True)
class Stored:
    """What a store holds now.

    Attributes:
        version: Of the object; None if there is none, or it is not ours.
        generation: Stands for this one write of it.
    """

    version: str | None
    generation: object


def digest(body: bytes) -> str:
    """The version of an object that says nothing else than its content."""
    return hashlib.sha256(body).hexdigest()[:20]


class StatusStore(Protocol):
    """Holds one object, which everybody may read.

    Each call may take a second; one that fails raises fallback.ports.StoreUnavailableError.
    """

    def read(self) -> Stored:
        """What is stored now; never from a cache."""
        ...

    def content(self, stored: Stored) -> bytes | None:
        """What was stored then, empty if nothing was; None if somebody has replaced it since."""
        ...

    def write(self, status: Status, generation: object) -> bool:
        """Replaces the object, if nobody has written it since that generation.

        Returns:
            Whether it was written.
        """
        ...
