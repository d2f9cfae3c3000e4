"""What one attempt costs, where the provider tells it and where it does not."""

from __future__ import annotations

import pytest

from fallback.core.account import Account
from fallback.core.answer import Usage
from fallback.core.failure import Failure, FailureKind

PROMPT_TOKENS = 100


def failure(kind: FailureKind) -> Failure:
    return Failure(kind=kind)


def test_what_is_told_last_counts_from_the_start() -> None:
    account = Account(PROMPT_TOKENS)

    account.tell(100, 5)
    account.tell(100, 12)

    assert account.told == Usage(100, 12)
    assert account.estimated() == Usage()


def test_what_comes_after_the_last_count_is_estimated() -> None:
    account = Account(PROMPT_TOKENS)
    account.read("counted")
    account.tell(100, 2)

    account.read("12345678")
    account.read("ümlaut12")

    assert account.estimated() == Usage(0, 4)


def test_where_nothing_was_told_everything_is_estimated() -> None:
    account = Account(PROMPT_TOKENS)
    account.read("x" * 40)

    assert account.estimated() == Usage(100, 10)


@pytest.mark.parametrize(
    "kind", [FailureKind.TIMED_OUT, FailureKind.INCOMPLETE_ANSWER, FailureKind.EMPTY_ANSWER]
)
def test_a_model_that_says_nothing_has_still_read_the_prompt(kind: FailureKind) -> None:
    assert Account(PROMPT_TOKENS).estimated(failure(kind)) == Usage(100, 0)


@pytest.mark.parametrize(
    "kind", [FailureKind.RATE_LIMITED, FailureKind.OVERLOADED, FailureKind.CONNECTION_FAILED]
)
def test_a_refusal_costs_nothing(kind: FailureKind) -> None:
    assert Account(PROMPT_TOKENS).estimated(failure(kind)) == Usage()


def test_an_answer_that_breaks_off_has_cost_what_came() -> None:
    account = Account(PROMPT_TOKENS)
    account.read("x" * 40)

    assert account.estimated(failure(FailureKind.OVERLOADED)) == Usage(100, 10)


def test_an_attempt_that_was_given_up_before_anything_came_may_have_cost_its_prompt() -> None:
    assert Account(PROMPT_TOKENS).estimated() == Usage(100, 0)
