"""Errors as callers see them: what happened and what to do, without internals."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any, assert_never

from fallback.availability_report import seconds_until
from fallback.core.refusal import Refusal, RefusalReason
from fallback.rfc3339 import rfc3339
from nexus.fairness.core.allowance import Limit, Limited
from nexus.fairness.identity import CodeFault
from nexus.status.core.cause import Cause, cause_of
from nexus.waiting_room.core.ticket import Waits
from nexus.wire.unavailability import ONLY_THE_OPERATOR, shared_cause, why_no_model

_LONGEST_RETRY_SECONDS = 60
"""A program should not sleep for longer than this: openai-node has slept for eleven hours
(openai/openai-node#1840)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ApiError:
    """One error reply, or the last event of a stream that broke.

    Attributes:
        status: The HTTP status.
        code: The word that programs read; docs/api.md has a row for each.
        message: For people.
        reason: For programs, why no model answers, where the code leaves that open.
        param: The field that is wrong, if any.
        retry_at: The first instant at which to try again; None if waiting does not help.
        expected_at: When the provider says that the service returns, if it does.
        needs_operator: Whether only the operator can help.
        allow: For 405, the methods that are allowed.
        place: The caller's place in line, if it has one.
    """

    status: int
    code: str
    message: str
    reason: str | None = None
    param: str | None = None
    retry_at: datetime | None = None
    expected_at: datetime | None = None
    needs_operator: bool = False
    allow: str | None = None
    place: Waits | None = None

    def body(self, now: datetime, request_id: str) -> dict[str, Any]:
        """The JSON object."""
        error: dict[str, Any] = {
            "message": self.message,
            "type": _type(self.status),
            "code": self.code,
            "param": self.param,
            "request_id": request_id,
        }
        if self.reason is not None:
            error["reason"] = self.reason
        if self.retry_at is not None:
            error["retry_at"] = rfc3339(self.retry_at)
            error["retry_after_seconds"] = seconds_until(self.retry_at, now)
        if (later := self._later) is not None:
            error["expected_at"] = rfc3339(later)
        if self.place is not None:
            error["ticket"] = self.place.ticket
            error["number"] = self.place.number
            error["position"] = self.place.position
        return {"error": error}

    def headers(self, now: datetime) -> dict[str, str]:
        """The headers that belong to it."""
        headers = {}
        wait = 0 if self.retry_at is None else seconds_until(self.retry_at, now)
        if wait:
            headers["Retry-After"] = str(wait)
        if self.needs_operator or wait > _LONGEST_RETRY_SECONDS:
            headers["X-Should-Retry"] = "false"
        if self.allow is not None:
            headers["Allow"] = self.allow
        if self.status == 401:
            headers["WWW-Authenticate"] = "Bearer"  # RFC 9110, 11.6.1: required with a 401.
        return headers

    @property
    def _later(self) -> datetime | None:
        """`expected_at`, where it says more than `retry_at`."""
        if self.expected_at is None or (self.retry_at and self.expected_at <= self.retry_at):
            return None
        return self.expected_at


def refusal_error(refusal: Refusal) -> ApiError:
    """The error that a refusal becomes."""
    match refusal.reason:
        case RefusalReason.MODELS_EXHAUSTED:
            return models_exhausted(refusal.retry_at, refusal.expected_at)
        case RefusalReason.MODELS_UNAVAILABLE:
            cause = shared_cause(cause_of(skip.cause) for skip in refusal.skipped)
            return models_unavailable(cause, refusal.retry_at, refusal.expected_at)
        case RefusalReason.NO_USABLE_ANSWER:
            return ApiError(
                status=503,
                code="models_unavailable",
                message="No model gave a usable answer to this message. Change it, or try again.",
                reason=refusal.reason,
            )
        case RefusalReason.SERVICE_MISCONFIGURED:
            return ApiError(
                status=503,
                code="service_misconfigured",
                message=f"{why_no_model(Cause.SETUP)} {ONLY_THE_OPERATOR}",
                needs_operator=True,
            )
        case RefusalReason.DEADLINE_EXCEEDED:
            return deadline_exceeded()
        case RefusalReason.CONTEXT_LENGTH_EXCEEDED:
            return ApiError(
                status=400,
                code="context_length_exceeded",
                message="The conversation is too long for every model. Start a new one, or "
                "shorten it.",
                param="messages",
            )
        case RefusalReason.INVALID_REQUEST:
            return ApiError(
                status=400,
                code="invalid_request",
                message="The models do not accept this request. Change it and try again.",
                param="messages",
            )
        case _:  # pragma: no cover - mypy proves that this cannot be reached
            assert_never(refusal.reason)


def models_exhausted(retry_at: datetime | None, expected_at: datetime | None = None) -> ApiError:
    """No model may answer, and a quota is why.

    Args:
        retry_at: When a chat would next be tried.
        expected_at: When the provider says that a model returns.
    """
    return ApiError(
        status=503,
        code="models_exhausted",
        message=f"{why_no_model(Cause.LIMIT)} Please try again after retry_at.",
        retry_at=retry_at,
        expected_at=expected_at,
    )


def models_unavailable(
    cause: Cause, retry_at: datetime | None, expected_at: datetime | None = None
) -> ApiError:
    """No model answers, and no quota is why; for the instants see `models_exhausted`."""
    return ApiError(
        status=503,
        code="models_unavailable",
        message=f"{why_no_model(cause)} Please try again after retry_at.",
        reason=cause,
        retry_at=retry_at,
        expected_at=expected_at,
    )


def visitor_rate_limited(limited: Limited, *, is_own: bool = True) -> ApiError:
    """The visitor has sent too much, or all visitors of the network have."""
    who = "You have" if is_own else "Your network has"
    what = {
        Limit.RATE: "sent many messages in a short time",
        Limit.DAY: "sent as many messages as one day allows",
    }[limited.limit]
    return ApiError(
        status=429,
        code="visitor_rate_limited",
        message=f"{who} {what}. Please try again after retry_at.",
        retry_at=limited.retry_at,
    )


def invalid_access_code(fault: CodeFault) -> ApiError:
    """An access code that does not hold."""
    what = {
        CodeFault.INVALID: "is not valid",
        CodeFault.EXPIRED: "has expired",
        CodeFault.REVOKED: "has been revoked",
    }[fault]
    return ApiError(
        status=401,
        code="invalid_access_code",
        message=f"This access code {what}. Ask for a new one, or send none.",
    )


def not_found() -> ApiError:
    """There is nothing at this address."""
    return ApiError(
        status=404,
        code="not_found",
        message="There is nothing at this address. Send chats to …/chat/completions, and ask "
        "…/models for the model.",
    )


def model_not_found(model: str) -> ApiError:
    """Another model was named than the one there is."""
    return ApiError(
        status=404,
        code="model_not_found",
        message=f"There is one model here: {model}. Name it, or leave the field model out.",
        param="model",
    )


def method_not_allowed(allow: str) -> ApiError:
    """The address is right, the method is not."""
    return ApiError(
        status=405,
        code="method_not_allowed",
        message=f"This address accepts {allow}.",
        allow=allow,
    )


def too_large(max_bytes: int) -> ApiError:
    """The body is over its limit."""
    return ApiError(
        status=413,
        code="request_too_large",
        message=f"The body may have at most {max_bytes} bytes. Shorten the conversation.",
    )


def malformed_head(status: int) -> ApiError:
    """The request is not valid HTTP, or its head is too large."""
    code, message = {
        414: ("request_too_large", "The first line of the request is too long."),
        417: ("invalid_request", "The header Expect may only be 100-continue."),
        431: ("request_too_large", "The headers are too long, or too many."),
    }.get(status, ("invalid_request", "This is not a valid HTTP request."))
    return ApiError(status=status, code=code, message=message)


def unavailable(retry_at: datetime) -> ApiError:
    """This instance ends, or has more connections than it can keep; another may have room."""
    return ApiError(
        status=503,
        code="unavailable",
        message="This instance accepts no more requests. Please try again.",
        retry_at=retry_at,
    )


def client_closed_request() -> ApiError:
    """The client has closed its side of the connection. HTTP has no status for it; nginx has."""
    return ApiError(
        status=499,
        code="client_closed_request",
        message="The connection was closed before the answer. Keep both sides open until then.",
    )


def deadline_exceeded() -> ApiError:
    """No model answered in time, or the answer did not end in time."""
    return ApiError(
        status=504,
        code="deadline_exceeded",
        message="No model finished an answer in time. Please try again.",
    )


def answer_interrupted() -> ApiError:
    """The answer stopped after its beginning had been sent."""
    return ApiError(
        status=502,
        code="answer_interrupted",
        message="The answer was interrupted; what has been shown is not all of it. "
        "Please try again.",
    )


def internal_error() -> ApiError:
    """A bug."""
    return ApiError(
        status=500,
        code="internal_error",
        message="Something went wrong on our side. Please try again; if it happens again, "
        "report the request_id.",
    )


def _type(status: int) -> str:
    if status == 429:
        return "rate_limit_error"
    if status == 401:
        return "authentication_error"
    return "invalid_request_error" if status < 500 else "server_error"
