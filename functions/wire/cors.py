"""Which pages of other origins may read replies."""

from __future__ import annotations

from collections.abc import Set

_EXPOSED = "Retry-After, X-Request-Id"
_PREFLIGHT_SECONDS = 7200  # The longest that Chromium keeps one.


def cors_headers(origin: str | None, allowed: Set[str]) -> dict[str, str]:
    """Headers for a reply; caches keep replies to different origins apart."""
    headers = {"Vary": "Origin"}
    if origin is not None and origin in allowed:
        headers["Access-Control-Allow-Origin"] = origin
        headers["Access-Control-Expose-Headers"] = _EXPOSED
    return headers


def preflight_headers(methods: str) -> dict[str, str]:
    """Headers for the reply to an OPTIONS request, beside those of every reply."""
    return {
        "Allow": methods,
        "Access-Control-Allow-Methods": methods,
        "Access-Control-Allow-Headers": "Authorization, Content-Type",
        "Access-Control-Max-Age": str(_PREFLIGHT_SECONDS),
    }
