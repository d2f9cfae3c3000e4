"""The only retry loop: asks `decide`, makes the attempt, records what came of it.

Until a stream has shown text, every failure falls back silently. What was shown cannot be taken
back: after it, the next model goes on with the same answer, and only where none can, the answer
ends as broken. An answer that is wanted whole shows nothing before its end, and falls back until
then.
"""

from __future__ import annotations

import contextlib
import random
from collections.abc import Callable, Generator, Iterator
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from fallback.core.answer import End, Text, Usage
from fallback.core.chat import Chat
from fallback.core.continuation import MAX_RESUMPTIONS, Joint, continued
from fallback.core.decision import (
    Attempt,
    Attempted,
    Refusal,
    Skipped,
    decide,
)
from fallback.core.failure import Failure, FailureKind
from fallback.core.hierarchy import Hierarchy
from fallback.events import Event
from fallback.patience import Patience
from fallback.ports import Clock, EventLog, Provider
from fallback.shared_windows import Attempting, SharedWindows

_LEASE_MARGIN = timedelta(seconds=5)
"""What a probe may take beyond its first text's time, before another may probe."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Answering:
    """A model has begun to answer, or to go on with an answer; its text follows.

    Attributes:
        model: The exact model, as the provider names it.
        display_name: Its name for people.
        fallbacks: How many models were passed over.
        is_resumed: Whether another model has begun this answer.
    """

    model: str
    display_name: str
    fallbacks: int
    is_resumed: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Broken:
    """The answer stopped after its beginning had been shown.

    Attributes:
        failure: Why.
        is_overdue: Whether the request's deadline was the reason.
    """

    failure: Failure
    is_overdue: bool


Piece = Answering | Text | End | Refusal | Broken
"""Either a Refusal alone, or Answering and any number of Texts, and an End or Broken.

