"""Makes the best model's quota last all day: short questions and heavy visitors step down early.

The share of chats that it can still take is what is left of its quota over the chats that are
still to come. The rest steps down: heavy visitors first, then the shortest questions.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

from fallback.core.demand import Demand
from fallback.core.forecast import expected, today

RECENT_CHATS = 200


def affordable_share(
    demand: Demand, best: Sequence[str], limits: Mapping[str, int], now: datetime
) -> float:
    """The share of the chats to come that the best model can take until the end of the day.

    Args:
        demand: What is known of the demand; complete up to the present hour.
        best: The keys of the best model.
        limits: Calls a day, by key.
        now: The present instant (UTC).

    Returns:
        From 0 to 1; 1 if a limit or the demand is not known.
    """
    coming = expected(demand, now)
    if coming is None or any(key not in limits for key in best):
        return 1.0
    left = sum(limits[key] - demand.calls(key, today(now)) for key in best)
    return min(1.0, max(0, left) / coming.rest) if coming.rest else 1.0


def steps_down(tokens: int, recent: Sequence[int], share: float, chance: float) -> bool:
    """Whether a chat leaves the best model to others.

    Args:
        tokens: Its size; 0 for a heavy visitor's, who steps down first.
        recent: The sizes of recent chats, this one included.
        share: The share of chats that the best model can take.
        chance: A random number from 0 up to 1, which ranks it among chats of its size.
    """
    smaller = sum(other < tokens for other in recent)
    rank = (smaller + chance * recent.count(tokens)) / len(recent)
    return rank < 1 - share
