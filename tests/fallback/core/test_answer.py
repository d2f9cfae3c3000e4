"""When a reply that ended without an error is an answer."""

import json
from pathlib import Path

import pytest

from fallback.core.answer import FinishReason, Usage, judge_ending
from fallback.core.failure import Failure, FailureKind, Scope

COMPLETE = {"STOP": FinishReason.STOP, "MAX_TOKENS": FinishReason.LENGTH}


@pytest.mark.parametrize(("reason", "expected"), COMPLETE.items())
def test_text_with_a_proper_end_is_an_answer(reason: str, expected: FinishReason) -> None:
    assert judge_ending(reason, None, has_text=True) is expected


@pytest.mark.parametrize("reason", ["STOP", "MAX_TOKENS", "CONTINUATION"])
def test_a_proper_end_without_text_is_empty(reason: str) -> None:
    verdict = judge_ending(reason, None, has_text=False)

    assert verdict == Failure(kind=FailureKind.EMPTY_ANSWER, reason=reason)


def test_an_empty_answer_that_the_callers_own_limit_has_cut_is_an_answer() -> None:
    for reason in ("MAX_TOKENS", "CONTINUATION"):
        verdict = judge_ending(reason, None, has_text=False, has_own_length=True)
        assert verdict is FinishReason.LENGTH
    assert judge_ending("STOP", None, has_text=False, has_own_stop=True) is FinishReason.STOP
    for flags in ({"has_own_stop": True}, {"has_own_length": False}):
        assert isinstance(judge_ending("MAX_TOKENS", None, has_text=False, **flags), Failure)
    assert isinstance(judge_ending("STOP", None, has_text=False, has_own_length=True), Failure)


@pytest.mark.parametrize("reason", ["FINISH_REASON_UNSPECIFIED", "finish_reason_unspecified", ""])
def test_the_zero_value_is_no_end(reason: str) -> None:
    verdict = judge_ending(reason, None, has_text=True)

    assert verdict == Failure(kind=FailureKind.INCOMPLETE_ANSWER)


def test_another_case_is_the_same_reason() -> None:
    assert judge_ending("stop", None, has_text=True) is FinishReason.STOP
    assert judge_ending("Max_Tokens", None, has_text=True) is FinishReason.LENGTH


def test_an_answer_that_would_go_on_is_not_whole() -> None:
    assert judge_ending("CONTINUATION", None, has_text=True) is FinishReason.LENGTH


@pytest.mark.parametrize("has_text", [True, False])
def test_no_finish_reason_is_no_end(has_text: bool) -> None:
    verdict = judge_ending(None, None, has_text=has_text)

    assert verdict == Failure(kind=FailureKind.INCOMPLETE_ANSWER)


@pytest.mark.parametrize("has_text", [True, False])
@pytest.mark.parametrize("reason", ["SAFETY", "RECITATION", "BLOCKLIST", "SPII", "MODEL_ARMOR"])
def test_a_refusal_by_policy_is_an_answer(reason: str, has_text: bool) -> None:
    assert judge_ending(reason, None, has_text=has_text) is FinishReason.CONTENT_FILTER


def test_a_blocked_prompt_is_an_answer() -> None:
    assert judge_ending(None, "SAFETY", has_text=False) is FinishReason.CONTENT_FILTER


def test_a_banned_account_is_the_whole_service() -> None:
    verdict = judge_ending("PUP_LIMITED_DISABLED", None, has_text=False)

    assert isinstance(verdict, Failure)
    assert verdict.scope is Scope.SERVICE


@pytest.mark.parametrize("reason", ["OTHER", "LANGUAGE", "MALFORMED_RESPONSE", "A_NEW_ONE", "<b>"])
@pytest.mark.parametrize("has_text", [True, False])
def test_any_other_end_cannot_be_vouched_for(reason: str, has_text: bool) -> None:
    verdict = judge_ending(reason, None, has_text=has_text)

    assert isinstance(verdict, Failure)
    assert verdict.kind is FailureKind.UNUSABLE_ANSWER
    assert verdict.reason is not None
    assert "<" not in verdict.reason


def test_every_finish_reason_of_the_sdk_has_a_verdict() -> None:
    source = Path(__file__).parents[3] / "tools" / "emulator" / "replies"
    reasons = {
        candidate.get("finishReason")
        for path in source.glob("*.json")
        for candidate in _candidates(json.loads(path.read_text()))
    }

    for reason in reasons:
        assert judge_ending(reason, None, has_text=True)


def _candidates(reply: dict[str, object]) -> list[dict[str, str]]:
    body = reply.get("body")
    found = body.get("candidates", []) if isinstance(body, dict) else []
    return list(found)


def test_tokens_of_two_calls_add_up() -> None:
    assert Usage(1, 20) + Usage(300, 4000) == Usage(301, 4020)