Where a stream is resumed, Answering comes again, before the first text of the next model.
"""


class Runner:
    """Answers chats from a hierarchy of models. Safe for many threads."""

    def __init__(
        self,
        hierarchy: Hierarchy,
        *,
        provider: Provider,
        windows: SharedWindows,
        clock: Clock,
        log: EventLog,
        jitter: Callable[[], float] = random.random,
    ) -> None:
        """Keeps what it is given; starts nothing."""
        self._hierarchy = hierarchy
        self._provider = provider
        self._windows = windows
        self._clock = clock
        self._log = log
        self._jitter = jitter
        self._first_text = timedelta(seconds=hierarchy.limits.first_text_seconds)

    def answer(self, chat: Chat, *, whole: bool, request_id: str) -> Generator[Piece, None, None]:
        """Answers one chat.

        Closing the generator ends the call to the model.

        Args:
            chat: The conversation.
            whole: Whether the reader wants the answer in one piece, at its end.
            request_id: What the log calls this request.
        """
        run = _Run(
            request_id=request_id,
            started_at=self._clock.now(),
            patience=Patience(self._clock),
            chat=chat,
            whole=whole,
        )
        deadline = run.started_at + timedelta(seconds=self._hierarchy.limits.deadline_seconds)
        try:
            while not run.is_over:
                step = decide(
                    self._hierarchy,
                    self._windows.snapshot(run.patience),
                    run.attempts,
                    self._clock.now(),
                    deadline,
                    is_resuming=run.last_break is not None,
                    jitter=self._jitter(),
                )
                is_final = run.breaks > MAX_RESUMPTIONS
                if isinstance(step, Attempt) and not is_final:
                    yield from self._attempt(run, step)
                    continue
                run.is_over = True
                if run.last_break is not None:
                    broken, failure = run.last_break
                    self._log_broken(run, broken, failure)
                    yield Broken(failure=failure, is_overdue=self._clock.now() >= deadline)
                elif isinstance(step, Refusal):
                    self._log_refusal(run, step)
                    yield step
        finally:
            if not run.is_over:
                self._log(
                    Event.CHAT_ABANDONED,
                    request_id=request_id,
                    attempts=len(run.attempts),
                    milliseconds=self._milliseconds_since(run.started_at),
                )

    def _attempt(self, run: _Run, step: Attempt) -> Generator[Piece, None, None]:
        """Makes one attempt, unless it would be a probe that somebody else has taken on."""
        lease_until = step.first_text_by + _LEASE_MARGIN
        leases = self._windows.claim(step.probes, lease_until, run.patience)
        if leases is None:
            return
        try:
            pause_seconds = (step.starts_at - self._clock.now()).total_seconds()
            if pause_seconds > 0:
                self._clock.sleep(pause_seconds)
            attempting = Attempting(
                model=step.model.name,
                number=step.number,
                started_at=self._clock.now(),
                leases=leases,
            )
            pieces = self._provider.attempt(
                step.model.name,
                continued(run.chat, "".join(run.shown)) if run.shown else run.chat,
                first_text_seconds=(step.first_text_by - attempting.started_at).total_seconds(),
                idle_seconds=self._hierarchy.limits.idle_seconds,
                total_seconds=(step.ends_by - attempting.started_at).total_seconds(),
            )
            with contextlib.closing(pieces):
                yield from self._follow(run, step, attempting, pieces)
        finally:
            self._windows.release(leases)

    def _follow(
        self,
        run: _Run,
        step: Attempt,
        attempting: Attempting,
        pieces: Iterator[Text | End | Failure],
    ) -> Generator[Piece, None, None]:
        """Shows what comes of an attempt: at once, or at its end if the answer is wanted whole."""
        joint = Joint("".join(run.shown))
        waiting: list[Text] = []
        usage = Usage()
        has_spoken = False
        for piece in pieces:
            if isinstance(piece, Failure):
                self._record(run, step, attempting, piece)
                if has_spoken:
                    run.usage += usage
                    run.last_break = (step, piece)
                    run.breaks += 1
                return
            # A model that speaks answers: nobody needs to wait for the end of its answer.
            self._windows.proved(attempting.leases)
            text = joint.join(piece.text) if isinstance(piece, Text) else joint.rest()
            if text:
                waiting.append(Text(text, piece.model_version))
            if isinstance(piece, Text):
                usage = piece.usage or usage
            is_end = isinstance(piece, End)
            if not is_end and (run.whole or not waiting):
                continue
            if not has_spoken:
                has_spoken = True
                yield self._introduced(run, step, piece.model_version)
            yield from waiting
            run.shown += [text.text for text in waiting]
            waiting.clear()
            if isinstance(piece, End):
                run.is_over = True
                self._windows.answered(step.model.name)
                end = replace(piece, usage=_total(run.usage, piece.usage))
                self._log_answer(run, step, end)
                yield end

    def _introduced(self, run: _Run, step: Attempt, model_version: str | None) -> Answering:
        if run.last_break is not None:
            self._log(
                Event.CHAT_RESUMED,
                request_id=run.request_id,
                model=step.model.name,
                broken=run.last_break[0].model.name,
                kind=run.last_break[1].kind,
            )
        else:
            run.first_text_ms = self._milliseconds_since(run.started_at)
        return Answering(
            model=model_version or step.model.name,
            display_name=step.model.display_name,
            fallbacks=step.fallbacks,
            is_resumed=run.last_break is not None,
        )

    def _record(self, run: _Run, step: Attempt, attempting: Attempting, failure: Failure) -> None:
        """Logs a failure, and opens the window that it asks for.

        A time-out that the request's own deadline has caused says nothing about the model: two
        long answers must not set it aside.
        """
        now = self._clock.now()
        run.attempts.append(Attempted(step.model.name, failure, now))
        self._log(
            Event.ATTEMPT_FAILED,
            request_id=run.request_id,
            model=step.model.name,
            attempt=step.number,
            kind=failure.kind,
            scope=failure.scope,
            status=failure.status,
            reason=failure.reason,
            retry_delay_seconds=failure.retry_delay_seconds,
            milliseconds=self._milliseconds_since(attempting.started_at),
        )
        is_hurried = step.first_text_by < step.starts_at + self._first_text
        is_own_deadline = now >= step.ends_by or (is_hurried and not run.shown)
        if not (is_own_deadline and failure.kind is FailureKind.TIMED_OUT):
            self._windows.record(attempting, failure, run.patience)

    def _log_answer(self, run: _Run, step: Attempt, end: End) -> None:
        usage = end.usage or Usage()
        self._log(
            Event.CHAT_ANSWERED,
            request_id=run.request_id,
            model=step.model.name,
            fallbacks=step.fallbacks,
            attempts=len(run.attempts) + 1,
            finish_reason=end.finish_reason,
            milliseconds=self._milliseconds_since(run.started_at),
            first_text_milliseconds=run.first_text_ms,
            prompt_tokens=usage.prompt_tokens,
            completion_tokens=usage.completion_tokens,
            skipped=_skipped_fields(step.skipped),
        )

    def _log_broken(self, run: _Run, step: Attempt, failure: Failure) -> None:
        self._log(
            Event.CHAT_BROKEN,
            request_id=run.request_id,
            model=step.model.name,
            kind=failure.kind,
            attempts=len(run.attempts),
            milliseconds=self._milliseconds_since(run.started_at),
        )

    def _log_refusal(self, run: _Run, refusal: Refusal) -> None:
        self._log(
            Event.CHAT_REFUSED,
            request_id=run.request_id,
            reason=refusal.reason,
            retry_at=refusal.retry_at,
            attempts=len(run.attempts),
            milliseconds=self._milliseconds_since(run.started_at),
            skipped=_skipped_fields(refusal.skipped),
        )

    def _milliseconds_since(self, started_at: datetime) -> int:
        return round((self._clock.now() - started_at) / timedelta(milliseconds=1))


@dataclass(slots=True, kw_only=True)
class _Run:
    """What one request has done so far."""

    request_id: str
    started_at: datetime
    patience: Patience
    chat: Chat
    whole: bool
    attempts: list[Attempted] = field(default_factory=list)
    shown: list[str] = field(default_factory=list)
    breaks: int = 0
    last_break: tuple[Attempt, Failure] | None = None
    usage: Usage = field(default_factory=Usage)
    first_text_ms: int | None = None
    is_over: bool = False


def _total(earlier: Usage, last: Usage | None) -> Usage | None:
    return last if earlier == Usage() else earlier + (last or Usage())


def _skipped_fields(skipped: tuple[Skipped, ...]) -> list[dict[str, object]]:
    return [{"model": s.model, "reason": s.reason, "until": s.until} for s in skipped]
