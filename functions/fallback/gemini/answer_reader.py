"""Gathers what Gemini's events say of one answer."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from fallback.core.account import Account
from fallback.core.answer import End, judge_ending, known_finish_reason
from fallback.core.chat import Chat
from fallback.core.failure import Failure
from fallback.gemini.service_tier import served_tier

# The longest answers have a tenth of these characters, and tokens a tenth of these on average.
_MOST_CHARACTERS = 4_194_304
_MOST_CHARACTERS_PER_TOKEN = 32
_DIGITS = re.compile(r"[0-9]{1,9}")
_MOST_TOKENS = 999_999_999
_CUT_AT_LIMIT = "MAX_TOKENS"


class AnswerReader:
    """Reads one answer, event by event.

    A finish reason does not end it: some upstreams send one in every event, or between two texts.

    Attributes:
        has_text: Whether anything visible was said.
        is_finished: Whether an event gave a reason to end.
        signs_of_life: How many events had a thought, or text that can be shown.
        goes_on: Whether text or a thought has followed a finish reason.
        is_full: Whether the answer is as long as it may be; nothing more is taken in.
        model_version: The exact model that speaks, where an event said.
    """

    def __init__(self, chat: Chat, account: Account) -> None:
        """Nothing has been said.

        Args:
            chat: What was asked; its `max_output_tokens` limits the text. Gemini counts thoughts
                too, so it is told more (`fallback.gemini.request_body`).
            account: Where tokens are entered.
        """
        self.has_text = False
        self.is_finished = False
        self.signs_of_life = 0
        self.goes_on = False
        self.is_full = False
        self.model_version: str | None = None
        self._chat = chat
        self._account = account
        self._text = ""
        self._new_text = ""
        self._new_thoughts = ""
        self._new_counts: dict[str, Any] = {}
        self._left = _MOST_CHARACTERS
        if chat.max_output_tokens is not None:
            self._left = min(self._left, chat.max_output_tokens * _MOST_CHARACTERS_PER_TOKEN)
        self._text_tokens = 0
        self._finish_reason: str | None = None
        self._block_reason: str | None = None

    def read(self, event: Mapping[str, Any]) -> None:
        """Takes in one event.

        A model version or token count of the wrong form is left out: the answer is whole without.

        Raises:
            TypeError, AttributeError: The event is not of Gemini's form; nothing of it counts.
        """
        if self.is_full:
            return
        candidates = event.get("candidates")
        candidate = candidates[0] if candidates else {}
        text, thought = "", ""
        for part in (candidate.get("content") or {}).get("parts") or ():
            if part.get("thought"):
                thought += str(part.get("text") or "")
            else:
                text += part.get("text") or ""
        finish_reason = candidate.get("finishReason")
        if finish_reason is not None and not isinstance(finish_reason, str):
            raise TypeError("a finish reason is a word")
        feedback = event.get("promptFeedback")
        block_reason = feedback.get("blockReason") if feedback else None
        version = event.get("modelVersion")
        if version and version != self.model_version and isinstance(version, str):
            self.model_version = _sound(version)
        if self.is_finished and (text or thought):
            self.goes_on = True
        if finish_reason or block_reason:
            self._finish_reason = known_finish_reason(finish_reason) or self._finish_reason
            self._block_reason = block_reason or self._block_reason
            self.is_finished = self._finish_reason is not None or self._block_reason is not None
        if thought or (text and (self.has_text or not text.isspace())):
            self.signs_of_life += 1
        self._new_text += text
        self._new_thoughts += thought
        counts = event.get("usageMetadata")
        if isinstance(counts, dict):
            self._new_counts.update(counts)
            if "serviceTier" in counts or "trafficType" in counts:  # In few events.
                self._account.tier = served_tier(counts) or self._account.tier

    def taken(self) -> str:
        """The text that can be shown now, once all events have been read that came together.

        White space waits for something visible: a line break alone is no answer to commit to.
        """
        self._text += self._within_limits()
        if not self.has_text:
            self.has_text = bool(self._text.strip())
            if not self.has_text:
                return ""
        text, self._text = self._text, ""
        return _sound(text)

    def judged(self) -> End | Failure:
        """Whether what ended here was an answer."""
        verdict = judge_ending(
            self._finish_reason,
            self._block_reason,
            has_text=self.has_text,
            has_own_length=self._chat.has_callers_limit,
            has_own_stop=bool(self._chat.stop),
        )
        if isinstance(verdict, Failure):
            return verdict
        return End(verdict, self._account.told, self.model_version)

    def _within_limits(self) -> str:
        """The new text, cut at the limits of the answer. Tells the account of it."""
        text, counts, allowed = self._new_text, self._new_counts, self._left
        prompt_tokens = _count(counts.get("promptTokenCount"))
        text_tokens = _count(counts.get("candidatesTokenCount"))
        thought_tokens = _count(counts.get("thoughtsTokenCount"))
        cached_tokens = _count(counts.get("cachedContentTokenCount"))
        limit = self._chat.max_output_tokens
        if text_tokens > self._text_tokens:
            if text and limit is not None and text_tokens > limit:
                left, new = limit - self._text_tokens, text_tokens - self._text_tokens
                allowed = min(allowed, max(0, len(text) * left // new))
            self._text_tokens = text_tokens
        tokens = self._text_tokens + thought_tokens
        if counts and (prompt_tokens or tokens):
            self._account.tell(prompt_tokens, tokens, cached_tokens)
        else:
            self._account.read(text + self._new_thoughts)
        if len(text) > allowed:
            text = text[:allowed]
            self.is_full = self.is_finished = True
            self._finish_reason = _CUT_AT_LIMIT
        self._left -= len(text)
        self._new_text = self._new_thoughts = ""
        self._new_counts = {}
        return text


def _count(value: object) -> int:
    """A number of tokens, which protobuf's JSON may write as a text; 0 for anything else."""
    if type(value) is int:
        return value if 0 <= value <= _MOST_TOKENS else 0
    return int(value) if isinstance(value, str) and _DIGITS.fullmatch(value) else 0


def _sound(text: str) -> str:
    """The text without halves of surrogate pairs, which JSON can carry and UTF-8 cannot."""
    return text.encode("utf-8", errors="replace").decode() if not text.isascii() else text
