"""Why an attempt failed, and how far that reaches."""

from __future__ import annotations

import enum
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Self

from fallback.core.quota import Quota


class Scope(enum.StrEnum):
    """How far a failure reaches."""

    REQUEST = "request"
    """This conversation only; the model is fine."""
    MODEL = "model"
    """This model; the next one may answer."""
    SERVICE = "service"
    """The key, the project or its money: no model will answer."""


class Sign(enum.Enum):
    """What a failure is a sign of."""

    QUOTA = enum.auto()
    """Some limit is reached, and the provider serves again by itself."""
    USELESS = enum.auto()
    """The model worked, which costs quota, and gave nothing that can be shown.

    The request itself can cause this at every model, so it counts against none of them.
    """
    AMBIGUOUS = enum.auto()
    """Of the model or of the request: a long prompt can break a server or take too long."""
    PLAIN = enum.auto()
    """Of what the kind says, and nothing else."""


class Opens(enum.Enum):
    """When failures open a window, where the provider names no delay."""

    NOW = enum.auto()
    IN_A_ROW = enum.auto()
    """Several do; one alone is chance."""
    NEVER = enum.auto()
    """As a rule the doing of one conversation, or of Nexus itself; others must not pay for it."""


class FailureKind(enum.StrEnum):
    """Why an attempt gave no answer. The docs have a row for each.

    No kind can be written without what follows from it.

    Attributes:
        scope: How far it reaches.
        sign: What it is a sign of.
        opens: When it opens a window.
        retryable: Whether a second attempt at the same model can help.
        proves_key: Whether Gemini says it only to a key that it accepts.
    """

    scope: Scope
    sign: Sign
    opens: Opens
    retryable: bool
    proves_key: bool

    def __new__(  # noqa: PLR0917 - a member is a tuple
        cls, word: str, scope: Scope, sign: Sign, opens: Opens, retryable: bool, proves_key: bool
    ) -> Self:
        """Makes a member; its value is the word alone."""
        kind = str.__new__(cls, word)
        kind._value_ = word
        kind.scope, kind.sign, kind.opens = scope, sign, opens
        kind.retryable, kind.proves_key = retryable, proves_key
        return kind

    # The word, then the attributes in the order above.
    RATE_LIMITED = "rate_limited", Scope.MODEL, Sign.QUOTA, Opens.NOW, False, True
    """A quota of requests for the minute."""
    QUOTA_EXHAUSTED = "quota_exhausted", Scope.MODEL, Sign.QUOTA, Opens.NOW, False, True
    """A quota for the day."""
    INPUT_QUOTA = "input_quota", Scope.MODEL, Sign.QUOTA, Opens.NOW, False, True
    """A quota of input tokens: it refuses long requests first."""
    UNNAMED_QUOTA = "unnamed_quota", Scope.MODEL, Sign.QUOTA, Opens.NOW, False, True
    """A 429 that does not say which quota."""
    SPEND_RATE_LIMITED = "spend_rate_limited", Scope.SERVICE, Sign.QUOTA, Opens.NOW, False, True
    """The account spends faster than it may; it is served again in minutes."""
    NOT_FOUND = "not_found", Scope.MODEL, Sign.PLAIN, Opens.NOW, False, True
    """Retired, never granted (`limit: 0`), or unknown to this API version."""
    FORBIDDEN = "forbidden", Scope.MODEL, Sign.PLAIN, Opens.NOW, False, False
    """The key may not use this model, as far as one refusal tells."""
    OVERLOADED = "overloaded", Scope.MODEL, Sign.PLAIN, Opens.IN_A_ROW, True, True
    """The provider has no capacity for this model at the moment."""
    SERVER_ERROR = "server_error", Scope.MODEL, Sign.AMBIGUOUS, Opens.IN_A_ROW, True, False
    """The provider failed without saying why."""
    TIMED_OUT = "timed_out", Scope.MODEL, Sign.AMBIGUOUS, Opens.IN_A_ROW, False, False
    """No text in time, or the provider gave up waiting."""
    CONNECTION_FAILED = "connection_failed", Scope.MODEL, Sign.PLAIN, Opens.IN_A_ROW, True, False
    """Refused or reset before a reply began."""
    INCOMPLETE_ANSWER = "incomplete_answer", Scope.MODEL, Sign.USELESS, Opens.NEVER, True, True
    """The reply broke off after its head, ended without a finish reason, or was malformed."""
    EMPTY_ANSWER = "empty_answer", Scope.MODEL, Sign.USELESS, Opens.NEVER, True, True
    """A proper end without text."""
    UNUSABLE_ANSWER = "unusable_answer", Scope.MODEL, Sign.USELESS, Opens.NEVER, True, True
    """The model ended the answer for a reason that is neither an end nor content policy."""
    CONTEXT_TOO_LONG = "context_too_long", Scope.REQUEST, Sign.PLAIN, Opens.NEVER, False, True
    """The conversation exceeds the model's context."""
    INVALID_REQUEST = "invalid_request", Scope.REQUEST, Sign.PLAIN, Opens.NEVER, False, False
    """The model does not take this request."""
    UNSUPPORTED_FIELD = "unsupported_field", Scope.MODEL, Sign.PLAIN, Opens.NEVER, False, True
    """The model does not take something that Nexus adds to each request."""
    UNAUTHORIZED = "unauthorized", Scope.SERVICE, Sign.PLAIN, Opens.NOW, False, False
    """The key is missing, wrong, suspended or not allowed."""
    UNSUPPORTED_REGION = "unsupported_region", Scope.SERVICE, Sign.PLAIN, Opens.NOW, False, False
    """The provider does not serve the caller's region."""
    OUT_OF_CREDIT = "out_of_credit", Scope.SERVICE, Sign.PLAIN, Opens.NOW, False, False
    """The account's credit is used up, or its spending cap is reached."""
    UNKNOWN = "unknown", Scope.MODEL, Sign.AMBIGUOUS, Opens.IN_A_ROW, False, False
    """No rule fits."""


