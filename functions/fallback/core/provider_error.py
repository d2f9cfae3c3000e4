"""Extracts the facts that the rules need from an error body, whatever was sent."""

from __future__ import annotations

import email.utils
import json
import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

# google/rpc/code.proto: the HTTP mapping of the names that a body without a code can carry.
_STATUS_BY_NAME: Mapping[str, int] = {
    "OUT_OF_RANGE": 400,
    "ALREADY_EXISTS": 409,
    "ABORTED": 409,
    "UNKNOWN": 500,
    "DATA_LOSS": 500,
    "UNIMPLEMENTED": 501,
    "INVALID_ARGUMENT": 400,
    "FAILED_PRECONDITION": 400,
    "UNAUTHENTICATED": 401,
    "PERMISSION_DENIED": 403,
    "NOT_FOUND": 404,
    "RESOURCE_EXHAUSTED": 429,
    "CANCELLED": 499,
    "INTERNAL": 500,
    "UNAVAILABLE": 503,
    "DEADLINE_EXCEEDED": 504,
}
_DURATION = re.compile(
    r"(?=\d)(?:(?P<h>\d+)h)?(?:(?P<m>\d+)m(?!s))?(?:(?P<s>\d+(?:\.\d+)?)s|(?P<ms>\d+(?:\.\d+)?)ms)?"
)
_RETRY_SENTENCE = re.compile(r"[Pp]lease retry in (\S+)")
# No lower-case letters in words, no digits in quota ids: neither can be a key.
_MACHINE_WORD = re.compile(r"[A-Z][A-Z0-9_]{1,63}")
_QUOTA_ID = re.compile(r"[A-Za-z-]{2,80}")
# A project's number or id (cloud.google.com/resource-manager/docs/creating-managing-projects).
_CONSUMER = re.compile(r"projects/[a-z0-9][a-z0-9-]{0,29}")
_MAX_NESTING = 3
# The page of Google's front end, which refuses before any API is asked.
_GOOGLE_PAGE = re.compile(r"<title>Error \d{3} \([\w ]+\)!!1</title>")


@dataclass(frozen=True, slots=True, kw_only=True)
class ProviderError:
    """The facts of one error reply.

    Attributes:
        status: The HTTP status, or the one that the body implies; None if neither is known.
        name: The google.rpc name (`RESOURCE_EXHAUSTED`), or "".
        message: The provider's prose, for matching only; or "".
        reasons: `ErrorInfo.reason` of each detail.
        quota_ids: Names of the quotas that were exceeded.
        quota_values: The limits of quotas, as sent, by the quotas' names.
        retry_delay_seconds: From RetryInfo, ErrorInfo, the Retry-After header or the message, in
            this order.
        consumer: The project that was refused, from ErrorInfo; None where none is named.
        is_google: Whether the body has Google's error form: a numeric `code`, and a `status` that
            is a google.rpc name. Anything else may come from something in between.
        is_google_page: Whether it is the HTML page with which Google's front end refuses.
    """

    status: int | None
    name: str
    message: str
    reasons: tuple[str, ...]
    quota_ids: tuple[str, ...]
    quota_values: tuple[tuple[str, str], ...]
    retry_delay_seconds: float | None
    consumer: str | None
    is_google: bool
    is_google_page: bool = False

    @property
    def machine_word(self) -> str | None:
        """The provider's reason, quota or status name, if it is one plain word; safe to log."""
        words = [word for word in (*self.reasons, self.name) if _MACHINE_WORD.fullmatch(word)]
        quotas = [quota for quota in self.quota_ids if _QUOTA_ID.fullmatch(quota)]
        return next(iter((*quotas, *words)), None)


