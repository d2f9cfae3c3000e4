"""The pieces of an answer, and whether an answer that ended was complete."""

from __future__ import annotations

import enum
from dataclasses import dataclass
from typing import assert_never

from fallback.core.failure import Failure, FailureKind


class FinishReason(enum.StrEnum):
    """Why an answer ended, in the words of the OpenAI API."""

    STOP = "stop"
    LENGTH = "length"
    CONTENT_FILTER = "content_filter"


@dataclass(frozen=True, slots=True)
class Usage:
    """Tokens, as counted by the provider.

    Attributes:
        prompt_tokens: Of the prompt, cached ones included.
        completion_tokens: Of text and thoughts.
        cached_tokens: The part of the prompt that was cached, which costs less.
    """

    prompt_tokens: int = 0
    completion_tokens: int = 0
    cached_tokens: int = 0

    def __add__(self, other: Usage) -> Usage:
        """Adds the tokens of two calls."""
        return Usage(
            self.prompt_tokens + other.prompt_tokens,
            self.completion_tokens + other.completion_tokens,
            self.cached_tokens + other.cached_tokens,
        )


@dataclass(frozen=True, slots=True)
class Text:
    """A piece of the answer that a visitor can see.

    Attributes:
        text: Never empty.
        model_version: The exact model that answers, if the provider named it.
    """

    text: str
    model_version: str | None = None


@dataclass(frozen=True, slots=True)
class End:
    """The proper end of an answer.

    Attributes:
        finish_reason: Why it ended.
        usage: Tokens, if the provider sent them.
        model_version: The exact model that answered, if the provider named it.
    """

    finish_reason: FinishReason
    usage: Usage | None = None
    model_version: str | None = None


class _Ending(enum.Enum):
    COMPLETE = enum.auto()
    CUT_AT_LIMIT = enum.auto()
    POLICY = enum.auto()
    ACCOUNT = enum.auto()
    USELESS = enum.auto()


# google-genai 3.4.0, types.FinishReason. Any other value makes an answer unusable.
_ENDINGS = {
    "STOP": _Ending.COMPLETE,
    "MAX_TOKENS": _Ending.CUT_AT_LIMIT,
    # Comes with a token for continuing, which we do not use: the text is incomplete.
    "CONTINUATION": _Ending.CUT_AT_LIMIT,
    "SAFETY": _Ending.POLICY,
    "RECITATION": _Ending.POLICY,
    "BLOCKLIST": _Ending.POLICY,
    "PROHIBITED_CONTENT": _Ending.POLICY,
    "SPII": _Ending.POLICY,
    "MODEL_ARMOR": _Ending.POLICY,
    "IMAGE_SAFETY": _Ending.POLICY,
    "IMAGE_PROHIBITED_CONTENT": _Ending.POLICY,
    "IMAGE_RECITATION": _Ending.POLICY,
    "PUP_LIMITED_DISABLED": _Ending.ACCOUNT,
}


def judge_ending(
    finish_reason: str | None,
    block_reason: str | None,
    *,
    has_text: bool,
    has_own_length: bool = False,
    has_own_stop: bool = False,
) -> FinishReason | Failure:
    """Says whether a reply that ended without an error was an answer.

    A refusal by content policy is an answer: asking the other models would dodge the policy, cost
    five times as much and count against the account. So is an empty one that the caller's own
    limit has cut: every model would be cut by it.

    Args:
        finish_reason: The candidate's last `finishReason`, None if none came.
        block_reason: `promptFeedback.blockReason`, None if the prompt was not blocked.
        has_text: Whether any visible text came (thoughts do not count).
        has_own_length: Whether the caller has limited the answer's length.
        has_own_stop: Whether the caller has named texts at which the answer ends.
    """
    if block_reason is not None:
        return FinishReason.CONTENT_FILTER
    name = known_finish_reason(finish_reason)
    if name is None:
        return Failure(kind=FailureKind.INCOMPLETE_ANSWER)
    ending = _ENDINGS.get(name, _Ending.USELESS)
    match ending:
        case _Ending.CUT_AT_LIMIT if has_text or has_own_length:
            return FinishReason.LENGTH
        case _Ending.COMPLETE if has_text or has_own_stop:
            return FinishReason.STOP
        case _Ending.COMPLETE | _Ending.CUT_AT_LIMIT:
            return Failure(kind=FailureKind.EMPTY_ANSWER, reason=_word(name))
        case _Ending.POLICY:
            return FinishReason.CONTENT_FILTER
        case _Ending.ACCOUNT:
            return Failure(kind=FailureKind.UNAUTHORIZED, reason=_word(name))
        case _Ending.USELESS:
            return Failure(kind=FailureKind.UNUSABLE_ANSWER, reason=_word(name))
        case _:  # pragma: no cover - mypy proves that this cannot be reached
            assert_never(ending)


def known_finish_reason(finish_reason: str | None) -> str | None:
    """A finish reason in capitals; None for the zero value, which says that it goes on.

    Translators write it in other cases, and protobuf's zero value in every chunk
    (epam/ai-dial-adapter-vertexai#85).
    """
    name = (finish_reason or "").upper()
    return None if name in ("", "FINISH_REASON_UNSPECIFIED") else name


def _word(finish_reason: str) -> str:
    """The finish reason as a short plain word, because it goes into the log."""
    return "".join(c for c in finish_reason if c.isascii() and (c.isalnum() or c == "_"))[:64]
