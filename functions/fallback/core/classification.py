"""Decides what a provider's error means: any reply becomes a Failure.

The first rule that fits decides (docs/MODEL_FALLBACK_SYSTEM.md has the reasons):

1. Key, region, project, money: the whole service. No other model would do better.
2. 404, 410 and a limit of 0: the model is retired, or was never granted. 403 without a reason: the
   key may not use this model.
3. 429: the quota of a day, of a minute, of input tokens, or no word about which.
4. The conversation is too long, or the model refuses its form: this request alone.
5. Overload, other server errors, time-outs: this model, now.
6. Everything else is unknown, and treated like 5.

Rules 1 and 2 need Google's error form. Without it, something in between may have spoken, which
knows nothing about keys and models.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime

from fallback.core.failure import QUOTA_KINDS, Failure, FailureKind
from fallback.core.provider_error import ProviderError, read_provider_error
from fallback.core.quota import Dimension, Quota

# What a message says about the whole service, as its beginning: a message may quote a visitor
# further on. One line a wording: kind, statuses, words, source, date seen.
_SERVICE_MESSAGES: tuple[tuple[FailureKind, tuple[int, ...], str], ...] = (
    # ai.google.dev/gemini-api/docs/troubleshooting, 2026-11-22
    (FailureKind.UNAUTHORIZED, (400, 401), "api key not valid"),
    (FailureKind.UNAUTHORIZED, (400, 401), "api key expired"),
    (FailureKind.UNAUTHORIZED, (400, 401), "api key not found"),
    (FailureKind.UNAUTHORIZED, (403,), "method doesn't allow unregistered callers"),
    # discuss.ai.google.dev, keys found in public repositories, 2026-11-22
    (FailureKind.UNAUTHORIZED, (400, 403), "your api key was reported as leaked"),
    (FailureKind.UNAUTHORIZED, (403,), "your project has been denied access"),
    (FailureKind.UNAUTHORIZED, (403,), "permission denied: consumer"),
    # ai.google.dev/gemini-api/docs/available-regions, 2026-11-22
    (FailureKind.UNSUPPORTED_REGION, (400, 403), "user location is not supported"),
    (FailureKind.UNSUPPORTED_REGION, (400, 403), "gemini api free tier is not available in your"),
    # ai.google.dev/gemini-api/docs/generate-content/api-errors, 2026-11-22
    (FailureKind.OUT_OF_CREDIT, (402, 429), "your prepayment credits are depleted"),
    # discuss.ai.google.dev/t/144618 and ai.google.dev/gemini-api/docs/billing, 2026-11-26
    (FailureKind.OUT_OF_CREDIT, (402, 403, 429), "your project has exceeded its monthly spending"),
    (FailureKind.OUT_OF_CREDIT, (402, 403, 429), "your billing account has exceeded its monthly"),
    # ai.google.dev/gemini-api/docs/rate-limits, "spend-based rate limits", 2026-06-23
    (FailureKind.SPEND_RATE_LIMITED, (429,), "your project has exceeded its spend-based rate"),
    (FailureKind.SPEND_RATE_LIMITED, (429,), "your billing account has exceeded its spend-based"),
)
# Several of those facts are worded freely; these words are never a visitor's, for only 429s and
# 402s are searched for them, which quote nobody.
# Caps of a project or an account, prepaid credits (wordings as above, and their variants).
_OUT_OF_CREDIT = re.compile(
    r"(monthly )?spend(ing)? (cap|limit)|credits? (balance )?(are|is|has been) (depleted|exh)"
    r"|(out of|insufficient|no) (prepa\w+ )?(credit|balance)"
)
# The rate of spending, per rolling 10 minutes, comes before them: it is over in minutes.
_SPEND_RATE = re.compile(r"spend(ing)?[- ](based )?rate|rate of spend|spend-based")
# google.api.ErrorReason (googleapis/api/error_reason.proto): about key, consumer or billing.
_SERVICE_REASON = re.compile(
    r"API_KEY_\w+|CONSUMER_\w+|BILLING_\w+|SERVICE_DISABLED|SERVICE_NOT_\w+|USER_PROJECT_DENIED"
    r"|USER_BLOCKED_BY_ADMIN|ACCESS_TOKEN_\w+|ACCOUNT_STATE_INVALID|CREDENTIALS_MISSING"
    r"|SECURITY_POLICY_VIOLATED|LOCATION_\w+|RESOURCE_USAGE_RESTRICTION_VIOLATED"
)
_LIMIT_ZERO = re.compile(r"limit:\s*0(?!\d|\.\d)")
_SUCCESSOR = re.compile(r"\buse (?:the )?(?:models/)?((?:gemini|gemma)-[\w.-]*\w)")
_CONTEXT_MESSAGES = (
    "exceeds the maximum number of tokens",
    "input token count",
    "request payload size exceeds",
)
# What Nexus itself adds to a request, as 400s name it.
_OUR_FIELDS = re.compile(
    r"(developer|system)[ _]?instruction|server[- ]timeout|thinking|include_?thoughts", re.I
)
_NUMBER = re.compile(r"[0-9]{1,18}")
_INPUT_TOKENS = re.compile(r"input.?token", re.I)


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
    is_page = kind is FailureKind.FORBIDDEN and error.is_google_page
    return Failure(
        kind=kind,
        status=error.status,
        reason="GOOGLE_PAGE" if is_page else error.machine_word,
        retry_delay_seconds=error.retry_delay_seconds,
        quota_value=_input_limit(error) if kind is FailureKind.INPUT_QUOTA else None,
        is_per_day=kind is FailureKind.INPUT_QUOTA and _is_per_day(error),
        successor=_successor(error) if kind is FailureKind.NOT_FOUND else None,
        consumer=error.consumer,
        quotas=_quotas(error) if kind in QUOTA_KINDS else (),
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
    """Rule 1. A bad key is a 400, not a 401; an empty account is a 402, and was a 429."""
    if not error.is_google:
        return None
    message = error.message.lower().lstrip()
    if error.status in (402, 429):
        if _SPEND_RATE.search(message):
            return FailureKind.SPEND_RATE_LIMITED
        if _OUT_OF_CREDIT.search(message):
            return FailureKind.OUT_OF_CREDIT
    for kind, statuses, beginning in _SERVICE_MESSAGES:
        if error.status in statuses and message.startswith(beginning):
            return kind
    if error.status == 402:
        return FailureKind.OUT_OF_CREDIT
    if error.status == 401 or (
        error.status in (400, 403) and any(map(_SERVICE_REASON.fullmatch, error.reasons))
    ):
        return FailureKind.UNAUTHORIZED
    return None


def _missing_kind(error: ProviderError) -> FailureKind | None:
    """Rule 2. The limit of a quota stands in its violation, in ErrorInfo, or in the message."""
    if error.status in (404, 410) and error.is_google:
        return FailureKind.NOT_FOUND
    if error.status == 403 and (error.is_google or error.is_google_page):
        return FailureKind.FORBIDDEN
    if error.status == 429 and (
        _LIMIT_ZERO.search(error.message) or any(value == "0" for _, value in error.quota_values)
    ):
        return FailureKind.NOT_FOUND
    return None


def _quota_kind(error: ProviderError) -> FailureKind | None:
    """Rule 3. A daily quota carries a short RetryInfo too, so the quota's name decides."""
    if error.status != 429:
        return None
    if "MODEL_CAPACITY_EXHAUSTED" in error.reasons:
        return FailureKind.OVERLOADED
    if not error.quota_ids:
        return FailureKind.UNNAMED_QUOTA
    if all(map(_INPUT_TOKENS.search, error.quota_ids)):
        return FailureKind.INPUT_QUOTA
    if any("PerDay" in quota_id for quota_id in error.quota_ids):
        return FailureKind.QUOTA_EXHAUSTED
    if all("PerMinute" in quota_id for quota_id in error.quota_ids):
        return FailureKind.RATE_LIMITED
    return FailureKind.UNNAMED_QUOTA


