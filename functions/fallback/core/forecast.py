"""When each model's quota of the day will end.

Today's factor is what has come today over what usually comes by now. What usually comes later,
times that factor, is what will come. All candidates down to one are taken as one pool, because
each takes what those before it do not: the pool ends when it has used the sum of its limits.
"""

from __future__ import annotations

import math
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from fallback.core.demand import Demand, hour_of, start_of
from fallback.core.window_rules import next_quota_day

MOST_ERRORS = 60

_LONGEST_DAY_AND_ONE_HOUR = timedelta(hours=26)
_PRIOR_HOURS = 2
"""So many usual hours stand against today's counts: a quiet night says little about a day."""

_HOUR = timedelta(hours=1)
_BAND_QUANTILE = 0.9
_FEWEST_ERRORS = 10
_UNTRIED_MINUTES = 20.0
_LONGEST_COMPARED = timedelta(hours=4)


@dataclass(frozen=True, slots=True, kw_only=True)
class Forecast:
    """When the quota of the day ends for one candidate and all before it.

    Attributes:
        key: The candidate's key.
        made_at: Up to which instant (UTC) everything was counted.
        ends_at: When the quota ends; the end of the day if it lasts.
        day_ends_at: The next midnight in California.
        band: How far off `ends_at` may be, to either side.
        used: Calls of this key today.
        limit: Its limit of calls a day.
    """

    key: str
    made_at: datetime
    ends_at: datetime
    day_ends_at: datetime
    band: timedelta
    used: int
    limit: int

    @property
    def lasts(self) -> bool:
        """Whether the quota lasts until the end of the day."""
        return self.ends_at >= self.day_ends_at


@dataclass(frozen=True, slots=True)
class Expected:
    """What will come today.

    Attributes:
        demand: What is known.
        hour: The present hour; nothing of it counts yet.
        end: The first hour of the next quota day.
        factor: Today's factor.
    """

    demand: Demand
    hour: int
    end: int
    factor: float

    def chats(self, hour: int) -> float:
        """Chats in an hour that is to come."""
        return self.factor * (self.demand.usual(hour) or 0.0)

    @property
    def rest(self) -> float:
        """Chats until the end of the day."""
        return math.fsum(map(self.chats, range(self.hour, self.end)))


def today(now: datetime) -> range:
    """The hours of the quota day that are over."""
    day_start = next_quota_day(next_quota_day(now) - _LONGEST_DAY_AND_ONE_HOUR)
    return range(hour_of(day_start), hour_of(now))


def expected(demand: Demand, now: datetime) -> Expected | None:
    """What will come today; None if nothing is known of other days."""
    past, end = today(now), hour_of(next_quota_day(now))
    hours = range(past.start, end)
    usual = {hour: demand.usual(hour) for hour in hours}
    if None in usual.values():
        return None
    by_now = math.fsum(usual[hour] or 0.0 for hour in past)
    prior = _PRIOR_HOURS * math.fsum(chats or 0.0 for chats in usual.values()) / len(hours)
    factor = (demand.chats(past) + prior) / (by_now + prior) if prior else 1.0
    return Expected(demand, past.stop, end, factor)


def forecasts(
    demand: Demand,
    keys: Sequence[str],
    limits: Mapping[str, int],
    errors: Sequence[float],
    now: datetime,
    *,
    ended: Collection[str] = (),
) -> list[Forecast]:
    """The forecast for each candidate, down to the first whose limit is not known.

    Args:
        demand: What is known of the demand; complete up to the present hour.
        keys: The candidates' keys, in the order in which they are tried.
        limits: Calls a day, by key.
        errors: Of past forecasts; see `error_of`.
        now: The present instant (UTC).
        ended: The keys whose quota of today has ended: nothing is to be foreseen of them.
    """
    coming = expected(demand, now)
    if coming is None:
        return []
    made_at, past = start_of(coming.hour), today(now)
    chats = demand.chats(past)
    found: list[Forecast] = []
    left = used = 0
    for key in keys:
        used += (own := demand.calls(key, past))
        if key in ended:
            continue
        if key not in limits:
            break
        left += max(0, limits[key] - own)
        share = used / chats if chats else 1.0
        ends_at = _end(coming, left, share)
        found.append(
            Forecast(
                key=key,
                made_at=made_at,
                ends_at=ends_at,
                day_ends_at=start_of(coming.end),
                band=band(errors, ends_at - made_at),
                used=own,
                limit=limits[key],
            )
        )
    return found


def error_of(forecast: Forecast, ended_at: datetime | None) -> float | None:
    """How far off a forecast was, in minutes, had it looked one hour ahead.

    Errors grow with the root of the time ahead, as sums of independent errors do.

    Args:
        forecast: Of a day that is over.
        ended_at: When the quota ended in fact; None if it lasted.

    Returns:
        None if the quota lasted, as was said, had ended before, or ended so long afterwards that
        the time between was another part of the day, with another noise.
    """
    ended_at = ended_at or forecast.day_ends_at
    has_lasted_as_said = forecast.lasts and ended_at >= forecast.day_ends_at
    is_comparable = timedelta() < ended_at - forecast.made_at <= _LONGEST_COMPARED
    if has_lasted_as_said or not is_comparable:
        return None
    minutes = abs(ended_at - forecast.ends_at) / timedelta(minutes=1)
    return minutes / _root_of_hours(forecast.ends_at - forecast.made_at)


def band(errors: Sequence[float], ahead: timedelta) -> timedelta:
    """How far off a forecast may be that looks so far ahead: nine of ten were closer."""
    minutes = _UNTRIED_MINUTES
    if len(errors) >= _FEWEST_ERRORS:
        minutes = sorted(errors)[int(_BAND_QUANTILE * (len(errors) - 1))]
    return timedelta(minutes=minutes * _root_of_hours(ahead))


def _root_of_hours(ahead: timedelta) -> float:
    """The root of so many hours; of one at least."""
    return math.sqrt(max(1.0, ahead / _HOUR))


def _end(coming: Expected, rest: float, share: float) -> datetime:
    """When a pool that takes a share of the chats has made so many more calls."""
    for hour in range(coming.hour, coming.end):
        calls = share * coming.chats(hour)
        if rest <= calls:
            part = max(0.0, rest) / calls if calls else 0.0
            return start_of(hour) + part * _HOUR
        rest -= calls
    return start_of(coming.end)
