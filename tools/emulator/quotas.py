"""Counts requests per model, in a sliding minute and in a day that ends at midnight Pacific."""

import threading
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime
from zoneinfo import ZoneInfo

_PACIFIC = ZoneInfo("America/Los_Angeles")
_MINUTE_SECONDS = 60.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Quota:
    """How many requests a model may get; None means any number."""

    per_minute: int | None = None
    per_day: int | None = None

    def __post_init__(self) -> None:
        """Refuse limits that cannot be counted."""
        for name, limit in (("per_minute", self.per_minute), ("per_day", self.per_day)):
            if limit is not None and not _is_count(limit):
                raise ValueError(f"{name} must be a whole number from 0, not {limit!r}")


def _is_count(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and value >= 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Excess:
    """A request over its quota: the canned reply that says so, and what it has to say."""

    reply: str
    limit: int
    retry_delay: str | None = None


@dataclass(slots=True)
class _Usage:
    """What one model has had."""

    recent: deque[float] = field(default_factory=deque)
    day: date = date.min
    in_day: int = 0


class Quotas:
    """The quotas of all models; every granted request counts, whatever becomes of it."""

    def __init__(self, default: Quota, clock: Callable[[], float]) -> None:
        """Take the quota of models without their own, and a clock in Unix seconds."""
        self._default = default
        self._clock = clock
        self._lock = threading.Lock()
        self._quotas: dict[str, Quota] = {}
        self._usages: dict[str, _Usage] = {}

    def set(self, model: str, quota: Quota) -> None:
        """Give `model` its own quota, or with "*" every model that has none; counts stay."""
        with self._lock:
            self._quotas[model] = quota

    def reset(self) -> None:
        """Return to the default quota and to nothing used."""
        with self._lock:
            self._quotas.clear()
            self._usages.clear()

    def take(self, model: str) -> Excess | None:
        """Count one request to `model`, or say why it is over its quota."""
        with self._lock:
            quota = self._quotas.get(model) or self._quotas.get("*") or self._default
            return _take(quota, self._usages.setdefault(model, _Usage()), self._clock())


def _take(quota: Quota, usage: _Usage, now: float) -> Excess | None:
    today = datetime.fromtimestamp(now, _PACIFIC).date()
    if usage.day != today:
        usage.day, usage.in_day = today, 0
    while usage.recent and usage.recent[0] <= now - _MINUTE_SECONDS:
        usage.recent.popleft()

    if 0 in (quota.per_minute, quota.per_day):
        return Excess(reply="limit-zero", limit=0)
    if quota.per_day is not None and usage.in_day >= quota.per_day:
        return Excess(reply="per-day", limit=quota.per_day)
    if quota.per_minute is not None and len(usage.recent) >= quota.per_minute:
        # The request that has to leave the minute before one more fits in.
        leaving = usage.recent[len(usage.recent) - quota.per_minute]
        delay = leaving + _MINUTE_SECONDS - now
        return Excess(reply="per-minute", limit=quota.per_minute, retry_delay=f"{delay:.9f}s")

    usage.recent.append(now)
    usage.in_day += 1
    return None
