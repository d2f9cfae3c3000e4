"""Gathers what Gemini's events say of one answer."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from fallback.core.answer import End, Usage, judge_ending
from fallback.core.failure import Failure

_MOST_CHARACTERS = 4_194_304
"""Ten times what the longest answers have."""


class AnswerReader:
    """Reads one answer, event by event.

    Attributes:
        has_text: Whether anything visible was said.
        model_version: The exact model that speaks, where an event said.
        usage: Tokens so far, where an event said.
    """

    def __init__(self) -> None:
        """Nothing has been said."""
        self.has_text = False
        self.model_version: str | None = None
        self.usage: Usage | None = None
        self._text = ""
        self._characters = 0
        self._finish_reason: str | None = None
        self._block_reason: str | None = None

    @property
    def is_finished(self) -> bool:
        """Whether an event gave a reason to end."""
        return self._finish_reason is not None or self._block_reason is not None

    def read(self, event: Mapping[str, Any]) -> None:
        """Takes in one event.

        A model version or token count of the wrong form is left out: the answer is whole without.

        Raises:
            ValueError: The answer is longer than any model writes.
            TypeError, AttributeError: The event is not of Gemini's form; nothing of it counts.
        """
        candidates = event.get("candidates")
        candidate = candidates[0] if candidates else {}
        parts = (candidate.get("content") or {}).get("parts") or ()
        text = "".join([part.get("text") or "" for part in parts if not part.get("thought")])
        finish_reason = candidate.get("finishReason")
        if finish_reason is not None and not isinstance(finish_reason, str):
            raise TypeError("a finish reason is a word")
        if (counts := event.get("usageMetadata")) and isinstance(counts, Mapping):
            self.usage = Usage(
                prompt_tokens=_count(counts.get("promptTokenCount")),
                completion_tokens=_count(counts.get("candidatesTokenCount"))
                + _count(counts.get("thoughtsTokenCount")),
            )
        if feedback := event.get("promptFeedback"):
            self._block_reason = feedback.get("blockReason") or self._block_reason
        if (version := event.get("modelVersion")) and isinstance(version, str):
            self.model_version = _sound(version)
        self._characters += len(text)
        if self._characters > _MOST_CHARACTERS:
            raise ValueError("an answer without end")
        self._text += text
        self._finish_reason = finish_reason or self._finish_reason

    def taken(self) -> str:
        """The text that can be shown now.

        White space waits for something visible: a line break alone is no answer to commit to.
        """
        if not self.has_text:
            self.has_text = bool(self._text.strip())
            if not self.has_text:
                return ""
        text, self._text = self._text, ""
        return _sound(text)

    def judged(self) -> End | Failure:
        """Whether what ended here was an answer."""
        verdict = judge_ending(self._finish_reason, self._block_reason, has_text=self.has_text)
        if isinstance(verdict, Failure):
            return verdict
        return End(verdict, self.usage, self.model_version)


def _count(value: object) -> int:
    """A number of tokens. JSON can also carry NaN, which our own readers could not read."""
    return value if type(value) is int and value > 0 else 0


def _sound(text: str) -> str:
    """The text without halves of surrogate pairs, which JSON can carry and UTF-8 cannot."""
    return text.encode("utf-8", errors="replace").decode() if not text.isascii() else text
