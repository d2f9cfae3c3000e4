"""The only retry loop: asks `decide`, makes the attempt, records the outcome.

Until a stream has shown text, every failure falls back silently. After that the next model
continues the same answer, and the answer ends as interrupted only if none can. An answer that is
wanted whole shows nothing before its end, so it falls back until then.
"""

from __future__ import annotations

import contextlib
import functools
import random
from collections.abc import Callable, Generator, Mapping
from datetime import timedelta

from fallback.core.account import Account
from fallback.core.chat import Chat
from fallback.core.continuation import MAX_RESUMPTIONS, continued
from fallback.core.decision import Attempt, decide
from fallback.core.failure import Failure, confirmed
from fallback.core.failure import FailureKind as K
from fallback.core.hierarchy import Hierarchy
from fallback.core.patience import worth_waiting
from fallback.core.refusal import Refusal, RefusalReason
from fallback.core.retries import FailedAttempt
from fallback.core.size import tokens_of
from fallback.core.window_rules import counts_against_model
from fallback.following import follow
from fallback.hedging.hedges import Hedges
from fallback.hedging.watch import LATE, Watch
from fallback.limits.shared import SharedLimits
from fallback.pieces import Abandoned, Piece
from fallback.ports import AttemptLimits, Clock, EventLog, Provider
from fallback.request_log import RequestLog
from fallback.run import Run
from fallback.shutdown import Shutdown
from fallback.wait_budget import WaitBudget
from fallback.windows.leases import Leases, RunningAttempt
from fallback.windows.shared import SharedWindows

_LEASE_MARGIN = timedelta(seconds=5)
"""How long a probe may run past the limit of its first text before another request may probe."""

_WAIT_SECONDS = 0.2  # How often a request that waits for a model looks whether it has returned.


