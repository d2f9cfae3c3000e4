"""`python -m measure.simulation.quota_days` plays days whose demand the forecast has to foresee.

Each day has a morning peak. Chats of an hour are spread evenly over it. As in the functions, the
forecast is made once an hour, three minutes late, from what was counted up to the hour.
"""

from __future__ import annotations

import math
import random
from collections import deque
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

from fallback.core.demand import CHATS, Demand, folded, hour_of, start_of
from fallback.core.forecast import MOST_ERRORS, Forecast, error_of, forecasts
from fallback.core.pacing import RECENT_CHATS, affordable_share, steps_down

SEEDS = range(1, 21)
KEY = "best"
LATE = timedelta(minutes=3)

_MONDAY = datetime(2026, 11, 2, 8, tzinfo=UTC)  # Midnight in California.
_DAYS = 28
_DAYS_OF_FORECASTS = 15
_HOUR = timedelta(hours=1)
_HEAVY_SHARE = 0.1


@dataclass(frozen=True, slots=True, kw_only=True)
class Days:
    """A kind of days.

    Attributes:
        hour_noise: How far the chats of an hour stray from the usual, as a standard deviation.
        day_noise: The same of a whole day.
        limit_share: The quota of the day, as a share of the chats of a usual day.
    """

    hour_noise: float = 0.1
    day_noise: float = 0.0
    limit_share: float = 0.65

    @property
    def limit(self) -> int:
        """Calls a day."""
        return round(self.limit_share * sum(map(usual_chats, range(24))))


@dataclass(frozen=True, slots=True)
class Day:
    """How one day went.

    Attributes:
        forecasts: As they were made.
        ended_at: When the quota ended; None if it lasted.
        used_share: The part of the quota that was used.
    """

    forecasts: list[Forecast]
    ended_at: datetime | None
    used_share: float

    def seen(self, ahead: timedelta) -> Forecast | None:
        """The newest forecast so long before the quota ended."""
        at = (self.ended_at or datetime.max.replace(tzinfo=UTC)) - ahead
        known = [forecast for forecast in self.forecasts if forecast.made_at + LATE <= at]
        return known[-1] if known else None


_HEAD = """\
| noise of hours, of days | quota | 30 min ahead: within 15 | in its band | 2 h ahead: within 30 \
| in its band | paced: there at 23:00 | least used |
| --- | --- | --- | --- | --- | --- | --- | --- |"""


def usual_chats(hour: int) -> float:
    """Chats in an hour of a usual day, counted from midnight: a morning peak, a quiet night."""
    return (
        20 + 180 * math.exp(-(((hour - 9.5) / 2.5) ** 2)) + 60 * math.exp(-(((hour - 15) / 3) ** 2))
    )


def last_day(days: Days, seed: int, *, pacing: bool = False) -> Day:
    """The last of four weeks, from which the demand and the forecast's errors are known.

    Args:
        days: What they are like.
        seed: Of chance.
        pacing: Whether chats step down on the last of them; nothing is forecast then.
    """
    chance = random.Random(seed)
    demand, errors = Demand(), deque[float](maxlen=MOST_ERRORS)
    day = Day([], None, 0.0)
    for number in range(_DAYS):
        first = hour_of(_MONDAY) + 24 * number
        is_told = not pacing and number >= _DAYS - _DAYS_OF_FORECASTS
        is_paced = pacing and number == _DAYS - 1
        demand, day = _day(days, demand, list(errors), first, chance, told=is_told, paced=is_paced)
        found = (error_of(forecast, day.ended_at) for forecast in day.forecasts)
        errors.extend(error for error in found if error is not None)
    return day


def _day(
    days: Days,
    demand: Demand,
    errors: list[float],
    first: int,
    chance: random.Random,
    *,
    told: bool,
    paced: bool,
) -> tuple[Demand, Day]:
    made: list[Forecast] = []
    left, ended_at = days.limit, None
    of_the_day = chance.gauss(1, days.day_noise)
    for number in range(24):
        hour, now = first + number, start_of(first + number) + LATE
        demand = folded(demand, now)
        limits = {KEY: days.limit}
        if told:
            made += forecasts(demand, [KEY], limits, errors, now)
        share = affordable_share(demand, [KEY], limits, now) if paced else 1.0
        usual = usual_chats(number) * of_the_day
        chats = max(0, round(usual * chance.gauss(1, days.hour_noise)))
        wanted = _staying(chats, share, chance) if share < 1 else list(range(chats))
        if 0 < left <= len(wanted):
            ended_at = start_of(hour) + wanted[left - 1] / chats * _HOUR
        calls = min(left, len(wanted))
        left -= calls
        demand = replace(demand, counts={**demand.counts, hour: {CHATS: chats, KEY: calls}})
    return demand, Day(made, ended_at, 1 - left / days.limit)


def _staying(chats: int, share: float, chance: random.Random) -> list[int]:
    """Which of the chats of an hour the best model gets."""
    recent: deque[int] = deque(maxlen=RECENT_CHATS)
    staying = []
    for number in range(chats):
        is_heavy = chance.random() < _HEAVY_SHARE
        recent.append(0 if is_heavy else round(chance.lognormvariate(6, 1.2)))
        if not steps_down(recent[-1], recent, share, chance.random()):
            staying.append(number)
    return staying


def within(played: Iterable[Day], ahead: timedelta, allowed: timedelta | None) -> int:
    """On how many days a forecast was so close; None stands for its own band."""

    def is_close(day: Day) -> bool:
        seen = day.seen(ahead)
        if seen is None or day.ended_at is None:
            return seen is not None and seen.lasts
        return abs(seen.ends_at - day.ended_at) <= (seen.band if allowed is None else allowed)

    return sum(map(is_close, played))


def is_there_at_23(day: Day) -> bool:
    """Whether the best model still answered an hour before the end of the day."""
    return day.ended_at is None or day.ended_at >= start_of(hour_of(_MONDAY) + 24 * _DAYS - 1)


def main() -> None:
    """Plays all kinds of days, and prints the table."""
    half_an_hour, two_hours = timedelta(minutes=30), timedelta(hours=2)
    print(_HEAD)
    for day_noise in (0.0, 0.1):
        for limit_share in (0.5, 0.65, 0.8):
            days = Days(day_noise=day_noise, limit_share=limit_share)
            played = [last_day(days, seed) for seed in SEEDS]
            paced = [last_day(days, seed, pacing=True) for seed in SEEDS]
            cells = [
                f"±{days.hour_noise:.0%}, ±{day_noise:.0%}",
                f"{limit_share:.0%}",
                within(played, half_an_hour, timedelta(minutes=15)),
                within(played, half_an_hour, None),
                within(played, two_hours, timedelta(minutes=30)),
                within(played, two_hours, None),
                sum(map(is_there_at_23, paced)),
                f"{min(day.used_share for day in paced):.1%}",
            ]
            print("|", " | ".join(map(str, cells)), "|", flush=True)


if __name__ == "__main__":
    main()
