"""The right to probe a window, and the attempt that has it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from fallback.core.windows import EVERY_MODEL, Window


@dataclass(slots=True, eq=False)
class Lease:
    """The right to probe a window.

    Attributes:
        name: The window's name.
        window: As it was leased; with a version once the store has agreed.
    """

    name: str
    window: Window


Leases = Mapping[str, Lease]
"""The leases that one attempt holds, by window."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RunningAttempt:
    """What is needed of an attempt to judge how it ended.

    Attributes:
        key: The candidate's that was asked, see `fallback.core.hierarchy.Candidate`.
        started_at: When it began.
        leases: Of the windows that it probes.
        tokens: The request's size, see `fallback.core.size.tokens_of`.
        target_key: The name of its target's window.
    """

    key: str
    started_at: datetime
    leases: Leases
    tokens: int = 0
    target_key: str = EVERY_MODEL
