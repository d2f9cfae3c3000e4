"""What can go wrong with one attempt: a kind, and how far it reaches."""

from __future__ import annotations

import enum
from dataclasses import dataclass


class Scope(enum.StrEnum):
    """How far a failure reaches."""

    REQUEST = "request"
    """This conversation; other conversations and this model are fine."""
    MODEL = "model"
    """This model; the next one may well answer."""
    SERVICE = "service"
    """The key, the project or its money: no model will answer."""


class FailureKind(enum.StrEnum):
    """Why an attempt gave no answer. The docs have a row for each."""

    RATE_LIMITED = "rate_limited"
    """A quota of the minute."""
    QUOTA_EXHAUSTED = "quota_exhausted"
    """A quota of the day."""
    UNNAMED_QUOTA = "unnamed_quota"
    """A 429 that does not say which quota."""
    NOT_FOUND = "not_found"
    """Retired, never granted (`limit: 0`), or unknown to this API version."""
    OVERLOADED = "overloaded"
    """The provider has no capacity for this model at the moment."""
    SERVER_ERROR = "server_error"
    """The provider failed, and did not say why."""
    TIMED_OUT = "timed_out"
    """No text in time, or the provider gave up waiting."""
    CONNECTION_FAILED = "connection_failed"
    """Refused, reset or cut."""
    INCOMPLETE_ANSWER = "incomplete_answer"
    """The answer ended without a finish reason, or was not what the protocol allows."""
    EMPTY_ANSWER = "empty_answer"
    """A proper end, and no text."""
    UNUSABLE_ANSWER = "unusable_answer"
    """The model ended the answer for a reason that is neither an end nor content policy."""
    CONTEXT_TOO_LONG = "context_too_long"
    """The conversation is longer than the model's context."""
    INVALID_REQUEST = "invalid_request"
    """The model does not take this request."""
    UNAUTHORIZED = "unauthorized"
    """The key is missing, wrong, suspended or not allowed."""
    UNSUPPORTED_REGION = "unsupported_region"
    """The provider does not serve the region that the call came from."""
    OUT_OF_CREDIT = "out_of_credit"
    """The account's prepaid credit is used up."""
    UNKNOWN = "unknown"
    """Nothing that the rules know."""


_REQUEST_KINDS = frozenset({FailureKind.CONTEXT_TOO_LONG, FailureKind.INVALID_REQUEST})
_SERVICE_KINDS = frozenset(
    {FailureKind.UNAUTHORIZED, FailureKind.UNSUPPORTED_REGION, FailureKind.OUT_OF_CREDIT}
)
_RETRYABLE_KINDS = frozenset(
    {
        FailureKind.OVERLOADED,
        FailureKind.SERVER_ERROR,
        FailureKind.CONNECTION_FAILED,
        FailureKind.INCOMPLETE_ANSWER,
        FailureKind.EMPTY_ANSWER,
        FailureKind.UNUSABLE_ANSWER,
    }
)
_AMBIGUOUS_KINDS = frozenset(
    {
        FailureKind.SERVER_ERROR,
        FailureKind.TIMED_OUT,
        FailureKind.INCOMPLETE_ANSWER,
        FailureKind.UNKNOWN,
    }
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Failure:
    """One attempt that gave no answer.

    Attributes:
        kind: Why.
        status: The HTTP status, where there was a reply; else None.
        reason: The provider's own machine word (`API_KEY_INVALID`, a finish reason), safe to log;
            never its prose, which can echo keys and prompts.
        retry_delay_seconds: How long the provider asked to wait, counted from the failure; None
            where it named no delay.
        successor: The model that the provider names in place of a retired one.
    """

    kind: FailureKind
    status: int | None = None
    reason: str | None = None
    retry_delay_seconds: float | None = None
    successor: str | None = None

    @property
    def scope(self) -> Scope:
        """How far the failure reaches, which follows from its kind."""
        if self.kind in _SERVICE_KINDS:
            return Scope.SERVICE
        if self.kind in _REQUEST_KINDS:
            return Scope.REQUEST
        return Scope.MODEL

    @property
    def is_ambiguous(self) -> bool:
        """Whether the request may have caused it as well as the model.

        A long prompt can break a server or take too long. Where the provider named an instant to
        wait for, it was not the prompt: time will not change that.
        """
        return self.kind in _AMBIGUOUS_KINDS and self.retry_delay_seconds is None

    @property
    def retryable(self) -> bool:
        """Whether a second attempt at the same model can help.

        It cannot where the provider named an instant to wait for: until then the model is passed
        over.
        """
        return self.kind in _RETRYABLE_KINDS and self.retry_delay_seconds is None
