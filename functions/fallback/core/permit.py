"""The right to make one call to a model whose limits are known."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from fallback.core.sliding_log import Entry


@dataclass(slots=True, eq=False)
class Permit:
    """The right to make one call.

    Attributes:
        key: What is called: a model at a target.
        size: The request's size, see `fallback.core.size.tokens_of`.
        tokens: Its input tokens, as far as is known.
        at: When it was given, or taken; None if the key is not metered, or nothing is decided yet.
        is_refused: Whether the request does not fit, or no longer waits.
        is_taken: Whether the call is made without an answer of the store.
    """

    key: str
    size: int
    tokens: int
    at: datetime | None = None
    is_refused: bool = False
    is_taken: bool = False

    @property
    def is_decided(self) -> bool:
        """Whether it is given, taken or refused."""
        return self.at is not None or self.is_refused

    def entry(self, at: datetime) -> Entry:
        """The call in a log."""
        return Entry(at, 1, self.tokens)

    def correction(self, at: datetime) -> Entry:
        """What takes the call out of a log."""
        return Entry(at, -1, -self.tokens)
