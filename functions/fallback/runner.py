"""The only retry loop: asks `decide`, makes the attempt, records what came of it.

A stream commits to a model with its first visible text. Until then every failure falls back
silently; after it, a failure ends the answer as broken, for what was shown cannot be taken back.
An answer that is wanted whole is committed to by its end, so that it can fall back until then.
"""

from __future__ import annotations

import contextlib
import itertools
import random
from collections.abc import Callable, Generator, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import assert_never

from fallback.core.answer import End, Text, Usage
from fallback.core.chat import Chat
from fallback.core.decision import Attempt, Attempted, Refusal, Skipped, decide
from fallback.core.failure import Failure, FailureKind
from fallback.core.hierarchy import Hierarchy
from fallback.core.windows import Windows
from fallback.events import Event
from fallback.ports import Clock, EventLog, Provider
from fallback.shared_windows import Patience, SharedWindows


@dataclass(frozen=True, slots=True, kw_only=True)
class Answering:
    """A model has begun to answer; the first thing that a reader is told.

    Attributes:
        model: The exact model, as the provider names it.
        display_name: Its name for people.
        fallbacks: How many models were passed over.
    """

    model: str
    display_name: str
    fallbacks: int


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
"""Either a Refusal alone, or Answering, any number of Texts, and an End or Broken."""


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
            request_id=request_id, started_at=self._clock.now(), patience=Patience(self._clock)
        )
        deadline = run.started_at + timedelta(seconds=self._hierarchy.limits.deadline_seconds)
        try:
            while True:
                windows = self._windows.snapshot(run.patience)
                step = decide(
                    self._hierarchy,
                    windows,
                    run.attempts,
                    self._clock.now(),
                    deadline,
                    jitter=self._jitter(),
                )
                if isinstance(step, Refusal):
                    run.is_over = True
                    self._log_refusal(run, step)
                    yield step
                    return
                if (yield from self._attempt(run, step, windows, chat, whole=whole)):
                    return
        finally:
            if not run.is_over:
                self._log(
                    Event.CHAT_ABANDONED,
                    request_id=request_id,
                    attempts=len(run.attempts),
                    milliseconds=self._milliseconds_since(run.started_at),
                )

    def _attempt(
        self, run: _Run, step: Attempt, windows: Windows, chat: Chat, *, whole: bool
    ) -> Generator[Piece, None, bool]:
        """Makes one attempt; says whether the request is over."""
        pause_seconds = (step.starts_at - self._clock.now()).total_seconds()
        if pause_seconds > 0:
            self._clock.sleep(pause_seconds)
        started_at = self._clock.now()
        pieces = self._provider.attempt(
            step.model.name,
            chat,
            first_text_seconds=(step.first_text_by - started_at).total_seconds(),
            idle_seconds=self._hierarchy.limits.idle_seconds,
            total_seconds=(step.ends_by - started_at).total_seconds(),
        )
        with contextlib.closing(pieces):
            beginning = _beginning(pieces, whole=whole)
            if isinstance(beginning, Failure):
                is_hurried = step.first_text_by < step.starts_at + self._first_text
                is_overdue = is_hurried or self._clock.now() >= step.ends_by
                self._record(run, step, beginning, started_at, is_overdue=is_overdue)
                return False
            run.first_text_ms = self._milliseconds_since(run.started_at)
            yield Answering(
                model=beginning[0].model_version or step.model.name,
                display_name=step.model.display_name,
                fallbacks=step.fallbacks,
            )
            for piece in itertools.chain(beginning, pieces):
                match piece:
                    case Text():
                        yield piece
                    case End():
                        run.is_over = True
                        self._windows.answered(step.model.name, windows)
                        self._log_answer(run, step, piece)
                        yield piece
                    case Failure():
                        run.is_over = True
                        is_overdue = self._clock.now() >= step.ends_by
                        self._record(run, step, piece, started_at, is_overdue=is_overdue)
                        self._log_broken(run, step, piece)
                        yield Broken(failure=piece, is_overdue=is_overdue)
                    case _:  # pragma: no cover - mypy proves that this cannot be reached
                        assert_never(piece)
        return True

    def _record(
        self,
        run: _Run,
        step: Attempt,
        failure: Failure,
        started_at: datetime,
        *,
        is_overdue: bool,
    ) -> None:
        """Logs a failure, and opens the window that it asks for.

        A time-out that the request's own deadline has caused is overdue, and says nothing about
        the model: two long answers must not set it aside.
        """
        run.attempts.append(Attempted(step.model.name, failure, self._clock.now()))
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
            milliseconds=self._milliseconds_since(started_at),
        )
        if not (is_overdue and failure.kind is FailureKind.TIMED_OUT):
            self._windows.record(step.model.name, failure, step.number, run.patience)

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
    attempts: list[Attempted] = field(default_factory=list)
    first_text_ms: int | None = None
    is_over: bool = False


def _beginning(
    pieces: Iterator[Text | End | Failure], *, whole: bool
) -> list[Text | End] | Failure:
    """The pieces up to the one that commits to the model, or the failure that came before it."""
    beginning: list[Text | End] = []
    for piece in pieces:
        if isinstance(piece, Failure):
            return piece
        beginning.append(piece)
        if isinstance(piece, End) or not whole:
            return beginning
    raise AssertionError("a provider's last piece is an End or a Failure")


def _skipped_fields(skipped: tuple[Skipped, ...]) -> list[dict[str, object]]:
    return [{"model": s.model, "reason": s.reason, "until": s.until} for s in skipped]
