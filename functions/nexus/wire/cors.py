"""Which pages of other origins may read replies."""

from __future__ import annotations

import re
from collections.abc import Set

from nexus.wire.visitor import RATE_LIMIT_HEADERS, VISITOR_HEADER

_HEADER_NAMES = re.compile(r"[A-Za-z0-9-]{1,64}(, ?[A-Za-z0-9-]{1,64}){0,63}")
_EXPOSED = ", ".join(
    ("Retry-After", "X-Should-Retry", "X-Request-Id", VISITOR_HEADER, *RATE_LIMIT_HEADERS)
)
_PREFLIGHT_SECONDS = 7200  # Chromium's maximum.


def cors_headers(origin: str | None, allowed: Set[str]) -> dict[str, str]:
    """Headers for a reply; caches keep replies to different origins apart."""
    headers = {"Vary": "Origin"}
    if origin is not None and origin in allowed:
        headers["Access-Control-Allow-Origin"] = origin
        headers["Access-Control-Expose-Headers"] = _EXPOSED
    return headers


def preflight_headers(methods: str, wanted: str | None) -> dict[str, str]:
    """Headers for the reply to an OPTIONS request, besides those of every reply.

    Args:
        methods: The methods that a page may use.
        wanted: The headers that it wants to send. All are allowed: the openai SDK has a dozen of
            its own, and none does harm.
    """
    if wanted is None or not _HEADER_NAMES.fullmatch(wanted):
        wanted = "Authorization, Content-Type"
    return {
        "Allow": methods,
        "Access-Control-Allow-Methods": methods,
        "Access-Control-Allow-Headers": wanted,
        "Access-Control-Max-Age": str(_PREFLIGHT_SECONDS),
    }
