"""Follows one attempt: what of its text a reader sees, and when."""

from __future__ import annotations

from collections.abc import Generator, Iterator
from dataclasses import replace

from fallback.core.answer import End, FinishReason, Text, Usage
from fallback.core.continuation import ENOUGH_SILENCE, Splice, is_silence
from fallback.core.decision import Attempt
from fallback.core.failure import Failure
from fallback.pieces import Piece
from fallback.run import Run
from fallback.windows.leases import RunningAttempt
from fallback.windows.shared import SharedWindows


def follow(
    run: Run,
    step: Attempt,
    pieces: Iterator[Text | End | Failure],
    windows: SharedWindows,
    running: RunningAttempt,
) -> Generator[Piece, None, Failure | None]:
    """Yields an attempt's text: at once, or at its end if the answer is wanted whole.

    Args:
        run: Whose attempt it is.
        step: The attempt.
        pieces: What the model says.
        windows: Where it is entered that the model answers.
        running: The same attempt, as its end is judged.

    Returns:
        How it failed; None if it has answered, or if another has spoken first.
    """
    splice = Splice(run.begun)
    waiting: list[Text] = []
    has_spoken = False
    for piece in pieces:
        if is_silence(piece) and run.begun:
            run.silent.add(step.model.name)
            if len(run.silent) >= ENOUGH_SILENCE:
                piece = End(FinishReason.STOP, run.account.told)  # noqa: PLW2901 - it is the end
        if isinstance(piece, Failure):
            if run.shown:
                run.usage += run.account.told or Usage()
            if has_spoken:
                run.last_break = (step.model.name, piece)
                run.breaks += 1
            return piece
        # The first piece proves that the model answers; the end of the answer can wait.
        windows.probe_succeeded(running.leases)
        text = splice.feed(piece.text) if isinstance(piece, Text) else splice.flush()
        if text:
            waiting.append(Text(text, piece.model_version))
        if isinstance(piece, Text) and (run.whole or not waiting):
            continue
        if not has_spoken:
            has_spoken = True
            yield run.introduction(step, piece.model_version)
        run.shown += [text.text for text in waiting]
        yield from waiting
        waiting.clear()
        if isinstance(piece, End):
            run.is_over = run.has_answered = True
            windows.answered(running.key, running.started_at)
            end = replace(piece, usage=run.total(piece.usage))
            run.log.answered(step, end.finish_reason, run.account)
            yield end
    return None