def _request_kind(error: ProviderError) -> FailureKind | None:
    """Rule 4. A 400 about what Nexus adds is not the visitor's fault."""
    if error.status == 413 or (error.status == 400 and _says(error, _CONTEXT_MESSAGES)):
        return FailureKind.CONTEXT_TOO_LONG
    if error.status == 400 and _OUR_FIELDS.search(error.message):
        return FailureKind.UNSUPPORTED_FIELD
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


def _input_limit(error: ProviderError) -> int | None:
    """The smallest limit of input tokens that the reply names."""
    values = [value for name, value in error.quota_values if _INPUT_TOKENS.search(name)]
    return min(filter(None, map(_number, values)), default=None)


def _is_per_day(error: ProviderError) -> bool:
    return any("PerDay" in quota_id for quota_id in error.quota_ids)


def _quotas(error: ProviderError) -> tuple[Quota, ...]:
    """The quotas of known dimensions, each once, with the smallest limit that it is given."""
    limits: dict[Dimension, int | None] = {}
    for name in error.quota_ids:
        if (dimension := _dimension(name)) is not None:
            limits.setdefault(dimension)
    for name, value in error.quota_values:
        dimension, limit = _dimension(name), _number(value)
        if dimension is not None and limit is not None:
            limits[dimension] = min(limit, limits.get(dimension) or limit)
    return tuple(Quota(dimension, limit) for dimension, limit in limits.items())


def _number(value: str) -> int | None:
    return int(value) if _NUMBER.fullmatch(value) else None


def _dimension(quota_id: str) -> Dimension | None:
    if _INPUT_TOKENS.search(quota_id):
        return Dimension.INPUT_TOKENS_PER_MINUTE if "PerMinute" in quota_id else None
    if "Request" not in quota_id:
        return None
    if "PerMinute" in quota_id:
        return Dimension.REQUESTS_PER_MINUTE
    return Dimension.REQUESTS_PER_DAY if "PerDay" in quota_id else None


def _successor(error: ProviderError) -> str | None:
    match = _SUCCESSOR.search(error.message)
    return match[1] if match else None


def _says(error: ProviderError, parts: tuple[str, ...]) -> bool:
    message = error.message.lower()
    return any(part in message for part in parts)
