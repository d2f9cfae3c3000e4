"""Every canned reply is well formed, and arrives through the SDK in both methods."""

import re
import warnings
from typing import Any

import pytest
from google.genai import errors

from tests.tools.emulator.sdk import MODEL, Sdk, finish_reason
from tools.emulator.replies import Reply, canned_replies, render
from tools.emulator.server import Emulator

REPLIES = canned_replies()
ERRORS = [name for name, reply in REPLIES.items() if reply.status != 200]
OTHERS = [name for name, reply in REPLIES.items() if reply.status == 200]
GATEWAYS = {"gateway-404", "nested-error"}  # Something in between has an error form of its own.
HELD = ["per-minute", "tokens-per-minute", "per-day", "per-day-and-minute", "limit-zero"]


@pytest.mark.parametrize("name", REPLIES)
def test_a_reply_says_what_it_is_and_holds_no_key(name: str) -> None:
    reply = REPLIES[name]

    assert re.fullmatch(r"[A-Z].*\(.+\)\.", reply.about)
    assert not re.search(r"AIza", str(reply))
    if reply.status != 200 and reply.text is None and name not in GATEWAYS:
        body = reply.body[0] if isinstance(reply.body, list) else reply.body
        assert body["error"]["code"] == reply.status
        assert re.fullmatch(r"[A-Z_]+", body["error"]["status"])


@pytest.mark.parametrize("name", ERRORS)
@pytest.mark.parametrize("streamed", [False, True])
def test_an_error_reply_becomes_an_api_error(
    name: str, streamed: bool, gemini: Emulator, sdk: Sdk
) -> None:
    gemini.behave(MODEL, name)

    with pytest.raises(errors.APIError) as caught:
        next(sdk.stream()) if streamed else sdk.ask()

    assert caught.value.code == REPLIES[name].status
    assert "{" + "model}" not in str(caught.value)
    assert gemini.count(MODEL) == 1


@pytest.mark.parametrize("name", OTHERS)
def test_a_200_that_is_no_answer_raises_nothing_and_ends_alike_in_both_methods(
    name: str, gemini: Emulator, sdk: Sdk
) -> None:
    gemini.behave(MODEL, name)

    with warnings.catch_warnings():
        warnings.simplefilter("ignore", UserWarning)  # The unknown finish reason.
        whole, chunks = sdk.ask(), list(sdk.stream())

    assert (whole.text is None) == (name != "max-tokens")
    assert len(chunks) == len(REPLIES[name].stream())
    if chunks:
        assert finish_reason(chunks[-1]) == finish_reason(whole)
        assert chunks[-1].prompt_feedback == whole.prompt_feedback
        assert chunks[-1].model_version == whole.model_version == MODEL


def test_per_minute_names_model_quota_and_delay(gemini: Emulator, sdk: Sdk) -> None:
    gemini.behave(MODEL, "per-minute", retry_delay="7.5s", limit=3)

    with pytest.raises(errors.ClientError) as caught:
        sdk.ask()

    assert (caught.value.code, caught.value.status) == (429, "RESOURCE_EXHAUSTED")
    message, details = _error(caught.value.details)
    assert message.endswith(f"limit: 3, model: {MODEL}\nPlease retry in 7.5s.")
    violation = details["QuotaFailure"]["violations"][0]
    assert "PerMinute" in violation["quotaId"]
    assert violation["quotaValue"] == "3"
    assert violation["quotaDimensions"]["model"] == MODEL
    assert details["RetryInfo"]["retryDelay"] == "7.5s"


@pytest.mark.parametrize("name", HELD)
def test_delay_and_limit_are_replaced_in_every_quota_reply(name: str) -> None:
    rendered = render(REPLIES[name], {}, retry_delay="9s", limit=77)

    message, details = _error(rendered.body)
    assert re.findall(r"limit: (\d+)", message) == ["77"] * message.count("limit: ")
    assert details["RetryInfo"]["retryDelay"] == "9s"
    assert "Please retry in 9s." in message


def test_a_day_quota_names_seconds_and_limit_zero_three_violations_without_values() -> None:
    _, day = _error(REPLIES["per-day"].body)
    _, zero = _error(REPLIES["limit-zero"].body)

    assert day["RetryInfo"]["retryDelay"] == "48s"
    assert len(zero["QuotaFailure"]["violations"]) == 3
    assert not any("quotaValue" in one for one in zero["QuotaFailure"]["violations"])


def test_a_retry_after_header_follows_the_delay_in_whole_seconds() -> None:
    rendered = render(REPLIES["retry-after-header"], {}, retry_delay="7.2s")

    assert rendered.headers == {"Retry-After": "8"}


def test_the_reply_for_a_suspended_key_echoes_the_key(gemini: Emulator, sdk: Sdk) -> None:
    gemini.behave(MODEL, "suspended")

    with pytest.raises(errors.ClientError, match="'api_key:k' has been suspended"):
        sdk.ask()


def test_a_reply_with_neither_body_nor_text_streams_nothing() -> None:
    assert Reply(about="", status=200, text="").stream() == ()


def _error(body: Any) -> tuple[str, dict[str, Any]]:
    """Return an error's message, and its details by the last part of their type."""
    error = body["error"]
    return error["message"], {one["@type"].rpartition(".")[2]: one for one in error["details"]}
