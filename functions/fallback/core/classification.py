"""Decides what a provider's error means: any reply becomes a Failure.

The first rule that fits decides (docs/MODEL_FALLBACK_SYSTEM.md has the reasons):

1. Key, region, project, money: the whole service. No other model would do better.
2. 404, 410 and `limit: 0`: the model is retired, or was never granted.
3. 429: a daily quota, a per-minute quota, or one that is not named.
4. The conversation is too long, or the model rejects its form: this request only.
5. Overload, other server errors, time-outs: this model, now.
6. Everything else is unknown, and treated like rule 5.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime

from fallback.core.failure import Failure, FailureKind
from fallback.core.provider_error import ProviderError, read_provider_error

_LIMIT_ZERO = re.compile(r"limit:\s*0(?!\d|\.\d)")
_SUCCESSOR = re.compile(r"\buse (?:the )?(?:models/)?((?:gemini|gemma)-[\w.-]*\w)")
_KEY_REASONS = frozenset({"API_KEY_INVALID", "API_KEY_EXPIRED", "API_KEY_SERVICE_BLOCKED"})
_KEY_MESSAGES = ("api key not valid", "api key expired", "api key not found")
_REGION_MESSAGES = ("location is not supported", "not available in your country")
_CREDIT_MESSAGES = ("prepayment credits are depleted",)
_CONTEXT_MESSAGES = (
    "exceeds the maximum number of tokens",
    "input token count",
    "request payload size exceeds",
)


def classify(
    status: int | None, body: object, headers: Mapping[str, str], now: datetime
) -> Failure:
    """Says what an error reply means. Never raises, whatever was received.

    Args:
        status: The HTTP status; None or a 2xx if the error came inside a stream.
        body: The reply's body: parsed JSON of any shape, text, or bytes.
        headers: The reply's headers.
        now: The instant of the failure (UTC).
    """
    error = read_provider_error(status, body, headers, now)
    kind = _kind(error)
    return Failure(
        kind=kind,
        status=error.status,
        reason=error.machine_word,
        retry_delay_seconds=error.retry_delay_seconds,
        successor=_successor(error) if kind is FailureKind.NOT_FOUND else None,
    )


def _kind(error: ProviderError) -> FailureKind:
    return (
        _service_kind(error)
        or _missing_kind(error)
        or _quota_kind(error)
        or _request_kind(error)
        or _server_kind(error)
        or FailureKind.UNKNOWN
    )


def _service_kind(error: ProviderError) -> FailureKind | None:
    """Rule 1. A bad key is a 400, not a 401; an empty account is a 402, and was a 429.

    An HTML page comes from a proxy, and says nothing about the key.
    """
    if not error.is_google:
        return None
    if error.status == 402 or _says(error, _CREDIT_MESSAGES):
        return FailureKind.OUT_OF_CREDIT
    if error.status in (400, 403) and _says(error, _REGION_MESSAGES):
        return FailureKind.UNSUPPORTED_REGION
    if error.status in (401, 403) or (
        error.status == 400
        and (not _KEY_REASONS.isdisjoint(error.reasons) or _says(error, _KEY_MESSAGES))
    ):
        return FailureKind.UNAUTHORIZED
    return None


def _missing_kind(error: ProviderError) -> FailureKind | None:
    """Rule 2. An HTML 404 comes from a proxy, and says nothing about the model."""
    if error.status in (404, 410) and error.is_google:
        return FailureKind.NOT_FOUND
    if error.status == 429 and (_LIMIT_ZERO.search(error.message) or "0" in error.quota_values):
        return FailureKind.NOT_FOUND
    return None


def _quota_kind(error: ProviderError) -> FailureKind | None:
    """Rule 3. A daily quota carries a short RetryInfo too, so the quota's name decides."""
    if error.status != 429:
        return None
    if any("PerDay" in quota_id for quota_id in error.quota_ids):
        return FailureKind.QUOTA_EXHAUSTED
    if "MODEL_CAPACITY_EXHAUSTED" in error.reasons:
        return FailureKind.OVERLOADED
    if error.quota_ids and all("PerMinute" in quota_id for quota_id in error.quota_ids):
        return FailureKind.RATE_LIMITED
    return FailureKind.UNNAMED_QUOTA


def _request_kind(error: ProviderError) -> FailureKind | None:
    """Rule 4."""
    if error.status == 413 or (error.status == 400 and _says(error, _CONTEXT_MESSAGES)):
        return FailureKind.CONTEXT_TOO_LONG
    if error.status in (400, 405, 415, 422):
        return FailureKind.INVALID_REQUEST
    return None


def _server_kind(error: ProviderError) -> FailureKind | None:
    """Rule 5."""
    if error.status in (499, 503, 529):
        return FailureKind.OVERLOADED
    if error.status in (408, 504):
        return FailureKind.TIMED_OUT
    if error.status is not None and 500 <= error.status < 600:
        return FailureKind.SERVER_ERROR
    return None


def _successor(error: ProviderError) -> str | None:
    match = _SUCCESSOR.search(error.message)
    return match[1] if match else None


def _says(error: ProviderError, parts: tuple[str, ...]) -> bool:
    message = error.message.lower()
    return any(part in message for part in parts)
