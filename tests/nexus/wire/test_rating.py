"""What a rating may say, and that nothing else is taken from it."""

from __future__ import annotations

import json

import pytest

from nexus.wire.error import ApiError
from nexus.wire.rating import Rating, Reason, Thumb, parse_rating

HINT = "v2.1795395194.c29tZXRoaW5n.BjYzN3bqMGN0cGlkZSBtZQ"


def rating(**fields: object) -> bytes:
    return json.dumps({"hint": HINT, **fields}).encode()


@pytest.mark.parametrize(
    ("body", "parsed"),
    [
        (rating(rating="up"), Rating(HINT, Thumb.UP)),
        (rating(rating="up", reason=None), Rating(HINT, Thumb.UP)),
        (rating(rating="down"), Rating(HINT, Thumb.DOWN)),
        (rating(rating="down", reason="wrong"), Rating(HINT, Thumb.DOWN, Reason.WRONG)),
        (rating(rating="down", text="My name is"), Rating(HINT, Thumb.DOWN)),
    ],
)
def test_a_rating_is_a_thumb_and_perhaps_a_reason(body: bytes, parsed: Rating) -> None:
    assert parse_rating(body) == parsed


@pytest.mark.parametrize(
    ("body", "code", "param"),
    [
        (b"", "invalid_json", None),
        (b'{"rating": NaN}', "invalid_json", None),
        (b"\xff", "invalid_json", None),
        (b"[]", "invalid_request", None),
        (b'{"rating": "up"}', "invalid_request", "hint"),
        (rating(rating="up", hint=7), "invalid_request", "hint"),
        (rating(), "invalid_request", "rating"),
        (rating(rating="UP"), "invalid_request", "rating"),
        (rating(rating=["up"]), "invalid_request", "rating"),
        (rating(rating="down", reason="It called me a liar"), "invalid_request", "reason"),
        (rating(rating="down", reason={}), "invalid_request", "reason"),
        (rating(rating="up", reason="wrong"), "invalid_request", "reason"),
    ],
)
def test_anything_else_is_refused_and_not_repeated(
    body: bytes, code: str, param: str | None
) -> None:
    error = parse_rating(body)

    assert isinstance(error, ApiError)
    assert (error.status, error.code, error.param) == (400, code, param)
    assert "liar" not in error.message