QUOTA_KINDS = frozenset(kind for kind in FailureKind if kind.sign is Sign.QUOTA)

NEEDS_PERSON = frozenset(
    kind for kind in FailureKind if kind.scope is Scope.SERVICE and kind not in QUOTA_KINDS
)
"""What the operator of a target has to mend."""


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
        consumer: The provider's project that was refused (`projects/123`), where it was named; for
            operators alone.
        quotas: The quotas that a refusal names as exceeded.
    """

    kind: FailureKind
    status: int | None = None
    reason: str | None = None
    retry_delay_seconds: float | None = None
    quota_value: int | None = None
    is_per_day: bool = False
    successor: str | None = None
    consumer: str | None = None
    quotas: tuple[Quota, ...] = ()

    @property
    def scope(self) -> Scope:
        """How far the failure reaches, which follows from its kind."""
        return self.kind.scope

    @property
    def is_ambiguous(self) -> bool:
        """Whether the request may have caused it as well as the model.

        Where the provider named a delay, the prompt was not the cause: time will not change it.
        """
        return self.kind.sign is Sign.AMBIGUOUS and self.retry_delay_seconds is None

    @property
    def is_useless_reply(self) -> bool:
        """Whether the model worked, and gave nothing that can be shown."""
        return self.kind.sign is Sign.USELESS

    @property
    def is_transient(self) -> bool:
        """Whether it is chance unless more follow."""
        return self.kind.opens is Opens.IN_A_ROW and self.retry_delay_seconds is None

    @property
    def retryable(self) -> bool:
        """Whether a second attempt at the same model can help.

        It cannot where the provider named a delay: until then the model is skipped.
        """
        return self.kind.retryable and self.retry_delay_seconds is None


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
        kind=FailureKind.UNAUTHORIZED,
        status=failure.status,
        reason=failure.reason or "FORBIDDEN",
        consumer=failure.consumer,
    )
