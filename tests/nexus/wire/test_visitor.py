"""The headers of a visitor's limit, in OpenAI's form, and whether pages may read them."""

from __future__ import annotations

import pytest

from nexus.wire.cors import cors_headers
from nexus.wire.visitor import rate_limit_headers


@pytest.mark.parametrize(
    ("seconds", "written"),
    [
        (-1, "0s"),
        (0, "0s"),
        (0.2, "1s"),
        (59, "59s"),
        (59.5, "1m0s"),
        (360, "6m0s"),
        (3600, "1h0m0s"),
        (93_784, "26h3m4s"),
    ],
)
def test_a_reset_is_a_duration(seconds: float, written: str) -> None:
    assert rate_limit_headers(20, 19, seconds)["X-RateLimit-Reset-Requests"] == written


def test_nothing_is_left_of_a_limit_that_is_passed() -> None:
    assert rate_limit_headers(20, -3, 1)["X-RateLimit-Remaining-Requests"] == "0"


def test_pages_of_allowed_origins_may_read_the_headers() -> None:
    exposed = cors_headers("https://a.example", {"https://a.example"})[
        "Access-Control-Expose-Headers"
    ].split(", ")

    assert {*rate_limit_headers(1, 1, 1), "Retry-After", "X-Should-Retry"} <= {*exposed}
    assert {"X-Request-Id", "X-Nexus-Visitor"} <= {*exposed}