class Runner:
    """Answers chats from a hierarchy of models. Safe for many threads."""

    def __init__(
        self,
        hierarchy: Hierarchy,
        *,
        providers: Mapping[str, Provider],
        windows: SharedWindows,
        limits: SharedLimits,
        clock: Clock,
        log: EventLog,
        shutdown: Shutdown | None = None,
        hedges: Hedges | None = None,
        count: Callable[[str, Failure | None], object] = lambda *_: None,
        jitter: Callable[[], float] = random.random,
    ) -> None:
        """Starts nothing.

        Args:
            hierarchy: The models, and the limits of requests that bring none of their own.
            providers: Who runs the models, by target. Without any, every chat is refused, and
                nothing is set aside: other processes may have a key.
            windows: The windows that all instances share.
            limits: The limits that they keep together.
            clock: Tells the time.
            log: Where events go.
            shutdown: Says when this process ends.
            hedges: What this process knows of late models; None to begin anew.
            count: Told of each call that has ended: the candidate's key, and how it failed.
            jitter: Returns random numbers from 0 up to 1.
        """
        self._hierarchy = hierarchy
        self._providers = providers
        self._windows = windows
        self._limits = limits
        self._clock = clock
        self._log = log
        self._shutdown = shutdown or Shutdown(clock)
        self._count = count
        self._jitter = jitter
        self._hedges = hedges or Hedges(log)
        self._watch = functools.partial(
            Watch,
            hedges=self._hedges,
            windows=windows,
            clock=clock,
            next_step=self._next_step,
            cascade=self._cascade,
        )

    def answer(
        self,
        chat: Chat,
        *,
        whole: bool,
        request_id: str,
        hierarchy: Hierarchy | None = None,
        budget: WaitBudget | None = None,
        has_disconnected: Callable[[], bool] = lambda: False,
        settle: Callable[[int], None] = lambda _: None,
    ) -> Generator[Piece, None, None]:
        """Answers one chat.

        Closing the generator ends the call to the model.

        Args:
            chat: The conversation.
            whole: Whether the reader wants the answer in one piece, at its end.
            request_id: What the log calls this request.
            hierarchy: The models and limits for this request; None for the runner's own.
            budget: How long this request may still wait for the store; None for a fresh budget.
            has_disconnected: Whether nobody waits for the answer any more. It is called often, so
                it must be cheap. Once it is true, no call is made or waited for, and no time-out is
                held against a model.
            settle: Told, at the end, how many calls beyond the first have cost quota.
        """
        log = RequestLog(self._log, self._clock, request_id)
        hierarchy = hierarchy or self._hierarchy
        if not self._providers:
            log.missing_key()
            log.refused(refusal := Refusal(reason=RefusalReason.SERVICE_MISCONFIGURED))
            yield refusal
            return
        run = Run(
            providers=self._providers,
            chat=chat,
            whole=whole,
            hierarchy=hierarchy,
            budget=budget or WaitBudget(self._clock),
            log=log,
            has_left=has_disconnected,
            tokens=tokens_of(chat),
            deadline=self._clock.now() + timedelta(seconds=hierarchy.limits.deadline_seconds),
        )
        self._hedges.add_chat()
        try:
            last = yield from self._cascade(run)
            if last is not None:
                yield run.failed(last, self._clock.now())
            elif not run.is_over:
                yield Abandoned()
        finally:
            if not run.is_over:
                run.log.abandoned()
            settle(max(0, run.useless_replies - (0 if run.has_answered else 1)))

    def _cascade(self, run: Run) -> Generator[Piece, None, Refusal | None]:
        """Asks one model after another; returns the refusal if none of them answers."""
        while not run.is_over and not run.has_disconnected():
            step = self._next_step(run)
            if self._waited(run, step):
                continue
            if isinstance(step, Refusal):
                return step
            yield from self._attempt(run, run.counted(step, self._hierarchy))
        return None

    def _next_step(self, run: Run) -> Attempt | Refusal:
        windows = self._limits.windows(self._windows.snapshot(run.budget), run.tokens)
        step = decide(
            run.hierarchy,
            windows,
            run.attempts,
            self._clock.now(),
            self._shutdown.no_later(run.deadline),
            tokens=run.tokens,
            is_resuming=run.last_break is not None,
            short=self._limits.short(run.hierarchy, windows),
            jitter=self._jitter(),
        )
        if run.breaks > MAX_RESUMPTIONS and isinstance(step, Attempt):
            return Refusal(reason=RefusalReason.NO_USABLE_ANSWER)
        return step

    def _waited(self, run: Run, step: Attempt | Refusal) -> bool:
        """Waits a moment if a model is about to return; false if there is nothing to wait for."""
        now = self._clock.now()
        patient_until = run.patient_until or now + timedelta(seconds=run.hierarchy.patience_seconds)
        until = worth_waiting(step, run.hierarchy, patient_until)
        if until is None or until <= now or run.last_break is not None:
            return False
        run.patient_until = patient_until
        run.pause(self._clock, min((until - now).total_seconds(), _WAIT_SECONDS))
        run.log.waited(self._clock.now() - now)
        return True

    def _attempt(self, run: Run, step: Attempt) -> Generator[Piece, None, None]:
        """Makes one attempt, unless it would be a probe that another request makes already."""
        run.asked = step
        if not self._await_turn(run, step):
            return
        lease_until = step.first_text_by + _LEASE_MARGIN
        leases = self._windows.claim(step.probes, lease_until, run.budget)
        if leases is not None and not self._is_probed_beside(run, step, leases):
            yield from self._ask(run, step, leases)

    def _is_probed_beside(self, run: Run, step: Attempt, leases: Leases) -> bool:
        """Has a model that was silent probed in another thread, so that no visitor waits for it."""
        was_silent = any(lease.window.reason == K.TIMED_OUT for lease in leases.values())
        if not was_silent or not step.has_alternative:
            return False
        pieces = self._ask(run.alone(), step, leases)

        def probe() -> None:
            with contextlib.closing(pieces):
                next(pieces, None)

        return self._hedges.run(probe, is_free=True)

    def _ask(self, run: Run, step: Attempt, leases: Leases) -> Generator[Piece, None, None]:
        """Makes the attempt, with which its leases end; what was asked beside it may go on."""
        try:
            if not run.pause(self._clock, (step.starts_at - self._clock.now()).total_seconds()):
                return
            running = RunningAttempt(
                key=step.candidate.key,
                started_at=self._clock.now(),
                leases=leases,
                tokens=run.tokens,
                target_key=step.candidate.target_key,
            )
            if (permit := self._limits.permit(running, run.budget)) is None:
                return
            chat = continued(run.chat, "".join(run.shown)) if run.begun else run.chat
            run.account = Account(tokens_of(chat) if run.begun else run.tokens)
            watch = self._watch(run, step, running)
            limits = AttemptLimits(
                first_text_seconds=(step.first_text_by - running.started_at).total_seconds(),
                thinking_seconds=run.hierarchy.limits.thinking_seconds,
                idle_seconds=run.hierarchy.limits.idle_seconds,
                total_seconds=(step.ends_by - running.started_at).total_seconds(),
                seconds_left=lambda: (
                    0.0 if run.has_disconnected() else self._shutdown.seconds_left()
                ),
                cancellation=run.cancellation,
                account=run.account,
                late_first_text_seconds=watch.first_text_seconds,
                late_text_seconds=watch.text_seconds,
                on_late=watch.on_late,
            )
            provider = run.providers[step.candidate.target.name]
            pieces = provider.attempt(step.model.name, chat, limits)
            try:
                with contextlib.closing(pieces), contextlib.closing(watch.heard(pieces)) as heard:
                    failure = yield from follow(run, step, heard, self._windows, running)
                    if watch.failure is not None:
                        self._limits.refused(permit, watch.failure)
                    if failure is not None:
                        self._record(run, step, running, failure)
            finally:
                self._count(permit.key, watch.failure)
                self._limits.settle(permit, run.account.told)
                if not run.has_answered:
                    run.log.accounted(step, limits, watch.failure)
        finally:
            self._windows.release(leases)
        yield from watch.successor()

    def _await_turn(self, run: Run, step: Attempt) -> bool:
        """Spreads the probes of many instances; false if this request had better look again."""
        seconds = self._windows.seconds_to_turn(step.probes)
        is_awaited = run.hierarchy.waits_for_first and step.fallbacks == 0
        if seconds > 0 and step.has_alternative and not is_awaited:
            self._windows.pass_over(step.probes, seconds)
            return False
        return run.pause(self._clock, seconds)

    def _record(self, run: Run, step: Attempt, running: RunningAttempt, failure: Failure) -> None:
        """Logs a failure, and opens the window that it asks for, if it counts against the model.

        A time-out does not count if the request caused it: by its deadline, by limits shorter than
        the runner's own, because its reader left, or because the process ends.
        """
        if failure.kind is K.TIMED_OUT and run.has_disconnected():
            return
        now, usual = self._clock.now(), self._hierarchy.limits
        is_hurried = (
            step.first_text_by < step.starts_at + timedelta(seconds=usual.first_text_seconds)
            or run.hierarchy.limits.idle_seconds < usual.idle_seconds
        )
        is_own_time_out = failure.kind is K.TIMED_OUT and (
            is_hurried or now >= self._shutdown.no_later(step.ends_by)
        )
        model, target = step.model.name, step.candidate.target.name
        earlier = run.failures()
        failure = confirmed(failure, model, run.failures(target))
        run.attempts.append(FailedAttempt(model, failure, now, target))
        run.log.attempt_failed(step, failure, running.started_at)
        if is_own_time_out or failure == LATE:
            return
        is_proof = running.leases and failure.is_useless_reply
        if is_proof or counts_against_model(failure, model, earlier):
            self._windows.record(running, failure, run.budget)
