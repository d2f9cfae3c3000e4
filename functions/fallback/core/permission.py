"""Whether a request may try a model now, as far as windows tell.

The chat and check-availability both ask here, so that what is said is what happens.
"""

from __future__ import annotations

import enum
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import assert_never

from fallback.core.failure import NEEDS_PERSON, QUOTA_KINDS, FailureKind
from fallback.core.hierarchy import Candidate, Hierarchy, Model
from fallback.core.windows import EVERY_MODEL, FULL, ISOLATED, Phase, Window, Windows, size_key

PROBING_SECONDS = 2.0
"""When to come back where another request is finding out whether a model answers again."""


class Standing(enum.StrEnum):
    """What windows say of a model, or of the service."""

    FREE = "free"
    """No window: try it."""
    DUE = "due"
    """Try it as a probe, with the lease of its window."""
    PROBING = "probing"
    """Another request is probing it."""
    OPEN = "open"
    """A window keeps requests out."""
    TOO_LARGE = "too_large"
    """A window keeps requests of this size out."""


@dataclass(frozen=True, slots=True)
class Permission:
    """Whether a request may try a model, and when if not.

    Attributes:
        standing: What windows say.
        retry_at: The first instant at which a request may try it; None where it may now.
        until: The end of the window, as the provider or the rules have set it; None without one.
        reason: The kind of failure that is the window's reason; None without one.
    """

    standing: Standing
    retry_at: datetime | None = None
    until: datetime | None = None
    reason: str | None = None

    @property
    def is_granted(self) -> bool:
        """Whether the request may try it now."""
        return self.standing in (Standing.FREE, Standing.DUE)

    @property
    def is_quota(self) -> bool:
        """Whether a quota is what keeps the request out."""
        return self.reason in QUOTA_KINDS or self.is_full

    @property
    def is_full(self) -> bool:
        """Whether the minute is full, as far as this process knows."""
        return self.reason == FULL

    def is_soon_free(self, patient_until: datetime) -> bool:
        """Whether the minute is full, and a request that comes now waits until it is not.

        Args:
            patient_until: How long a request waits (UTC).
        """
        return self.is_full and self.retry_at is not None and self.retry_at <= patient_until

    @property
    def needs_person(self) -> bool:
        """Whether requests are kept out until the operator acts."""
        return not self.is_granted and self.reason in NEEDS_PERSON


_FREE = Permission(Standing.FREE)


def permission(
    candidate: Candidate, windows: Windows, now: datetime, tokens: int = 0
) -> Permission:
    """What the windows of one candidate and of its target say to a request.

    Args:
        candidate: A model by a target.
        windows: What is known of exhaustion.
        now: The present instant (UTC).
        tokens: The request's size, see `fallback.core.size.tokens_of`.
    """
    if not windows:
        return _FREE
    target = target_permission(candidate.target_key, windows, now)
    if not target.is_granted:
        return target
    found = _of_window(windows.get(candidate.key), now)
    if not found.is_granted:
        return found
    large = windows.get(size_key(candidate.key))
    if large is None or not large.is_open(now) or tokens < (least := large.min_tokens or 0):
        return found
    reason = large.reason
    if reason == FailureKind.CONTEXT_TOO_LONG and tokens < 2 * least - 1:
        reason = FailureKind.INPUT_QUOTA  # The one that never fits was larger.
    return Permission(Standing.TOO_LARGE, large.until, large.until, reason)


def target_permission(target_key: str, windows: Windows, now: datetime) -> Permission:
    """What the window over a target says; FREE where there is none."""
    if not windows:
        return _FREE
    service = windows.get(EVERY_MODEL)
    if service is not None and service.reason == ISOLATED and service.is_open(now):
        return _of_window(service, now)  # A person has stopped all chats.
    return _of_window(windows.get(target_key), now)


def service_permission(hierarchy: Hierarchy, windows: Windows, now: datetime) -> Permission:
    """What the windows over all targets say: the service is kept out only where each target is."""
    if not windows:
        return _FREE
    keys = dict.fromkeys(candidate.target_key for candidate in hierarchy.candidates)
    return best([target_permission(key, windows, now) for key in keys])


def needs_reserve(hierarchy: Hierarchy, model: Model, windows: Windows, now: datetime) -> bool:
    """Whether quotas keep requests out of all targets of a model but the reserve."""
    ordinary = [
        permission(candidate, windows, now)
        for candidate in hierarchy.candidates
        if candidate.model == model and not candidate.target.is_reserve
    ]
    return all(found.is_quota and not found.is_granted for found in ordinary)


def best(found: Sequence[Permission]) -> Permission:
    """Of several ways to the same answer, the one that a request takes, or that returns first."""
    return min(found, key=_rank)


def is_misconfigured(service: Permission) -> bool:
    """Whether a person has to act before any model answers.

    Args:
        service: Of all targets together.
    """
    heals = (FailureKind.SPEND_RATE_LIMITED, ISOLATED)
    return not service.is_granted and service.reason not in heals


def _rank(found: Permission) -> tuple[bool, bool, bool, float]:
    return (
        not found.is_granted,
        found.standing is not Standing.FREE,
        found.needs_person,
        found.retry_at.timestamp() if found.retry_at is not None else 0.0,
    )


def _of_window(window: Window | None, now: datetime) -> Permission:
    if window is None:
        return _FREE
    match window.phase(now):
        case Phase.OPEN:
            return Permission(Standing.OPEN, window.due_at, window.until, window.reason)
        case Phase.PROBING:
            soon = now + timedelta(seconds=PROBING_SECONDS)
            return Permission(Standing.PROBING, soon, window.until, window.reason)
        case Phase.DUE:
            return Permission(Standing.DUE, None, window.until, window.reason)
        case phase:  # pragma: no cover - mypy proves that this cannot be reached
            assert_never(phase)
