"""What was so whenever the pace of a line was set, as far back as that matters."""

from __future__ import annotations

import math
from dataclasses import dataclass

GRACE_SECONDS = 600.0
"""How long the line may move on before a called number that has not come is passed over."""

RECENT_SECONDS = 65.0
_SPARSE_SECONDS = 60.0
_SHARE_SECONDS = 120.0
_SHARE_PRIOR = 5.0
_LEAST_SHARE = 0.05
_LARGEST_ERROR = 0.1
"""Of the share who come, for times to be told: they are then within 20 % for 19 of 20."""
_LAG_SECONDS = 1.5
"""How long it usually takes from the call until a chat is let in."""
ARRIVAL_SECONDS = 10.0
"""Whoever is called and does not come within this time has left."""


@dataclass(frozen=True, slots=True)
class Look:
    """What was so when the pace was set.

    Attributes:
        seconds: How long the line had moved by then, in all.
        called: The number that was called.
        used: How many had come by then, and were not refused after all.
    """

    seconds: float
    called: float
    used: int


NOTHING = Look(0.0, 0.0, 0)


def before(looks: tuple[Look, ...], seconds: float) -> Look:
    """The last look that is so old; the first one there is, where none is."""
    older = [look for look in looks if look.seconds <= seconds]
    return older[-1] if older else (looks[0] if looks else NOTHING)


def kept(looks: tuple[Look, ...], seconds: float) -> tuple[Look, ...]:
    """The looks that still matter: all recent ones, and of older ones one a minute."""
    found: list[Look] = []
    for look in looks:
        is_recent = look.seconds > seconds - RECENT_SECONDS
        is_apart = not found or look.seconds - found[-1].seconds >= _SPARSE_SECONDS
        if look.seconds > seconds - GRACE_SECONDS - 2 * _SPARSE_SECONDS and (is_recent or is_apart):
            found.append(look)
    return tuple(found)


def share(looks: tuple[Look, ...], seconds: float, used: int) -> tuple[float, bool]:
    """The part that comes, and whether that is known.

    Args:
        looks: All that matter, the last one of now.
        seconds: How long the line has moved, in all.
        used: How many have come.

    Returns:
        The part that came of those called in the last minutes, and of a few who would have; and
        whether its standard error (of a binomial share, relative) is small enough.
    """
    since = before(looks, seconds - _SHARE_SECONDS)
    called = before(looks, seconds - _LAG_SECONDS).called - since.called
    come = used - since.used
    part = min(max((come + _SHARE_PRIOR) / (called + _SHARE_PRIOR), _LEAST_SHARE), 1.0)
    # Had all come so far, one might still have left.
    return part, max(0.0, called - come) + 1 <= _LARGEST_ERROR**2 * called * come


def missing(looks: tuple[Look, ...], share: float) -> float:
    """How many of those called lately should still come, beyond what chance explains.

    Args:
        looks: All that matter, the last one of now.
        share: The part that comes.
    """
    now = looks[-1]
    since = before(looks, now.seconds - ARRIVAL_SECONDS)
    expected = max(0.0, now.called - since.called) * share
    chance = 2 * math.sqrt(expected * (1 - share))
    return expected - chance - (now.used - since.used)
