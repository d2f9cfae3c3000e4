"""The headers that say who sends a request."""

from __future__ import annotations

VISITOR_HEADER = "X-Nexus-Visitor"
"""Carries a visitor's signed id: in the reply to a visitor without one, then in each request.

It is not a cookie, because the page and the functions may have different origins; and no other
site's page can send it.
"""

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
