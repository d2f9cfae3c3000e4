"""How fast a line may move, by what models take."""

from __future__ import annotations

from nexus.waiting_room.core.looks import Look, before

FIRST_PER_SECOND = 1.0
"""The pace where nobody knows what models take, and while the first probe runs."""

_USED_SHARE = 0.95
_LEAST_SEEN_SECONDS = 30.0


def most_a_second(per_minute: float | None) -> float | None:
    """How many chats a second models should be sent; None if their limits are not known."""
    return None if per_minute is None else max(_USED_SHARE * per_minute, 0.1) / 60


def in_proportion(rate: float | None, before: float | None, most: float | None) -> float:
    """A rate that has proved good, in proportion to what models take now.

    Models return, and are set aside, one by one: each brings or takes its part at once.

    Args:
        rate: Chats a second so far; None if that was a guess.
        before: The most that models were to be sent then; None if it was not known.
        most: The same now.
    """
    if rate is None:
        return most or FIRST_PER_SECOND
    if before is None:
        return rate if most is None else min(rate, most)
    return max(rate, FIRST_PER_SECOND) if most is None else rate * most / before


def slowed(
    rate: float | None, most: float | None, looks: tuple[Look, ...], lasted: float
) -> float | None:
    """The rate after a refusal: nearly all that others leave, but at least half as much.

    What of the minute that is full was not ours, others had. Nothing follows from one that is too
    short, or of which the line has seen too little.

    Args:
        rate: Chats a second so far; None before anybody knows.
        most: The most that models were to be sent; None if that is not known.
        looks: All that matter, the last one of now.
        lasted: How many seconds ago that minute began.
    """
    now = looks[-1]
    since = before(looks, now.seconds - lasted)
    if rate is None or min(lasted, now.seconds - since.seconds) < _LEAST_SEEN_SECONDS:
        return rate
    left = (now.used - since.used) / lasted
    if most is not None:
        left -= most / _USED_SHARE * (60 - lasted) / lasted
    return min(max(_USED_SHARE * left, rate / 2), rate)