def read_provider_error(
    status: int | None, body: object, headers: Mapping[str, str], now: datetime
) -> ProviderError:
    """Reads an error reply. Never raises, whatever the body is.

    Details are found by their `@type` (google/rpc/error_details.proto), in any order.

    Args:
        status: The HTTP status of the reply, None if there was none.
        body: Parsed JSON of any shape, or text or bytes as received.
        headers: The reply's headers, with names in any case.
        now: The present instant (UTC), for a date in Retry-After.
    """
    parsed = _parsed(body)
    error = _error_object(parsed)
    details = [_mapping(detail) for detail in _sequence(error.get("details"))]
    metadata = [
        _mapping(detail.get("metadata")) for detail in details if _is_type(detail, "ErrorInfo")
    ]
    quotas = [
        (_text(violation.get("quotaId")), _text(violation.get("quotaValue")))
        for detail in details
        if _is_type(detail, "QuotaFailure")
        for violation in map(_mapping, _sequence(detail.get("violations")))
    ]
    quotas += [(_text(m.get("quota_limit")), _text(m.get("quota_limit_value"))) for m in metadata]
    name = _text(error.get("status"))
    message = _text(error.get("message"))
    code = error.get("code")
    is_google = type(code) is int and name in _STATUS_BY_NAME
    if status is None or 200 <= status < 300:
        status = code if type(code) is int else _STATUS_BY_NAME.get(name)
    return ProviderError(
        status=status,
        name=name,
        message=message,
        reasons=tuple(
            filter(None, (_text(d.get("reason")) for d in details if _is_type(d, "ErrorInfo")))
        ),
        quota_ids=tuple(name for name, _ in quotas if name),
        quota_values=tuple((name, value) for name, value in quotas if value),
        retry_delay_seconds=_retry_delay_seconds(details, metadata, headers, message, now),
        consumer=next(
            filter(_CONSUMER.fullmatch, (_text(m.get("consumer")) for m in metadata)), None
        ),
        is_google=is_google,
        is_google_page=parsed is None and _GOOGLE_PAGE.search(_as_text(body)) is not None,
    )


def _as_text(body: object) -> str:
    if isinstance(body, bytes | bytearray):
        return bytes(body).decode("utf-8", errors="replace")
    return _text(body)


def _parsed(body: object) -> object:
    if not isinstance(body, str | bytes | bytearray):
        return body
    try:
        return json.loads(_as_text(body))
    except (ValueError, RecursionError):  # A page, half a body, or brackets without end.
        return None


def _error_object(body: object, depth: int = 0) -> Mapping[object, object]:
    """The error in a body: bare, under `error`, in an array, or as text in another's message.

    Vertex wraps errors in an array (gemini-cli#14831), gateways put the whole error into their own
    message (gemini-cli#1905).
    """
    if isinstance(body, Sequence) and not isinstance(body, str) and body:
        body = body[0]
    outer = _mapping(body)
    inner = outer.get("error", outer)
    error: Mapping[object, object] = (
        {"message": inner} if isinstance(inner, str) else _mapping(inner)
    )
    message = _text(error.get("message")).strip()
    if depth < _MAX_NESTING and message.startswith(("{", "[")):
        nested = _error_object(_parsed(message), depth + 1)
        return nested if "status" in nested or "code" in nested else error
    return error


def _retry_delay_seconds(
    details: Sequence[Mapping[object, object]],
    metadata: Sequence[Mapping[object, object]],
    headers: Mapping[str, str],
    message: str,
    now: datetime,
) -> float | None:
    infos = (detail for detail in details if _is_type(detail, "RetryInfo"))
    sentence = _RETRY_SENTENCE.search(message)
    delays = [
        *(_duration_seconds(_text(info.get("retryDelay"))) for info in infos),
        *(_duration_seconds(_text(found.get("quotaResetDelay"))) for found in metadata),
        *(_retry_after_seconds(v, now) for k, v in headers.items() if k.lower() == "retry-after"),
        _duration_seconds(sentence[1].rstrip(".,")) if sentence else None,
    ]
    return next((delay for delay in delays if delay is not None), None)


def _duration_seconds(text: str) -> float | None:
    """Reads "45.8s", "830ms" or "7h12m3s"; anything else is None."""
    match = _DURATION.fullmatch(text)
    if match is None or not any(match.groups()):
        return None
    units = {"h": 3600.0, "m": 60.0, "s": 1.0, "ms": 0.001}
    seconds = sum(float(match[unit] or 0) * size for unit, size in units.items())
    return seconds if math.isfinite(seconds) else None


def _retry_after_seconds(value: str, now: datetime) -> float | None:
    """Reads a Retry-After header: seconds, or an HTTP date (RFC 9110, section 10.2.3)."""
    value = value.strip()
    if value.isascii() and value.isdigit():
        return float(value) if len(value) < 10 else None
    try:
        at = email.utils.parsedate_to_datetime(value)
    except (ValueError, OverflowError):
        return None
    if at.tzinfo is None:
        at = at.replace(tzinfo=UTC)
    return max(0.0, (at - now).total_seconds())


def _is_type(detail: Mapping[object, object], name: str) -> bool:
    return _text(detail.get("@type")).endswith(f"google.rpc.{name}")


def _mapping(value: object) -> Mapping[object, object]:
    return value if isinstance(value, Mapping) else {}


def _sequence(value: object) -> Sequence[object]:
    return value if isinstance(value, list | tuple) else ()


def _text(value: object) -> str:
    return value if isinstance(value, str) else ""
