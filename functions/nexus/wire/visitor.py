"""The headers that say who sends a request."""

from __future__ import annotations

import math

VISITOR_HEADER = "X-Nexus-Visitor"
"""Carries a visitor's signed id: in the reply to a visitor without one, then in each request.

It is not a cookie, because the page and the functions may have different origins; and no other
site's page can send it.
"""

TICKET_HEADER = "X-Nexus-Ticket"
"""Carries a place in line: in the error as `ticket`, then in the next request for that chat."""

RATE_LIMIT_HEADERS = (
    "X-RateLimit-Limit-Requests",
    "X-RateLimit-Remaining-Requests",
    "X-RateLimit-Reset-Requests",
)
"""What is left of a visitor's limit, in the words of the OpenAI API."""

_MAX_LENGTH = 512


def visitor_id_of(header: str | None) -> str | None:
    """The id in a header; None if there is none, or it is too long to be one."""
    return header if header and len(header) <= _MAX_LENGTH else None


def bearer_of(authorization: str | None) -> str | None:
    """The token in an Authorization header; None if there is none."""
    scheme, _, token = (authorization or "").partition(" ")
    token = token.strip()
    return token if scheme.lower() == "bearer" and 0 < len(token) <= _MAX_LENGTH else None


def forwarded_entries(header: str | None) -> list[str]:
    """The entries of X-Forwarded-For, from left to right."""
    return [entry.strip() for entry in (header or "").split(",") if entry.strip()]


def rate_limit_headers(limit: int, remaining: int, reset_seconds: float) -> dict[str, str]:
    """What is left of a visitor's limit, for a reply's headers.

    Args:
        limit: How many messages may be sent in the limit's time.
        remaining: How many of them are left.
        reset_seconds: When all of them are again.
    """
    values = (str(limit), str(max(0, remaining)), _duration(reset_seconds))
    return dict(zip(RATE_LIMIT_HEADERS, values, strict=True))


def _duration(seconds: float) -> str:
    """A duration as OpenAI writes it, and Go: 1s, 6m0s, 26h0m0s."""
    minutes, rest = divmod(max(0, math.ceil(seconds)), 60)
    hours, minutes = divmod(minutes, 60)
    if hours:
        return f"{hours}h{minutes}m{rest}s"
    return f"{minutes}m{rest}s" if minutes else f"{rest}s"
