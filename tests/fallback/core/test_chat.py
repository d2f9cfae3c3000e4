"""What a visitor asks, as UTF-8 can carry it."""

from __future__ import annotations

import pytest

from fallback.core.chat import repaired


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("plain", "plain"),
        ("half \ud83d", "half \ufffd"),
        ("\ude00 half", "\ufffd half"),
        ("\ud83d\ude00 two halves", "😀 two halves"),
        ("\ufeff 你好 😀", "\ufeff 你好 😀"),
    ],
)
def test_half_a_surrogate_pair_is_replaced(text: str, expected: str) -> None:
    assert repaired(text) == expected
