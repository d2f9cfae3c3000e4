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


@dataclass(frozen=True, slots=True, kw_only=True)
class ProviderError:
    """The facts of one error reply.

    Attributes:
        status: The HTTP status, or the one that the body implies; None if neither is known.
        name: The google.rpc name (`RESOURCE_EXHAUSTED`), or "".
        message: The provider's prose, for matching only; or "".
        reasons: `ErrorInfo.reason` of each detail.
        quota_ids: Names of the quotas that were exceeded.
        quota_values: The limits of those quotas, as sent.
        retry_delay_seconds: From RetryInfo, the Retry-After header or the message, in this order.
        is_google: Whether the body is an error object rather than a proxy's page.
    """

    status: int | None
    name: str
    message: str
    reasons: tuple[str, ...]
    quota_ids: tuple[str, ...]
    quota_values: tuple[str, ...]
    retry_delay_seconds: float | None
    is_google: bool

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
    error = _error_object(_parsed(body))
    details = [_mapping(detail) for detail in _sequence(error.get("details"))]
    infos = [detail for detail in details if _is_type(detail, "ErrorInfo")]
    violations = [
        _mapping(violation)
        for detail in details
        if _is_type(detail, "QuotaFailure")
        for violation in _sequence(detail.get("violations"))
    ]
    limits = [_text(_mapping(info.get("metadata")).get("quota_limit")) for info in infos]
    name = _text(error.get("status"))
    message = _text(error.get("message"))
    if status is None or 200 <= status < 300:
        code = error.get("code")
        status = code if type(code) is int else _STATUS_BY_NAME.get(name)
    return ProviderError(
        status=status,
        name=name,
        message=message,
        reasons=tuple(filter(None, (_text(info.get("reason")) for info in infos))),
        quota_ids=tuple(
            filter(None, [_text(violation.get("quotaId")) for violation in violations] + limits)
        ),
        quota_values=tuple(
            filter(None, (_text(violation.get("quotaValue")) for violation in violations))
        ),
        retry_delay_seconds=_retry_delay_seconds(details, headers, message, now),
        is_google=bool(error),
    )


def _parsed(body: object) -> object:
    if isinstance(body, bytes | bytearray):
        body = bytes(body).decode("utf-8", errors="replace")
    if not isinstance(body, str):
        return body
    try:
        return json.loads(body)
    except (ValueError, RecursionError):  # An HTML page, half a body, or endless brackets.
        return None


def _error_object(body: object) -> Mapping[object, object]:
    if isinstance(body, Sequence) and not isinstance(body, str) and body:
        body = body[0]  # Vertex wraps errors in an array (gemini-cli#14831).
    outer = _mapping(body)
    inner = outer.get("error", outer)
    return {"message": inner} if isinstance(inner, str) else _mapping(inner)


def _retry_delay_seconds(
    details: Sequence[Mapping[object, object]],
    headers: Mapping[str, str],
    message: str,
    now: datetime,
) -> float | None:
    for detail in details:
        if _is_type(detail, "RetryInfo"):
            delay = _duration_seconds(_text(detail.get("retryDelay")))
            if delay is not None:
                return delay
    for header, value in headers.items():
        if header.lower() == "retry-after":
            delay = _retry_after_seconds(value, now)
            if delay is not None:
                return delay
    sentence = _RETRY_SENTENCE.search(message)
    return _duration_seconds(sentence[1].rstrip(".,")) if sentence else None


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
