"""Gemini as a fleet meets it: quotas of the project, overload, silence, retirement, recovery.

Every refusal is one of the emulator's replies, which are real ones, and the real classifier says
what it means.
"""

from __future__ import annotations

import enum
import math
import random
from collections import defaultdict, deque
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import lru_cache
from typing import assert_never

from fallback.core.classification import classify
from fallback.core.failure import Failure
from fallback.core.window_rules import next_quota_day
from measure.simulation.timeline import Timeline
from tools.emulator.replies import canned_replies, render

MINUTE_SECONDS = 60
_ANY_INSTANT = datetime(2026, 11, 22, tzinfo=UTC)


class Trouble(enum.StrEnum):
    """What is wrong with a model for a time."""

    OVERLOADED = "high-demand"
    """503, after a moment."""
    SILENT = "silent"
    """No text ever comes."""
    RETIRED = "retired"
    """404, with a successor named."""
    DAY = "per-day"
    """429 for a quota of the day, whatever was used of it."""
    MINUTE = "per-minute"
    """429 for a quota of the minute, which names the end of the spell."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Spell:
    """A time in which a model fails.

    Attributes:
        begins: From which second on.
        ends: Until which second.
        trouble: What is wrong.
        share: Of the calls that it meets.
    """

    begins: float
    ends: float = math.inf
    trouble: Trouble
    share: float = 1.0


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelPlan:
    """One model in a run.

    Attributes:
        per_minute: Requests that a minute takes; None for any number. The reply names what is left
            of it.
        tokens_per_minute: Input tokens that it takes.
        is_sliding: Whether any 60 seconds are a minute; otherwise one begins at its full minute.
        phase_seconds: So much later, where minutes are fixed.
        names_limit: Whether a refusal for the minute names the limit.
        per_day: Requests from the start of the run to midnight in California.
        spells: When it fails.
        names_delay: Whether a refusal for the minute names its delay.
    """

    per_minute: float | None = None
    tokens_per_minute: float | None = None
    is_sliding: bool = False
    phase_seconds: float = 0.0
    names_limit: bool = True
    per_day: float | None = None
    spells: tuple[Spell, ...] = ()
    names_delay: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Speed:
    """How long models take: medians in seconds, and the sigma of all, which are lognormal."""

    first_text: float = 0.7
    rest: float = 5.0
    refusal: float = 0.15
    spread: float = 0.5


@dataclass(frozen=True, slots=True)
class Outcome:
    """What comes of one call.

    Attributes:
        first_text_seconds: From the call to its first text, or to its failure.
        seconds: From the call to the end of the answer.
        failure: What the reply means, where it was no answer.
    """

    first_text_seconds: float
    seconds: float
    failure: Failure | None = None


class Upstream:
    """All models. One project's quotas, whichever instance asks."""

    def __init__(
        self,
        timeline: Timeline,
        plans: dict[str, ModelPlan],
        chance: random.Random,
        speed: Speed,
    ) -> None:
        self._timeline = timeline
        self._plans = plans
        self._chance = chance
        self._speed = speed
        self._minutes: defaultdict[str, deque[tuple[float, int]]] = defaultdict(deque)
        self._days: dict[str, tuple[object, int]] = {}

    def call(self, model: str, tokens: int = 0) -> Outcome:
        """What comes of a call that is made now, with so many input tokens."""
        plan = self._plans.get(model, ModelPlan())
        trouble = self._trouble(plan)
        if trouble is Trouble.RETIRED or trouble is Trouble.DAY:
            return self._refused(trouble, model, None)
        if trouble is Trouble.MINUTE:
            ends = max(s.ends for s in plan.spells if s.begins <= self._timeline.seconds < s.ends)
            limit = int(plan.per_minute) if plan.per_minute and plan.names_limit else None
            left = max(1, math.ceil(ends - self._timeline.seconds))
            return self._refused(trouble, model, f"{left}s", limit=limit)
        over = self._over_quota(model, plan, tokens)
        if over is not None:
            return over
        match trouble:
            case None:
                first = self._lasts(self._speed.first_text)
            case Trouble.SILENT:
                return Outcome(math.inf, math.inf)
            case Trouble.OVERLOADED:
                return self._refused(trouble, model, None)
            case _:  # pragma: no cover - mypy proves that this cannot be reached
                assert_never(trouble)
        return Outcome(first, first + self._lasts(self._speed.rest))

    def is_well(self, model: str) -> bool:
        """Whether a model answers now, but for failures by chance and quotas."""
        now = self._timeline.seconds
        plan = self._plans.get(model, ModelPlan())
        return not any(s.begins <= now < s.ends for s in plan.spells if s.share >= 1)

    def _trouble(self, plan: ModelPlan) -> Trouble | None:
        now = self._timeline.seconds
        for spell in plan.spells:
            if spell.begins <= now < spell.ends and (
                spell.share >= 1 or self._chance.random() < spell.share
            ):
                return spell.trouble
        return None

    def _over_quota(self, model: str, plan: ModelPlan, tokens: int) -> Outcome | None:
        """Counts the call, or refuses it: what is refused for a quota does not count."""
        now = self._timeline.seconds
        if plan.per_day is not None:
            day, used = self._days.get(model, (None, 0))
            today = next_quota_day(self._timeline.instant())
            used = used if day == today else 0
            if used >= plan.per_day:
                return self._refused("per-day", model, "48s")
            self._days[model] = (today, used + 1)
        begins, ends = self._minute(model, plan)
        calls = self._minutes[model]
        while calls and calls[0][0] < begins:
            calls.popleft()
        used_tokens = sum(t for _, t in calls) if plan.tokens_per_minute is not None else 0
        for reply, limit, next_used in (
            ("per-minute", plan.per_minute, len(calls) + 1),
            ("tokens-per-minute", plan.tokens_per_minute, used_tokens + tokens),
        ):
            if limit is not None and next_used > limit:
                left = max(1, math.ceil(ends - now))
                return self._refused(
                    reply,
                    model,
                    f"{left}s" if plan.names_delay else None,
                    names_delay=plan.names_delay,
                    limit=int(limit) if plan.names_limit else None,
                )
        if plan.per_minute is not None or plan.tokens_per_minute is not None:
            calls.append((now, tokens))
        return None

    def _minute(self, model: str, plan: ModelPlan) -> tuple[float, float]:
        """When the present minute began, and when something of it is free again."""
        now = self._timeline.seconds
        if plan.is_sliding:
            begins = now - MINUTE_SECONDS
            used = next((at for at, _ in self._minutes[model] if at >= begins), now)
            return begins, used + MINUTE_SECONDS
        since = (now - plan.phase_seconds) % MINUTE_SECONDS
        return now - since, now - since + MINUTE_SECONDS

    def _refused(
        self,
        reply: str,
        model: str,
        delay: str | None,
        *,
        names_delay: bool = True,
        limit: int | None = None,
    ) -> Outcome:
        failure = meaning(reply, model, delay, names_delay=names_delay, limit=limit)
        took = self._lasts(self._speed.refusal)
        return Outcome(took, took, failure)

    def _lasts(self, median_seconds: float) -> float:
        return median_seconds * self._chance.lognormvariate(0.0, self._speed.spread)


@lru_cache(maxsize=4096)
def meaning(
    reply: str,
    model: str,
    delay: str | None,
    *,
    names_delay: bool = True,
    limit: int | None = None,
) -> Failure:
    """What the real classifier makes of one of the emulator's replies.

    Args:
        reply: Its name, such as `per-minute`.
        model: The model that it names.
        delay: The delay that it names instead of its own, such as `12s`.
        names_delay: Whether it names one at all.
        limit: The limit that it names; None where it names none.
    """
    rendered = render(canned_replies()[reply], {"model": model}, retry_delay=delay, limit=limit)
    body = rendered.body
    if not names_delay:
        error = body["error"]
        details = [entry for entry in error["details"] if "retryDelay" not in entry]
        message = error["message"].partition("\nPlease retry in")[0]
        body = {"error": {**error, "details": details, "message": message}}
    failure = classify(rendered.status, body, rendered.headers, _ANY_INSTANT)
    # The instant matters to a date in Retry-After only, and these replies have no such header.
    if limit is None:
        unnamed = tuple(replace(quota, limit=None) for quota in failure.quotas)
        failure = replace(failure, quotas=unnamed)
    return failure
