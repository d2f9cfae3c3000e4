"""What one attempt costs in tokens: as the provider tells, and estimated where it does not."""

from __future__ import annotations

from dataclasses import dataclass

from fallback.core.answer import Usage
from fallback.core.failure import Failure, FailureKind
from fallback.core.size import tokens_in


@dataclass(slots=True)
class Account:
    """The tokens of one attempt so far. The provider enters them while it reads.

    Attributes:
        sent_tokens: The size of what was sent, see `fallback.core.size.tokens_of`.
        counts: Tokens of prompt, answer and cache, as the provider has told them last, counted
            from the attempt's start; None if it has told nothing.
        untold_bytes: Text and thoughts since then, in UTF-8 bytes.
        tier: The service tier that has served it, where the provider has told.
    """

    sent_tokens: int = 0
    counts: tuple[int, int, int] | None = None
    untold_bytes: int = 0
    tier: str | None = None

    @property
    def told(self) -> Usage | None:
        """The counts as a value, which is not made for each event."""
        return None if self.counts is None else Usage(*self.counts)

    def read(self, text: str) -> None:
        """Text or a thought has come."""
        self.untold_bytes += len(text.encode("utf-8", errors="replace"))

    def tell(self, prompt_tokens: int, completion_tokens: int, cached_tokens: int = 0) -> None:
        """The provider has counted everything up to now."""
        self.counts = prompt_tokens, completion_tokens, cached_tokens
        self.untold_bytes = 0

    def estimated(self, failure: Failure | None = None) -> Usage:
        """The tokens that were not told.

        Args:
            failure: How the attempt ended, if it failed.
        """
        has_told = self.counts is not None
        is_free = not has_told and not self.untold_bytes and _is_refusal(failure)
        prompt = 0 if has_told or is_free else self.sent_tokens
        return Usage(prompt, tokens_in(self.untold_bytes))


def _is_refusal(failure: Failure | None) -> bool:
    """Whether the model never worked on it, as far as anybody can tell."""
    if failure is None:
        return False
    return not failure.is_useless_reply and failure.kind is not FailureKind.TIMED_OUT
