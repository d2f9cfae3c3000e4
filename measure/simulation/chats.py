"""One chat after another: `fallback/runner.py` in simulated time.

What to do next is the real `decide`. An answer here breaks before its first text or not at all.
"""

from __future__ import annotations

import random
from datetime import timedelta

from fallback.core.decision import Attempt, decide
from fallback.core.failure import Failure, FailureKind
from fallback.core.refusal import Refusal
from fallback.core.retries import FailedAttempt
from fallback.core.window_rules import counts_against_model
from fallback.windows.leases import RunningAttempt
from measure.simulation.instance import Instance, WaitBudget
from measure.simulation.measures import Measures
from measure.simulation.settings import Settings
from measure.simulation.timeline import Process, Timeline
from measure.simulation.upstream import Upstream

TIMED_OUT = Failure(kind=FailureKind.TIMED_OUT)


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
    ) -> None:
        """Begins with no chat.

        Args:
            timeline: When things happen.
            upstream: The models.
            settings: Limits and rules.
            chance: For backoffs.
            measures: What is counted.
            crashes: How many probes end in a crash of their process.
        """
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
        budget = WaitBudget(settings.max_wait_seconds)
        attempts: list[FailedAttempt] = []
        while True:
            windows = yield from instance.snapshot(budget)
            step = decide(
                settings.hierarchy,
                windows,
                attempts,
                timeline.instant(),
                deadline,
                jitter=self._chance.random(),
            )
            if isinstance(step, Refusal):
                if not attempts:
                    self._measures.passed_by(is_well=self._is_well())
                self._measures.refused(step.reason)
                return step
            try:
                spoke_at = yield from self._attempt(instance, step, attempts, budget)
            except _CrashedError:
                self._measures.count("crashed")
                return None
            if spoke_at is not None:
                self._measures.answered(step.model.name, spoke_at - began)
                return None

    def _attempt(
        self, instance: Instance, step: Attempt, attempts: list[FailedAttempt], budget: WaitBudget
    ) -> Process[float | None]:
        """One attempt; when its first text came, if it answers."""
        timeline, model = self._timeline, step.model.name
        turn_seconds = instance.seconds_to_turn(step.probes)
        if turn_seconds > 0:
            if step.has_alternative:
                instance.pass_over(step.probes, turn_seconds)
                return None
            yield turn_seconds
        until = step.first_text_by + self._lease_margin
        leases = yield from instance.claim(step.probes, until, budget)
        if leases is None:
            return None
        pause_seconds = timeline.until(step.starts_at)
        if pause_seconds > 0:
            yield pause_seconds
        running = RunningAttempt(
            key=step.candidate.key, started_at=timeline.instant(), leases=leases
        )
        if not attempts and model != self._measures.watched:
            self._measures.passed_by(is_well=self._is_well())
        outcome = self._upstream.call(model)
        longest_seconds = timeline.until(step.first_text_by)
        failure = TIMED_OUT if outcome.first_text_seconds > longest_seconds else outcome.failure
        self._measures.called(model, is_probe=bool(leases), is_refused=failure is not None)
        if leases and self._crashes:
            self._crashes -= 1
            raise _CrashedError
        if failure is not None:
            yield min(outcome.first_text_seconds, longest_seconds)
            earlier = [(attempt.model, attempt.failure) for attempt in attempts]
            attempts.append(FailedAttempt(model, failure, timeline.instant()))
            if self._counts(step, failure) and counts_against_model(failure, model, earlier):
                yield from instance.record(running, failure, budget)
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
        return spoke_at

    def _is_well(self) -> bool:
        return self._upstream.is_well(self._measures.watched)

    def _counts(self, step: Attempt, failure: Failure) -> bool:
        """Whether a failure says something about the model: not a time-out of the request's own."""
        is_hurried = step.first_text_by < step.starts_at + self._first_text
        is_late = self._timeline.instant() >= step.ends_by
        return failure.kind is not FailureKind.TIMED_OUT or not (is_hurried or is_late)
