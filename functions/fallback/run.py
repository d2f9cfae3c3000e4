"""What one request is, and what it has done so far."""

from __future__ import annotations

import copy
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime

from fallback.cancellation import Cancellation
from fallback.core.account import Account
from fallback.core.answer import Usage
from fallback.core.chat import Chat
from fallback.core.continuation import prefill
from fallback.core.decision import Attempt
from fallback.core.failure import Failure
from fallback.core.hierarchy import Hierarchy
from fallback.core.refusal import Refusal
from fallback.core.retries import FailedAttempt
from fallback.pieces import AnswerStarted, Interrupted
from fallback.ports import Clock, Provider
from fallback.race import Race
from fallback.request_log import RequestLog
from fallback.wait_budget import WaitBudget

_LOOK_SECONDS = 0.5
"""How often a pause checks that somebody still waits."""


@dataclass(slots=True, kw_only=True)
class Run:
    """One request on its way through the hierarchy.

    Attributes:
        providers: Who runs the models, by target.
        chat: The conversation.
        whole: Whether the reader wants the answer in one piece, at its end.
        hierarchy: The models and limits for this request.
        budget: How long it may still wait for the store.
        log: Its log.
        has_left: Whether nobody waits for the answer any more.
        deadline: When it must be over.
        tokens: Its size, see `fallback.core.size.tokens_of`.
        attempts: Failed attempts, in order.
        shown: Texts that the reader has.
        breaks: How often a model broke off after it had shown text.
        patient_until: When it stops waiting for a model to return; None before it has waited.
        last_break: The model that broke off last, and how.
        usage: Tokens of the models that broke off.
        silent: Models that had nothing to add to what was shown.
        is_over: Whether the last piece has been yielded.
        has_answered: Whether that was the end of a whole answer.
        asked: The attempt that was begun last.
        cancellation: Ends its present attempt, and the run with it.
        account: What its present attempt costs.
        is_alone: Whether nobody waits for it, so that nothing is late.
        races: What it must win before it may speak, each with its side of it.
    """

    providers: Mapping[str, Provider]
    chat: Chat
    whole: bool
    hierarchy: Hierarchy
    budget: WaitBudget
    log: RequestLog
    has_left: Callable[[], bool]
    deadline: datetime
    tokens: int
    attempts: list[FailedAttempt] = field(default_factory=list)
    shown: list[str] = field(default_factory=list)
    breaks: int = 0
    patient_until: datetime | None = None
    last_break: tuple[str, Failure] | None = None
    usage: Usage = field(default_factory=Usage)
    silent: set[str] = field(default_factory=set)
    is_over: bool = False
    has_answered: bool = False
    asked: Attempt | None = None
    cancellation: Cancellation = field(default_factory=Cancellation)
    account: Account = field(default_factory=Account)
    is_alone: bool = False
    races: tuple[tuple[Race, Cancellation], ...] = ()

    @property
    def begun(self) -> str:
        """What there is of the answer: the caller's own beginning, and what was shown."""
        return prefill(self.chat) + "".join(self.shown)

    def has_disconnected(self) -> bool:
        """Whether nobody waits for what this run says any more."""
        return self.cancellation.is_cancelled or self.has_left()

    def claim(self) -> bool:
        """Whether it may speak: no other attempt at this answer has. Otherwise it is cancelled."""
        races, self.races = self.races, ()
        is_first = all(race.claim(side) for race, side in reversed(races))
        if not is_first:
            self.cancellation.cancel()
        return is_first

    def beside(
        self, failed: FailedAttempt, broken: tuple[str, Failure] | None, usage: Usage
    ) -> Run:
        """A run that goes on from here as if an attempt that is still under way had failed.

        Args:
            failed: That attempt.
            broken: The same, if it has shown text.
            usage: Its tokens.
        """
        return replace(
            self,
            attempts=[*self.attempts, failed],
            shown=[*self.shown],
            breaks=self.breaks + (broken is not None),
            last_break=broken or self.last_break,
            usage=self.usage + usage,
            silent={*self.silent},
            asked=None,
            cancellation=Cancellation(),
        )

    def alone(self) -> Run:
        """A run that nobody waits for: it probes a model with this request, and shows nothing."""
        return replace(
            self,
            whole=False,
            log=copy.copy(self.log),
            has_left=lambda: False,
            attempts=[],
            shown=[],
            last_break=None,
            silent=set(),
            cancellation=Cancellation(),
            races=(),
            is_alone=True,
        )

    def adopt(self, other: Run) -> None:
        """Takes in what has become of a run that was made by `beside`.

        Its own attempt is the last of `attempts` now.
        """
        self.attempts += other.attempts[len(self.attempts) :]
        self.shown, self.silent = other.shown, other.silent
        self.breaks, self.last_break, self.usage = other.breaks, other.last_break, other.usage
        self.is_over, self.has_answered = other.is_over, other.has_answered

    def pause(self, clock: Clock, seconds: float) -> bool:
        """Waits; false if nobody waits for the answer any more."""
        while not self.has_disconnected():
            if seconds <= 0:
                return True
            clock.sleep(min(seconds, _LOOK_SECONDS))
            seconds -= _LOOK_SECONDS
        return False

    @property
    def useless_replies(self) -> int:
        """How many calls have cost quota and given nothing that could be shown."""
        return sum(attempt.failure.is_useless_reply for attempt in self.attempts)

    def counted(self, step: Attempt, usual: Hierarchy) -> Attempt:
        """Counts fallbacks in the order that visitors know, if the request only changes that."""
        if self.hierarchy is not usual and set(self.hierarchy.models) == set(usual.models):
            return replace(step, fallbacks=usual.models.index(step.model))
        return step

    def introduction(self, step: Attempt, model_version: str | None) -> AnswerStarted:
        """Says who answers now, to the log and to the reader."""
        if self.last_break is None:
            self.log.speaking()
        else:
            self.log.resumed(step, *self.last_break)
        return AnswerStarted(
            model=model_version or step.model.name,
            display_name=step.model.display_name,
            fallbacks=step.fallbacks,
            is_resumed=self.last_break is not None,
            key=step.candidate.key,
        )

    def failed(self, refusal: Refusal, now: datetime) -> Refusal | Interrupted:
        """Says that no model answers, or goes on, to the log and to the reader."""
        self.is_over = True
        if self.last_break is None:
            self.log.refused(refusal)
            return refusal
        self.log.broken(*self.last_break)
        return Interrupted(failure=self.last_break[1], is_overdue=now >= self.deadline)

    def failures(self, target: str | None = None) -> list[tuple[str, Failure]]:
        """The failures so far, each with its model's name; of one target, or of all."""
        return [(a.model, a.failure) for a in self.attempts if target in (None, a.target)]

    def total(self, last: Usage | None) -> Usage | None:
        """The tokens of all models, with those of the last one; None if nobody counted."""
        return last if self.usage == Usage() else self.usage + (last or Usage())
