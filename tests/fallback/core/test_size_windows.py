"""Who pays for a quota of input tokens, as a table."""

from datetime import UTC, datetime, timedelta

import pytest

from fallback.core.chat import Chat, Message, Role
from fallback.core.failure import Failure, FailureKind
from fallback.core.hierarchy import Hierarchy, Model
from fallback.core.permission import Standing, permission
from fallback.core.size import tokens_of
from fallback.core.size_windows import keeps_out_large_only, never_fits, size_window_after
from fallback.core.window_rules import WindowRules, next_quota_day
from fallback.core.windows import Window, size_key

NOW = datetime(2026, 11, 22, 12, 0, 0, tzinfo=UTC)
RULES = WindowRules()
K = FailureKind


def after(seconds: float) -> datetime:
    return NOW + timedelta(seconds=seconds)


def input_quota(value: int | None, *, delay: float | None = 41.0, day: bool = False) -> Failure:
    return Failure(kind=K.INPUT_QUOTA, quota_value=value, retry_delay_seconds=delay, is_per_day=day)


def test_a_request_is_as_large_as_a_quarter_of_its_bytes() -> None:
    turns = (Message(Role.USER, "häuser"), Message(Role.ASSISTANT, "\ud800"))

    assert tokens_of(Chat(messages=turns, instructions=("12345678",))) == (7 + 1 + 8) // 4


@pytest.mark.parametrize(
    ("failure", "tokens", "is_large", "fits_never"),
    [
        (input_quota(1000), 500, False, False),
        (input_quota(1000), 501, True, False),
        (input_quota(1000), 1000, True, False),
        (input_quota(1000), 1001, True, True),
        (input_quota(None), 8191, False, False),
        (input_quota(None), 8192, True, True),
        (Failure(kind=K.UNNAMED_QUOTA), 8191, False, False),
        (Failure(kind=K.UNNAMED_QUOTA), 8192, True, False),
        (Failure(kind=K.RATE_LIMITED), 10**6, False, False),
        (Failure(kind=K.CONTEXT_TOO_LONG), 5, False, True),
    ],
)
def test_who_pays_for_a_quota_of_input_tokens(
    failure: Failure, tokens: int, is_large: bool, fits_never: bool
) -> None:
    assert keeps_out_large_only(failure, tokens) is is_large
    assert never_fits(failure, tokens) is fits_never


def test_a_size_window_keeps_out_requests_of_at_least_half_the_size() -> None:
    window = size_window_after(input_quota(1000), NOW, RULES, 2000)

    assert window == Window(after(41), K.CONTEXT_TOO_LONG, min_tokens=1000)


def test_a_size_window_for_the_day_ends_with_it() -> None:
    window = size_window_after(input_quota(1000, day=True), NOW, RULES, 900)

    assert window is not None
    assert (window.until, window.reason) == (next_quota_day(NOW), K.INPUT_QUOTA)


def test_a_size_window_grows_in_both_directions_and_never_shrinks() -> None:
    standing = Window(after(60), K.INPUT_QUOTA, min_tokens=1000)

    def then(delay: float, tokens: int) -> Window | None:
        failure = input_quota(1000, delay=delay)
        return size_window_after(failure, NOW, RULES, tokens, standing=standing)

    assert then(30, 3000) is None
    assert then(90, 3000) == Window(after(90), K.INPUT_QUOTA, min_tokens=1000)
    assert then(30, 1200) == Window(after(60.001), K.CONTEXT_TOO_LONG, min_tokens=600)
    assert then(30, 900) == Window(after(60.001), K.INPUT_QUOTA, min_tokens=450)
    standing = Window(after(60), K.CONTEXT_TOO_LONG, min_tokens=1000)
    assert then(90, 3000) == Window(after(90), K.CONTEXT_TOO_LONG, min_tokens=1000)
    ended = Window(NOW, K.INPUT_QUOTA, min_tokens=10)
    again = size_window_after(input_quota(1000, delay=30), NOW, RULES, 1200, standing=ended)
    assert again == Window(after(30), K.CONTEXT_TOO_LONG, min_tokens=600)


@pytest.mark.parametrize(
    ("tokens", "standing", "reason"),
    [
        (999, Standing.FREE, None),
        (1000, Standing.TOO_LARGE, K.INPUT_QUOTA),
        (1998, Standing.TOO_LARGE, K.INPUT_QUOTA),
        (1999, Standing.TOO_LARGE, K.CONTEXT_TOO_LONG),
    ],
)
def test_only_a_request_as_large_as_the_one_that_never_fits_is_told_so(
    tokens: int, standing: Standing, reason: str | None
) -> None:
    window = size_window_after(input_quota(1000), NOW, RULES, 1999)
    assert window is not None

    candidate = Hierarchy("test", (Model("model-a", "A"),)).candidates[0]
    found = permission(candidate, {size_key("model-a"): window}, NOW, tokens)

    assert (found.standing, found.reason) == (standing, reason)
