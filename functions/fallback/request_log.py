"""The log events of one request."""

from __future__ import annotations

from datetime import datetime, timedelta

from fallback.core.account import Account
from fallback.core.answer import FinishReason, Usage
from fallback.core.decision import Attempt
from fallback.core.failure import Failure, FailureKind
from fallback.core.refusal import Refusal, Skipped
from fallback.events import Event
from fallback.ports import AttemptLimits, Clock, EventLog


class RequestLog:
    """Logs what becomes of one request."""

    def __init__(self, log: EventLog, clock: Clock, request_id: str) -> None:
        """Starts to count the request's time."""
        self._log = log
        self._clock = clock
        self._request_id = request_id
        self._started_at = clock.now()
        self._attempts = 0
        self._resumptions = 0
        self._first_text_ms: int | None = None
        self._waited = timedelta()

    def attempt_failed(self, step: Attempt, failure: Failure, started_at: datetime) -> None:
        """An attempt gave no whole answer."""
        self._attempts += 1
        self._log(
            Event.ATTEMPT_FAILED,
            request_id=self._request_id,
            model=step.model.name,
            target=step.candidate.target.name,
            attempt=step.number,
            kind=failure.kind,
            scope=failure.scope,
            status=failure.status,
            reason=failure.reason,
            consumer=failure.consumer,
            retry_delay_seconds=failure.retry_delay_seconds,
            milliseconds=self._milliseconds_since(started_at),
        )

    def waited(self, time: timedelta) -> None:
        """The request has waited for a model to return."""
        self._waited += time

    def hedged(
        self,
        step: Attempt,
        beside: Attempt | None,
        *,
        waited_seconds: float,
        speaker: str,
    ) -> None:
        """An attempt was late, and another was asked beside it.

        Args:
            step: The late one.
            beside: The last that was asked beside it; None if it was dropped before that.
            waited_seconds: How long the late one had kept its visitor waiting.
            speaker: Who spoke first: `late`, `beside`, or `neither`.
        """
        self._attempts += 1
        self._log(
            Event.ATTEMPT_HEDGED,
            request_id=self._request_id,
            model=step.model.name,
            target=step.candidate.target.name,
            beside=beside and beside.model.name,
            beside_target=beside and beside.candidate.target.name,
            waited_milliseconds=round(waited_seconds * 1000),
            spoke=speaker,
        )

    def speaking(self) -> None:
        """The first text has come."""
        self._first_text_ms = self._milliseconds_since(self._started_at)

    def resumed(self, step: Attempt, broken: str, failure: Failure) -> None:
        """Another model continues the answer of one that broke off."""
        self._resumptions += 1
        self._log(
            Event.CHAT_RESUMED,
            request_id=self._request_id,
            model=step.model.name,
            target=step.candidate.target.name,
            broken=broken,
            kind=failure.kind,
        )

    def answered(self, step: Attempt, finish_reason: FinishReason, account: Account) -> None:
        """The answer is complete, and its last attempt is accounted for."""
        told, estimated = account.told or Usage(), account.estimated()
        self._log(
            Event.CHAT_ANSWERED,
            request_id=self._request_id,
            model=step.model.name,
            target=step.candidate.target.name,
            fallbacks=step.fallbacks,
            attempts=self._attempts + 1,
            resumptions=self._resumptions,
            finish_reason=finish_reason,
            milliseconds=self._milliseconds_since(self._started_at),
            first_text_milliseconds=self._first_text_ms,
            waited_milliseconds=_milliseconds(self._waited),
            tier=account.tier,
            prompt_tokens=told.prompt_tokens,
            cached_tokens=told.cached_tokens,
            completion_tokens=told.completion_tokens,
            estimated_prompt_tokens=estimated.prompt_tokens,
            estimated_completion_tokens=estimated.completion_tokens,
            skipped=_fields(step.skipped),
        )

    def accounted(self, step: Attempt, limits: AttemptLimits, failure: Failure | None) -> None:
        """An attempt has ended without a whole answer, and may have cost something.

        Args:
            step: The attempt.
            limits: What it was given.
            failure: How it failed; None if nobody read on.
        """
        ending = "failed"
        if limits.cancellation.is_cancelled:
            ending = "cancelled"
        elif failure is None or limits.seconds_left() == 0:
            ending = "abandoned"
        account = limits.account
        told, estimated = account.told or Usage(), account.estimated(failure)
        if told != Usage() or estimated != Usage():
            self._log(
                Event.ATTEMPT_ACCOUNTED,
                request_id=self._request_id,
                model=step.model.name,
                target=step.candidate.target.name,
                ending=ending,
                tier=account.tier,
                prompt_tokens=told.prompt_tokens,
                cached_tokens=told.cached_tokens,
                completion_tokens=told.completion_tokens,
                estimated_prompt_tokens=estimated.prompt_tokens,
                estimated_completion_tokens=estimated.completion_tokens,
            )

    def broken(self, model: str, failure: Failure) -> None:
        """The answer stopped after a part of it had been shown."""
        self._log(
            Event.CHAT_INTERRUPTED,
            request_id=self._request_id,
            model=model,
            kind=failure.kind,
            attempts=self._attempts,
            milliseconds=self._milliseconds_since(self._started_at),
        )

    def refused(self, refusal: Refusal) -> None:
        """No model answered."""
        self._log(
            Event.CHAT_REFUSED,
            request_id=self._request_id,
            reason=refusal.reason,
            retry_at=refusal.retry_at,
            attempts=self._attempts,
            milliseconds=self._milliseconds_since(self._started_at),
            waited_milliseconds=_milliseconds(self._waited),
            skipped=_fields(refusal.skipped),
        )

    def missing_key(self) -> None:
        """There is no key to ask a model with."""
        self._log(Event.SERVICE_MISCONFIGURED, kind=FailureKind.UNAUTHORIZED, reason="MISSING_KEY")

    def abandoned(self) -> None:
        """The reader left before the end."""
        self._log(
            Event.CHAT_ABANDONED,
            request_id=self._request_id,
            attempts=self._attempts,
            milliseconds=self._milliseconds_since(self._started_at),
        )

    def _milliseconds_since(self, instant: datetime) -> int:
        return _milliseconds(self._clock.now() - instant)


def _milliseconds(time: timedelta) -> int:
    return round(time / timedelta(milliseconds=1))


def _fields(skipped: tuple[Skipped, ...]) -> list[dict[str, object]]:
    return [
        {"model": s.model, "target": s.target, "reason": s.reason, "until": s.until}
        for s in skipped
    ]
