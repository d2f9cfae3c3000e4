"""Watches what one attempt says, and has the next model asked beside it when it is late."""

from __future__ import annotations

import contextlib
import math
from collections.abc import Callable, Generator

from fallback.cancellation import Cancellation
from fallback.core.answer import End, Text, Usage
from fallback.core.decision import Attempt
from fallback.core.failure import Failure, FailureKind
from fallback.core.refusal import Refusal
from fallback.core.retries import FailedAttempt
from fallback.core.window_rules import counts_against_model
from fallback.hedging.hedge import Hedge
from fallback.hedging.hedges import Hedges
from fallback.pieces import Piece
from fallback.ports import Clock
from fallback.race import Race
from fallback.run import Run
from fallback.windows.leases import RunningAttempt
from fallback.windows.shared import SharedWindows

LATE = Failure(kind=FailureKind.TIMED_OUT, reason="LATE")
"""How an attempt ends that another was asked beside. What it says of the model is recorded."""

_AFTER = 0.001
"""A wait is looked at so many seconds after it has become as long as it matters."""


class Watch:
    """Watches one attempt, in the thread that makes it.

    Attributes:
        first_text_seconds: After how long its first text is late.
        text_seconds: After how long each other text is.
        failure: How the attempt has failed, whatever has become of its answer.
    """

    def __init__(
        self,
        run: Run,
        step: Attempt,
        running: RunningAttempt,
        *,
        hedges: Hedges,
        windows: SharedWindows,
        clock: Clock,
        next_step: Callable[[Run], Attempt | Refusal],
        cascade: Callable[[Run], Generator[Piece, None, object]],
    ) -> None:
        """The attempt begins now.

        Args:
            run: Whose attempt it is.
            step: The attempt, as it was decided.
            running: The same, as its end is judged.
            hedges: What this process knows of late models.
            windows: Where silences are recorded.
            clock: Tells the time.
            next_step: Says what a run would do next.
            cascade: Has a run ask one model after another.
        """
        self._run = run
        self._step = step
        self._running = running
        self._hedges = hedges
        self._windows = windows
        self._clock = clock
        self._next_step = next_step
        self._cascade = cascade
        self._key = running.key
        self.first_text_seconds, self.text_seconds = hedges.late_seconds(self._key, run.tokens)
        self.failure: Failure | None = None
        self._shown_before = len(run.shown)
        self._asked_at = self._since = clock.monotonic()
        self._longest_gap = 0.0
        self._has_spoken = False
        self._hedge: Hedge | None = None
        self._is_given_up = False
        self._is_judged = False
        self._is_over = False

    def heard(
        self, pieces: Generator[Text | End | Failure, None, None]
    ) -> Generator[Text | End | Failure, None, None]:
        """The pieces of the attempt, until another one speaks first."""
        run, monotonic = self._run, self._clock.monotonic
        try:
            for piece in pieces:
                if isinstance(piece, Failure):
                    self.failure = piece
                    self._is_over = True
                    if not self._has_lost():
                        is_silence = piece.kind is FailureKind.TIMED_OUT
                        yield LATE if is_silence and self._is_judged else piece
                    return
                if run.races and not run.claim():
                    self._is_over = True
                    self._has_lost()
                    return
                if self._hedge is not None:
                    self._drop("late")
                seconds = monotonic() - self._since
                if isinstance(piece, End):
                    self._hedges.answered(self._key, self._asked_at, self._longest_gap)
                else:
                    self._hear(seconds)
                yield piece
                self._since = monotonic()
        finally:
            if not self._is_over:  # Nobody reads on.
                self._drop("neither")

    def _hear(self, seconds: float) -> None:
        if not self._has_spoken:
            self._has_spoken = True
            self._hedges.spoke(self._key, self._run.tokens, self._asked_at, seconds)
        elif seconds > self._longest_gap:
            self._longest_gap = seconds

    def on_late(self) -> float:
        """Asks the next model if this attempt is late; see `fallback.ports.AttemptLimits`."""
        late_seconds = self.text_seconds if self._has_spoken else self.first_text_seconds
        waited_seconds = self._clock.monotonic() - self._since
        if self._run.is_alone or self._hedge is not None or self._run.cancellation.is_cancelled:
            return math.inf
        hedge = self._made(waited_seconds)
        if not isinstance(self._next_step(hedge.run), Attempt):
            return math.inf
        self._judge()
        is_set_aside = self._is_set_aside()
        is_hedge = bool(self._run.races)
        is_due = is_set_aside or is_hedge or waited_seconds >= 2 * late_seconds
        if self._hedges.run(hedge.wait, is_due=is_due):
            self._run.races += ((hedge.race, self._run.cancellation),)
            self._hedge = hedge
            return math.inf
        if is_set_aside and not is_hedge:
            # As many hedges run as may: the next model is asked in place of this one.
            self._is_given_up = True
            self._run.cancellation.cancel()
        return late_seconds if is_due else 2 * late_seconds - waited_seconds + _AFTER

    def successor(self) -> Generator[Piece, None, None]:
        """What was asked beside the attempt goes on in its place; nothing if nobody was asked."""
        hedge = self._hedge
        if hedge is None:
            return
        if self._run.has_left():
            self._drop("neither")
            return
        has_spoken = False
        try:
            with contextlib.closing(hedge.pieces()) as pieces:
                for piece in pieces:
                    if not has_spoken:
                        has_spoken = True
                        self._tell(hedge, "beside")
                    yield piece
        finally:
            self._run.adopt(hedge.run)
        if not has_spoken:
            self._tell(hedge, "neither")

    def _made(self, waited_seconds: float) -> Hedge:
        """What would be asked beside this attempt, which then counts as failed."""
        usage = self._run.account.told if self._run.shown else None
        has_shown = len(self._run.shown) > self._shown_before
        broken = (self._step.model.name, LATE) if has_shown else None
        run = self._run.beside(self._failed(), broken, usage or Usage())
        race = Race(self._run.cancellation, run.cancellation)
        run.races = (*self._run.races, (race, run.cancellation))
        return Hedge(run, self._cascade(run), race, waited_seconds)

    def _failed(self) -> FailedAttempt:
        candidate = self._step.candidate
        return FailedAttempt(candidate.model.name, LATE, self._clock.now(), candidate.target.name)

    def _judge(self) -> None:
        """Holds the silence against the model, unless others have overtaken it, or it is probed."""
        if self._is_judged or self._running.leases:
            return
        if self._hedges.was_overtaken(self._key, self._asked_at, in_answer=self._has_spoken):
            return
        if counts_against_model(LATE, self._step.model.name, self._run.failures()):
            self._is_judged = True
            self._windows.record(self._running, LATE, self._run.budget)

    def _is_set_aside(self) -> bool:
        window = self._windows.snapshot(self._run.budget).get(self._key)
        return window is not None and window.is_open(self._clock.now())

    def _has_lost(self) -> bool:
        """Whether another attempt has spoken first; where that is the hedge, it is kept."""
        run, hedge = self._run, self._hedge
        if not run.cancellation.is_cancelled:
            return False
        if self._is_given_up:
            run.cancellation = Cancellation()
            return False
        if hedge is None or not hedge.has_won:
            self._drop("neither")
            return True
        run.attempts.append(self._failed())
        return True

    def _drop(self, speaker: str) -> None:
        if self._hedge is not None:
            hedge, self._hedge = self._hedge, None
            hedge.drop()
            self._tell(hedge, speaker)

    def _tell(self, hedge: Hedge, speaker: str) -> None:
        self._run.log.hedged(
            self._step,
            hedge.run.asked,
            waited_seconds=hedge.waited_seconds,
            speaker=speaker,
        )
