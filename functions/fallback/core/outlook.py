"""What the fleet knows of its demand and of its forecasts, and how that goes on each hour."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from fallback.core.demand import Demand, folded, hour_of, start_of
from fallback.core.forecast import MOST_ERRORS, Forecast, error_of, forecasts
from fallback.core.hierarchy import Candidate
from fallback.core.meter import Meter
from fallback.core.quota import Dimension
from fallback.core.window_rules import next_quota_day

Ends = Mapping[int, Mapping[str, datetime]]
"""The instant (UTC) at which each key's quota of a day was first refused, by the hour in which that
day ends."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Outlook:
    """What is stored.

    Attributes:
        demand: Chats and calls.
        ends: Of today, and of yesterday until the next turn.
        forecasts: As they were made at the last turn.
        untried: Earlier ones of today for the first candidate, to be compared with what came.
        errors: Of past forecasts, the newest last.
        made_at: The hour (UTC) of the last turn; None before the first.
        version: The state of the store that this was read from, in the store's own terms.
    """

    demand: Demand = field(default_factory=Demand)
    ends: Ends = field(default_factory=dict)
    forecasts: tuple[Forecast, ...] = ()
    untried: tuple[Forecast, ...] = ()
    errors: tuple[float, ...] = ()
    made_at: datetime | None = None
    version: object | None = field(default=None, compare=False)

    def is_due(self, now: datetime) -> bool:
        """Whether the present hour's turn has not been made."""
        return self.made_at is None or self.made_at < start_of(hour_of(now))

    def ended(self, now: datetime) -> Mapping[str, datetime]:
        """The keys whose quota of today has ended, and when."""
        return self.ends.get(hour_of(next_quota_day(now)), {})


def daily_limits(candidates: Iterable[Candidate], meters: Mapping[str, Meter]) -> dict[str, int]:
    """Calls a day, by key: as refusals have told, else as configured.

    Args:
        candidates: Each model by each target.
        meters: What has been learned, by key.
    """
    limits: dict[str, int] = {}
    for candidate in candidates:
        if candidate.model.requests_per_day is not None:
            limits[candidate.key] = candidate.model.requests_per_day
    for key, meter in meters.items():
        if (learned := meter.limits.get(Dimension.REQUESTS_PER_DAY)) is not None:
            limits[key] = learned.value
    return limits


def turned(
    known: Outlook, keys: Sequence[str], limits: Mapping[str, int], now: datetime
) -> Outlook:
    """The outlook of a new hour: what is over is folded and compared, the rest foreseen anew.

    Args:
        known: As it was.
        keys: The candidates' keys, in the order in which they are tried.
        limits: Calls a day, by key.
        now: The present instant (UTC).
    """
    demand = folded(known.demand, now)
    over = [forecast for forecast in known.untried if forecast.day_ends_at <= now]
    found = [_error_of(forecast, known.ends) for forecast in over]
    errors = (*known.errors, *(error for error in found if error is not None))[-MOST_ERRORS:]
    made = tuple(forecasts(demand, keys, limits, errors, now, ended=known.ended(now)))
    first = [forecast for forecast in made if forecast.key == keys[0]]
    return Outlook(
        demand=demand,
        ends={hour_of(next_quota_day(now)): known.ended(now)},
        forecasts=made,
        untried=(*(f for f in known.untried if f not in over), *first),
        errors=errors,
        made_at=start_of(hour_of(now)),
        version=known.version,
    )


def _error_of(forecast: Forecast, ends: Ends) -> float | None:
    return error_of(forecast, ends.get(hour_of(forecast.day_ends_at), {}).get(forecast.key))
