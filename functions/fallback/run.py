"""What one request is, and what it has done so far."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime

from fallback.core.answer import Usage
from fallback.core.chat import Chat
from fallback.core.decision import Attempt
from fallback.core.failure import Failure
from fallback.core.hierarchy import Hierarchy
from fallback.core.retries import FailedAttempt
from fallback.pieces import AnswerStarted
from fallback.ports import Clock, Provider
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
        has_disconnected: Whether nobody waits for the answer any more.
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
    """

    providers: Mapping[str, Provider]
    chat: Chat
    whole: bool
    hierarchy: Hierarchy
    budget: WaitBudget
    log: RequestLog
    has_disconnected: Callable[[], bool]
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
        )

    def failures(self, target: str | None = None) -> list[tuple[str, Failure]]:
        """The failures so far, each with its model's name; of one target, or of all."""
        return [(a.model, a.failure) for a in self.attempts if target in (None, a.target)]

    def total(self, last: Usage | None) -> Usage | None:
        """The tokens of all models, with those of the last one; None if nobody counted."""
        return last if self.usage == Usage() else self.usage + (last or Usage())
