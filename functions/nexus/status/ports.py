"""Where the status object lies. Adapters fill this in."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True, slots=True)
class Status:
    """The status object.

    Attributes:
        version: Another text whenever the service is in another state.
        body: The object as JSON.
    """

    version: str
    body: bytes


@dataclass(frozen=True, slots=True)
class Stored:
    """What a store holds now.

    Attributes:
        version: Of the status object; None if there is none, or it is not ours.
        generation: Stands for this one write of it.
    """

    version: str | None
    generation: object


class StatusStore(Protocol):
    """Holds one status object, which everybody may read.

    Each call may take a second; one that fails raises fallback.ports.StoreUnavailableError.
    """

    def read(self) -> Stored:
        """What is stored now; never from a cache."""
        ...

    def write(self, status: Status, generation: object) -> bool:
        """Replaces the object, if nobody has written it since that generation.

        Returns:
            Whether it was written.
        """
        ...
