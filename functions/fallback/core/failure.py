"""Why an attempt failed, and how far that reaches."""

from __future__ import annotations

import enum
from collections.abc import Iterable
from dataclasses import dataclass


class Scope(enum.StrEnum):
    """How far a failure reaches."""

    REQUEST = "request"
    """This conversation only; the model is fine."""
    MODEL = "model"
    """This model; the next one may answer."""
    SERVICE = "service"
    """The key, the project or its money: no model will answer."""


class FailureKind(enum.StrEnum):
    """Why an attempt gave no answer. The docs have a row for each."""

    RATE_LIMITED = "rate_limited"
    """A quota of requests for the minute."""
    QUOTA_EXHAUSTED = "quota_exhausted"
    """A quota for the day."""
    INPUT_QUOTA = "input_quota"
    """A quota of input tokens: it refuses long requests first."""
    UNNAMED_QUOTA = "unnamed_quota"
    """A 429 that does not say which quota."""
    SPEND_RATE_LIMITED = "spend_rate_limited"
    """The account spends faster than it may; it is served again in minutes."""
    NOT_FOUND = "not_found"
    """Retired, never granted (`limit: 0`), or unknown to this API version."""
    FORBIDDEN = "forbidden"
    """The key may not use this model, as far as one refusal tells."""
    OVERLOADED = "overloaded"
    """The provider has no capacity for this model at the moment."""
    SERVER_ERROR = "server_error"
    """The provider failed without saying why."""
    TIMED_OUT = "timed_out"
    """No text in time, or the provider gave up waiting."""
    CONNECTION_FAILED = "connection_failed"
    """Refused or reset before a reply began."""
    INCOMPLETE_ANSWER = "incomplete_answer"
    """The reply broke off after its head, ended without a finish reason, or was malformed."""
    EMPTY_ANSWER = "empty_answer"
    """A proper end without text."""
    UNUSABLE_ANSWER = "unusable_answer"
    """The model ended the answer for a reason that is neither an end nor content policy."""
    CONTEXT_TOO_LONG = "context_too_long"
    """The conversation exceeds the model's context."""
    INVALID_REQUEST = "invalid_request"
    """The model does not take this request."""
    UNSUPPORTED_FIELD = "unsupported_field"
    """The model does not take something that Nexus adds to each request."""
    UNAUTHORIZED = "unauthorized"
    """The key is missing, wrong, suspended or not allowed."""
    UNSUPPORTED_REGION = "unsupported_region"
    """The provider does not serve the caller's region."""
    OUT_OF_CREDIT = "out_of_credit"
    """The account's credit is used up, or its spending cap is reached."""
    UNKNOWN = "unknown"
    """No rule fits."""


QUOTA_KINDS = frozenset(
    {
        FailureKind.RATE_LIMITED,
        FailureKind.QUOTA_EXHAUSTED,
        FailureKind.INPUT_QUOTA,
        FailureKind.UNNAMED_QUOTA,
        FailureKind.SPEND_RATE_LIMITED,
    }
)
"""Some limit is reached, and the provider serves again by itself."""

_REQUEST_KINDS = frozenset({FailureKind.CONTEXT_TOO_LONG, FailureKind.INVALID_REQUEST})
_SERVICE_KINDS = frozenset(
    {
        FailureKind.UNAUTHORIZED,
        FailureKind.UNSUPPORTED_REGION,
        FailureKind.OUT_OF_CREDIT,
        FailureKind.SPEND_RATE_LIMITED,
    }
)
_AMBIGUOUS_KINDS = frozenset({FailureKind.SERVER_ERROR, FailureKind.TIMED_OUT, FailureKind.UNKNOWN})
_USELESS_KINDS = frozenset(
    {
        FailureKind.INCOMPLETE_ANSWER,
        FailureKind.EMPTY_ANSWER,
        FailureKind.UNUSABLE_ANSWER,
    }
)
_RETRYABLE_KINDS = _USELESS_KINDS | {
    FailureKind.OVERLOADED,
    FailureKind.SERVER_ERROR,
    FailureKind.CONNECTION_FAILED,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Failure:
    """One attempt that gave no answer.

    Attributes:
        kind: Why.
        status: The HTTP status; None if there was no reply.
        reason: The provider's own machine word (`API_KEY_INVALID`, a finish reason), safe to log;
            never its prose, which can echo keys and prompts.
        retry_delay_seconds: How long the provider asked to wait, counted from the failure; None
            where it named no delay.
        quota_value: For INPUT_QUOTA: the limit in tokens, where the provider named it.
        is_per_day: For INPUT_QUOTA: whether it is a quota for the day.
        successor: The model that the provider names in place of a retired one.
    """

    kind: FailureKind
    status: int | None = None
    reason: str | None = None
    retry_delay_seconds: float | None = None
    quota_value: int | None = None
    is_per_day: bool = False
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

        A long prompt can break a server or take too long. Where the provider named a delay, the
        prompt was not the cause: time will not change a prompt.
        """
        return self.kind in _AMBIGUOUS_KINDS and self.retry_delay_seconds is None

    @property
    def is_useless_reply(self) -> bool:
        """Whether the model worked, which costs quota, and gave nothing that can be shown.

        The request itself can cause this at every model, so it counts against none of them.
        """
        return self.kind in _USELESS_KINDS

    @property
    def retryable(self) -> bool:
        """Whether a second attempt at the same model can help.

        It cannot where the provider named a delay: until then the model is skipped.
        """
        return self.kind in _RETRYABLE_KINDS and self.retry_delay_seconds is None


def confirmed(failure: Failure, model: str, earlier: Iterable[tuple[str, Failure]]) -> Failure:
    """A failure in the light of those before it: what two models forbid, the key may not do.

    One 403 without a reason may be about one model (an allow-list, a preview).

    Args:
        failure: What went wrong now.
        model: The model's name.
        earlier: The failures that the request has met before, each with the model's name.
    """
    forbidden = {name for name, before in earlier if before.kind is FailureKind.FORBIDDEN}
    if failure.kind is not FailureKind.FORBIDDEN or not forbidden - {model}:
        return failure
    return Failure(
        kind=FailureKind.UNAUTHORIZED, status=failure.status, reason=failure.reason or "FORBIDDEN"
    )
