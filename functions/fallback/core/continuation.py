"""One answer from several models: asks the next one to continue, and splices its text.

A model that continues seldom starts at the exact letter: it repeats the last words, or starts over.
So it is asked to begin with the last words, and what repeats the end of the shown text is removed.
"""

from __future__ import annotations

from dataclasses import replace

from fallback.core.answer import End, Text
from fallback.core.chat import Chat, Message, Role
from fallback.core.failure import Failure, FailureKind

MAX_RESUMPTIONS = 2
ENOUGH_SILENCE = 2
"""One model with nothing to add may have failed; if two agree, nothing was missing."""

_REQUEST = (
    "Your last answer was cut off. Go on exactly where it stopped, in the same language and format."
    " Begin with its last few words, letter by letter, and continue from there."
    " Say nothing about the interruption."
)
# Shorter repetitions may be chance: a whole word of two letters, four letters from the start of a
# word, or twelve inside one, which also serves languages that do not separate words.
_MIN_WORD = 2
_MIN_OVERLAP = 4
_MIN_OVERLAP_WITHIN_A_WORD = 12
_CHARACTERS_PER_TOKEN = 4
_MIN_TOKENS = 64


def prefill(chat: Chat) -> str:
    """The beginning of the answer that the caller has written, "" if there is none."""
    last = chat.messages[-1]
    return last.text if last.role is Role.ASSISTANT else ""


def continued(chat: Chat, shown: str) -> Chat:
    """The chat that asks for the rest of an answer: of one that broke off, or of a prefill.

    A prefill is not left as the last turn, which Gemini refuses from 3.6 on. JSON is not demanded
    any more: a model that must write JSON begins anew.

    Args:
        chat: The chat as the visitor sent it.
        shown: What the visitor has seen of the answer; empty only where there is a prefill.
    """
    begun = prefill(chat)
    limit = chat.max_output_tokens
    if limit is not None and shown:
        limit = max(_MIN_TOKENS, limit - len(shown) // _CHARACTERS_PER_TOKEN)
    return replace(
        chat,
        messages=(
            *(chat.messages[:-1] if begun else chat.messages),
            Message(Role.ASSISTANT, begun + shown),
            Message(Role.USER, _REQUEST),
        ),
        max_output_tokens=limit,
        response_format=None,
    )


class Splice:
    """Joins the next model's text to the shown text, and neither repeats nor loses anything."""

    def __init__(self, shown: str) -> None:
        """Starts where the shown text ends."""
        self._shown = shown
        self._held: str | None = "" if shown else None

    def feed(self, text: str) -> str:
        """Takes a piece, and returns what can be shown now.

        Pieces that may still turn out to repeat the end of the shown text are held back.
        """
        if self._held is None:
            return text
        self._held += text
        return "" if self._may_repeat_more() else self.flush()

    def flush(self) -> str:
        """Returns the new part of what was held back; after this, nothing is held back."""
        held, self._held = self._held or "", None
        candidate = held.lstrip()
        repeated = self._repeated(candidate)
        return candidate[repeated:] if repeated else held

    def _may_repeat_more(self) -> bool:
        candidate = (self._held or "").lstrip()
        if not candidate:
            return True
        start = self._shown.find(candidate)
        while start >= 0:
            if self._counts(start):
                return True
            start = self._shown.find(candidate, start + 1)
        return False

    def _repeated(self, candidate: str) -> int:
        """How many letters at the start of the candidate repeat the end of the shown text."""
        shown = self._shown
        for start in range(max(0, len(shown) - len(candidate)), len(shown)):
            if (
                shown[start] == candidate[0]
                and self._counts(start)
                and candidate.startswith(shown[start:])
                and (start == 0 or _is_sign(candidate, len(shown) - start))
            ):
                return len(shown) - start
        return 0

    def _counts(self, start: int) -> bool:
        """Whether a repetition of the shown text from here on is more than chance."""
        if start == 0:
            return True  # The whole text, however short.
        is_word = self._shown[start - 1].isspace()
        least = _MIN_WORD if is_word else _MIN_OVERLAP_WITHIN_A_WORD
        return len(self._shown) - start >= least


def _is_sign(candidate: str, length: int) -> bool:
    """Whether a repetition is long enough, or ends where a word ends."""
    return length >= _MIN_OVERLAP or not candidate[length : length + 1].strip()


def is_silence(piece: Text | End | Failure) -> bool:
    """Whether a model has properly ended without a word."""
    return (
        isinstance(piece, Failure)
        and piece.kind is FailureKind.EMPTY_ANSWER
        and piece.reason == "STOP"
    )
