"""One chat after another: `fallback/runner.py` in simulated time.

What to do next is the real `decide`. An answer here breaks before its first text or not at all.
"""

from __future__ import annotations

import random
from dataclasses import dataclass, field
from datetime import timedelta

from fallback.core.decision import Attempt, decide
from fallback.core.failure import Failure, FailureKind
from fallback.core.permit import Permit
from fallback.core.refusal import Refusal
from fallback.core.retries import FailedAttempt
from fallback.core.window_rules import counts_against_model
from fallback.core.windows import Windows
from fallback.windows.leases import Leases, RunningAttempt
from measure.simulation.instance import Instance
from measure.simulation.measures import Measures
from measure.simulation.settings import Settings
from measure.simulation.timeline import Process, Timeline
from measure.simulation.upstream import Upstream
from measure.simulation.worker import WaitBudget

TIMED_OUT = Failure(kind=FailureKind.TIMED_OUT)


TOKENS_FOR_EACH_ESTIMATED = 1.25
"""As a provider counts them; bytes / 4 is an estimate."""


@dataclass(slots=True)
class _Chat:
    """A chat on its way.

    Attributes:
        budget: How long it may still wait for the store.
        size: Its size, see `fallback.core.size.tokens_of`.
        tokens: Its input tokens, as the provider counts them.
        attempts: What it has tried.
        windows: As its instance has seen them last.
    """

    budget: WaitBudget
    size: int
    tokens: int
    attempts: list[FailedAttempt] = field(default_factory=list)
    windows: Windows = field(default_factory=dict)


class _CrashedError(Exception):
    """The process of a chat has ended."""


class Chats:
    """Answers chats on the instance that they come to."""

    def __init__(
        self,
        timeline: Timeline,
        upstream: Upstream,
        settings: Settings,
        chance: random.Random,
        measures: Measures,
        *,
        crashes: int = 0,
        sizes: random.Random | None = None,
        input_tokens: float = 0.0,
    ) -> None:
        """Begins with no chat.

        Args:
            timeline: When things happen.
            upstream: The models.
            settings: Limits and rules.
            chance: For backoffs.
            measures: What is counted.
            crashes: How many probes end in a crash of their process.
            sizes: For how long chats are.
            input_tokens: Their median; lognormal.
        """
        self._sizes = sizes or random.Random(0)
        self._input_tokens = input_tokens
        self._crashes = crashes
        self._timeline = timeline
        self._upstream = upstream
        self._settings = settings
        self._chance = chance
        self._measures = measures
        limits = settings.hierarchy.limits
        self._deadline = timedelta(seconds=limits.deadline_seconds)
        self._first_text = timedelta(seconds=limits.first_text_seconds)
        self._lease_margin = timedelta(seconds=settings.lease_margin_seconds)

    def answer(self, instance: Instance) -> Process[Refusal | None]:
        """One chat, from the question to the end of the answer; returns the refusal, if any."""
        timeline, settings = self._timeline, self._settings
        self._measures.asked(is_well=self._is_well())
        began = timeline.seconds
        deadline = timeline.instant() + self._deadline
        chat = self._drawn()
        attempts = chat.attempts
        while True:
            chat.windows = yield from instance.snapshot(chat.budget)
            windows = instance.limits.windows(chat.windows, chat.size)
            step = decide(
                settings.hierarchy,
                windows,
                attempts,
                timeline.instant(),
                deadline,
                tokens=chat.size,
                jitter=self._chance.random(),
            )
            if isinstance(step, Refusal):
                if not attempts:
                    self._measures.passed_by(is_well=self._is_well())
                self._measures.refused(step.reason)
                return step
            try:
                spoke_at = yield from self._attempt(instance, step, chat)
            except _CrashedError:
                self._measures.count("crashed")
                return None
            if spoke_at is not None:
                self._measures.answered(step.model.name, spoke_at - began)
                return None

    def _attempt(self, instance: Instance, step: Attempt, chat: _Chat) -> Process[float | None]:
        """One attempt; when its first text came, if it answers."""
        timeline, model, attempts = self._timeline, step.model.name, chat.attempts
        entry = yield from self._entry(instance, step, chat)
        if entry is None:
            return None
        leases, permit = entry
        pause_seconds = timeline.until(step.starts_at)
        if pause_seconds > 0:
            yield pause_seconds
        running = RunningAttempt(
            key=step.candidate.key, started_at=timeline.instant(), leases=leases
        )
        if not attempts and model != self._measures.watched:
            self._measures.passed_by(is_well=self._is_well())
        outcome = self._upstream.call(model, chat.tokens)
        longest_seconds = timeline.until(step.first_text_by)
        failure = TIMED_OUT if outcome.first_text_seconds > longest_seconds else outcome.failure
        self._measures.called(model, is_probe=bool(leases), is_refused=failure is not None)
        self._measures.charged(model, chat.tokens, is_refused=outcome.failure is not None)
        if leases and self._crashes:
            self._crashes -= 1
            raise _CrashedError
        if failure is not None:
            yield min(outcome.first_text_seconds, longest_seconds)
            earlier = [(attempt.model, attempt.failure) for attempt in attempts]
            attempts.append(FailedAttempt(model, failure, timeline.instant()))
            instance.limits.refused(permit, failure, chat.windows)
            if self._counts(step, failure) and counts_against_model(failure, model, earlier):
                yield from instance.record(running, failure, chat.budget)
            instance.release(leases)
            return None
        spoke_at = timeline.seconds + outcome.first_text_seconds
        if leases:  # Otherwise nothing happens at the first text that others could notice.
            yield outcome.first_text_seconds
            instance.probe_succeeded(leases)
            if model == self._measures.watched:
                self._measures.used_at.append(timeline.seconds)
            yield outcome.seconds - outcome.first_text_seconds
        else:
            yield outcome.seconds
        instance.answered(model)
        instance.limits.settle(permit, chat.tokens)
        return spoke_at

    def _drawn(self) -> _Chat:
        """A new chat. A provider counts more than bytes / 4, and not always as much more."""
        size = self._input_tokens and self._input_tokens * self._sizes.lognormvariate(0.0, 1.0)
        tokens = size and size * TOKENS_FOR_EACH_ESTIMATED * self._sizes.lognormvariate(0.0, 0.1)
        return _Chat(WaitBudget(self._settings.max_wait_seconds), round(size), round(tokens))

    def _entry(
        self, instance: Instance, step: Attempt, chat: _Chat
    ) -> Process[tuple[Leases, Permit] | None]:
        """The leases and the permit of an attempt; None if another request has one of them."""
        turn_seconds = instance.seconds_to_turn(step.probes)
        if turn_seconds > 0:
            if step.has_alternative:
                instance.pass_over(step.probes, turn_seconds)
                return None
            yield turn_seconds
        until = step.first_text_by + self._lease_margin
        leases = yield from instance.claim(step.probes, until, chat.budget)
        if leases is None:
            return None
        permit = yield from instance.limits.permit(
            step.model.name, chat.size, chat.windows, chat.budget, is_probe=bool(leases)
        )
        if permit is None:
            instance.release(leases)
            return None
        return leases, permit

    def _is_well(self) -> bool:
        return self._upstream.is_well(self._measures.watched)

    def _counts(self, step: Attempt, failure: Failure) -> bool:
        """Whether a failure says something about the model: not a time-out of the request's own."""
        is_hurried = step.first_text_by < step.starts_at + self._first_text
        is_late = self._timeline.instant() >= step.ends_by
        return failure.kind is not FailureKind.TIMED_OUT or not (is_hurried or is_late)
