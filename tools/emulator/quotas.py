"""Counts requests and input tokens of a minute, and requests of a day (midnight Pacific).

Each quota holder (`tools.emulator.callers`) has counts of its own for each model.
"""

import itertools
import threading
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Literal, get_args
from zoneinfo import ZoneInfo

from tools.emulator.callers import ANY_CALLER, ANYBODY, Caller

_PACIFIC = ZoneInfo("America/Los_Angeles")
_MINUTE_SECONDS = 60.0
_ANY_MODEL = "*"

Minute = Literal["sliding", "fixed"]
"""The last 60 seconds, or from one full minute of the clock to the next."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Quota:
    """What a model may get; None means any number."""

    per_minute: int | None = None
    per_day: int | None = None
    input_tokens_per_minute: int | None = None
    minute: Minute = "sliding"

    def __post_init__(self) -> None:
        """Refuse limits that cannot be counted."""
        for name in ("per_minute", "per_day", "input_tokens_per_minute"):
            limit = getattr(self, name)
            if limit is not None and not _is_count(limit):
                raise ValueError(f"{name} must be a whole number from 0, not {limit!r}")
        if self.minute not in get_args(Minute):
            raise ValueError(f"minute must be sliding or fixed, not {self.minute!r}")


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
    """What one model has had: instants and input tokens of the minute, and requests of the day."""

    recent: deque[tuple[float, int]] = field(default_factory=deque)
    day: date = date.min
    in_day: int = 0


class Quotas:
    """The quotas of all models; every granted request counts, whatever becomes of it."""

    def __init__(self, default: Quota, clock: Callable[[], float]) -> None:
        """Take the quota of models without their own, and a clock in Unix seconds."""
        self._default = default
        self._clock = clock
        self._lock = threading.Lock()
        self._quotas: dict[tuple[str, str], Quota] = {}
        self._usages: dict[tuple[str, str], _Usage] = {}

    def set(self, model: str, quota: Quota, caller: str = ANY_CALLER) -> None:
        """Give `model` its own quota, or with "*" every model that has none; counts stay."""
        with self._lock:
            self._quotas[caller, model] = quota

    def reset(self) -> None:
        """Return to the default quota and to nothing used."""
        with self._lock:
            self._quotas.clear()
            self._usages.clear()

    def take(self, model: str, caller: Caller = ANYBODY, input_tokens: int = 0) -> Excess | None:
        """Count one request to `model`, or say why it is over its quota."""
        pairs = itertools.product(caller.names, (model, _ANY_MODEL))
        with self._lock:
            quotas = (quota for pair in pairs if (quota := self._quotas.get(pair)) is not None)
            usage = self._usages.setdefault((caller.quota_holder, model), _Usage())
            return _take(next(quotas, self._default), usage, self._clock(), input_tokens)


def _take(quota: Quota, usage: _Usage, now: float, input_tokens: int) -> Excess | None:
    today = datetime.fromtimestamp(now, _PACIFIC).date()
    if usage.day != today:
        usage.day, usage.in_day = today, 0
    while usage.recent and _leaves(quota, usage.recent[0][0]) <= now:
        usage.recent.popleft()

    if 0 in (quota.per_minute, quota.per_day, quota.input_tokens_per_minute):
        return Excess(reply="limit-zero", limit=0)
    if quota.per_day is not None and usage.in_day >= quota.per_day:
        return Excess(reply="per-day", limit=quota.per_day)
    if (excess := _minute_excess(quota, usage, now, input_tokens)) is not None:
        return excess

    usage.recent.append((now, input_tokens))
    usage.in_day += 1
    return None


def _leaves(quota: Quota, at: float) -> float:
    """Return when a request of an instant counts no more."""
    begin = at // _MINUTE_SECONDS * _MINUTE_SECONDS if quota.minute == "fixed" else at
    return begin + _MINUTE_SECONDS


def _minute_excess(quota: Quota, usage: _Usage, now: float, input_tokens: int) -> Excess | None:
    if quota.per_minute is not None and len(usage.recent) >= quota.per_minute:
        # The request that has to leave the minute before one more fits in.
        leaving, _ = usage.recent[len(usage.recent) - quota.per_minute]
        delay = _leaves(quota, leaving) - now
        return Excess(reply="per-minute", limit=quota.per_minute, retry_delay=f"{delay:.9f}s")

    limit = quota.input_tokens_per_minute
    if limit is None:
        return None
    if input_tokens > limit:
        return Excess(reply="tokens-per-minute", limit=limit)  # It never fits in.
    excess_tokens = sum(tokens for _, tokens in usage.recent) + input_tokens - limit
    for at, tokens in usage.recent:
        excess_tokens -= tokens
        if excess_tokens + tokens > 0 and excess_tokens <= 0:
            delay = _leaves(quota, at) - now
            return Excess(reply="tokens-per-minute", limit=limit, retry_delay=f"{delay:.9f}s")
    return None
