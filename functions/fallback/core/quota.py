"""What a refusal says about the limits of a project, and what has been learned of them."""

from __future__ import annotations

import enum
from dataclasses import dataclass
from datetime import datetime, timedelta


class Dimension(enum.StrEnum):
    """What a limit counts."""

    REQUESTS_PER_MINUTE = "requests_per_minute"
    INPUT_TOKENS_PER_MINUTE = "input_tokens_per_minute"
    REQUESTS_PER_DAY = "requests_per_day"


@dataclass(frozen=True, slots=True)
class Quota:
    """One quota that a refusal names as exceeded.

    Attributes:
        dimension: What it counts.
        limit: How many it allows; None where the refusal did not say.
    """

    dimension: Dimension
    limit: int | None = None


@dataclass(frozen=True, slots=True)
class LearnedLimit:
    """A limit as the last refusal has shown it.

    Attributes:
        value: How many requests or tokens it allows.
        learned_at: When it was refused at this limit last (UTC).
        is_told: Whether the provider named the value; otherwise it was counted.
    """

    value: int
    learned_at: datetime
    is_told: bool = True

    def holds(self, now: datetime) -> bool:
        """Whether requests are kept within it.

        After an hour they are not: a limit that has risen shows only in a request that tries to
        pass it. If it has not, the refusal of that request renews it.
        """
        return now - self.learned_at < TRUSTED_FOR


TRUSTED_FOR = timedelta(hours=1)
