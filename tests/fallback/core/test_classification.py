"""Every error that Gemini has been seen to send, and what it means."""

import json
import re
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fallback.core.classification import classify
from fallback.core.failure import Failure, FailureKind, Scope

NOW = datetime(2026, 11, 22, 12, 0, 0, tzinfo=UTC)
REPLIES = Path(__file__).parents[3] / "tools" / "emulator" / "replies"
K = FailureKind

DAY = "GenerateRequestsPerDayPerProjectPerModel-FreeTier"
MINUTE = "GenerateRequestsPerMinutePerProjectPerModel-FreeTier"
TOKENS = "GenerateContentInputTokensPerModelPerMinute-FreeTier"
# Reply file: kind, delay named by the provider (seconds), reason for the log.
EXPECTED: dict[str, tuple[FailureKind, float | None, str | None]] = {
    "bare": (K.UNNAMED_QUOTA, None, "RESOURCE_EXHAUSTED"),
    "cancelled": (K.OVERLOADED, None, "CANCELLED"),
    "code-assist-day": (K.QUOTA_EXHAUSTED, None, "RATE_LIMIT_EXCEEDED"),
    "context-too-long": (K.CONTEXT_TOO_LONG, None, "INVALID_ARGUMENT"),
    "credits-depleted": (K.OUT_OF_CREDIT, None, "RESOURCE_EXHAUSTED"),
    "deadline-exceeded": (K.TIMED_OUT, None, "DEADLINE_EXCEEDED"),
    "denied": (K.UNAUTHORIZED, None, "PERMISSION_DENIED"),
    "empty-500": (K.SERVER_ERROR, None, None),
    "free-tier-region": (K.UNSUPPORTED_REGION, None, "FAILED_PRECONDITION"),
    "help-only": (K.UNNAMED_QUOTA, None, "RESOURCE_EXHAUSTED"),
    "high-demand": (K.OVERLOADED, None, "UNAVAILABLE"),
    "forbidden": (K.FORBIDDEN, None, "PERMISSION_DENIED"),
    "gateway-404": (K.UNKNOWN, None, None),
    "html-404": (K.UNKNOWN, None, None),
    "html-502": (K.SERVER_ERROR, None, None),
    "internal-error": (K.SERVER_ERROR, None, "INTERNAL"),
    "internal-error-short": (K.SERVER_ERROR, None, "INTERNAL"),
    "invalid-argument": (K.UNSUPPORTED_FIELD, None, "INVALID_ARGUMENT"),
    "invalid-json": (K.INVALID_REQUEST, None, "INVALID_ARGUMENT"),
    "invalid-request": (K.INVALID_REQUEST, None, "INVALID_ARGUMENT"),
    "key-invalid": (K.UNAUTHORIZED, None, "API_KEY_INVALID"),
    "key-missing": (K.UNAUTHORIZED, None, "PERMISSION_DENIED"),
    "leaked": (K.UNAUTHORIZED, None, "PERMISSION_DENIED"),
    "limit-zero": (K.NOT_FOUND, 41.0, DAY),
    "model-capacity": (K.OVERLOADED, None, "MODEL_CAPACITY_EXHAUSTED"),
    "nested-error": (
        K.QUOTA_EXHAUSTED,
        22.0,
        "GenerateRequestsPerDayPerProjectPerModel-FreeTier",
    ),
    "not-found": (K.NOT_FOUND, None, "NOT_FOUND"),
    "not-found-version": (K.NOT_FOUND, None, "NOT_FOUND"),
    "vertex-not-found": (K.NOT_FOUND, None, "NOT_FOUND"),
    "overloaded": (K.OVERLOADED, None, "UNAVAILABLE"),
    "overloaded-retry-after": (K.OVERLOADED, 20.0, "UNAVAILABLE"),
    "overloaded-retry-info": (K.OVERLOADED, 12.0, "UNAVAILABLE"),
    "payment-required": (K.OUT_OF_CREDIT, None, "RESOURCE_EXHAUSTED"),
    "per-day": (K.QUOTA_EXHAUSTED, 48.0, DAY),
    "per-day-and-minute": (K.QUOTA_EXHAUSTED, 22.0, DAY),
    "per-minute": (K.RATE_LIMITED, 37.0, MINUTE),
    "region": (K.UNSUPPORTED_REGION, None, "FAILED_PRECONDITION"),
    "retired": (K.NOT_FOUND, None, "NOT_FOUND"),
    "retired-new-users": (K.NOT_FOUND, None, "NOT_FOUND"),
    "retry-after-header": (K.UNNAMED_QUOTA, 17.0, "RESOURCE_EXHAUSTED"),
    "retry-info-only": (K.UNNAMED_QUOTA, 39.0, "RESOURCE_EXHAUSTED"),
    "service-disabled": (K.UNAUTHORIZED, None, "SERVICE_DISABLED"),
    "spend-rate": (K.SPEND_RATE_LIMITED, None, "RESOURCE_EXHAUSTED"),
    "spending-cap": (K.OUT_OF_CREDIT, None, "RESOURCE_EXHAUSTED"),
    "suspended": (K.UNAUTHORIZED, None, "CONSUMER_SUSPENDED"),
    "tokens-per-minute": (K.INPUT_QUOTA, 26.0, TOKENS),
    "unauthenticated": (K.UNAUTHORIZED, None, "ACCESS_TOKEN_TYPE_UNSUPPORTED"),
    "vertex": (K.UNNAMED_QUOTA, None, "RESOURCE_EXHAUSTED"),
    "vertex-array": (K.UNNAMED_QUOTA, None, "RESOURCE_EXHAUSTED"),
}


def reply(name: str) -> dict[str, Any]:
    content: dict[str, Any] = json.loads((REPLIES / f"{name}.json").read_text())
    return content


def fail(status: int | None, body: object, **headers: str) -> Failure:
    return classify(status, body, {k.replace("_", "-"): v for k, v in headers.items()}, NOW)


def error(code: int = 429, message: str = "", details: object = None) -> dict[str, Any]:
    return {"error": {"code": code, "message": message, "details": details}}


def violation(quota_id: object, **fields: object) -> dict[str, Any]:
    return {
        "@type": "type.googleapis.com/google.rpc.QuotaFailure",
        "violations": [{"quotaId": quota_id, **fields}],
    }


def retry_info(delay: object) -> dict[str, Any]:
    return {"@type": "type.googleapis.com/google.rpc.RetryInfo", "retryDelay": delay}


@pytest.mark.parametrize("name", sorted(EXPECTED))
def test_each_known_error_has_its_meaning(name: str) -> None:
    content = reply(name)

    failure = classify(
        content["status"], content.get("body", content.get("text")), content["headers"], NOW
    )

    kind, delay, reason = EXPECTED[name]
    assert (failure.kind, failure.retry_delay_seconds, failure.reason) == (kind, delay, reason)
    assert failure.status == content["status"]


def test_every_error_reply_of_the_emulator_is_in_the_table() -> None:
    errors = {p.stem for p in REPLIES.glob("*.json") if reply(p.stem)["status"] != 200}

    assert errors == set(EXPECTED)


@pytest.mark.parametrize("name", ["retired", "retired-new-users"])
def test_a_retired_model_names_its_successor(name: str) -> None:
    assert fail(404, reply(name)["body"]).successor == "gemini-4.0-flash"


@pytest.mark.parametrize(
    ("message", "is_zero"),
    [
        ("limit: 0, model: gemini-2.0-flash", True),
        ("limit: 0\nPlease retry in 10s.", True),
        ("limit:0", True),
        ("limit: 0.", True),
        ("limit: 0.5, model: x", False),
        ("limit: 05", False),
        ("limit: 10", False),
        ("limit: 50", False),
    ],
)
def test_limit_zero_is_zero_and_nothing_that_begins_with_it(message: str, is_zero: bool) -> None:
    kind = fail(429, error(message=message)).kind

    assert kind is (K.NOT_FOUND if is_zero else K.UNNAMED_QUOTA)


def test_a_quota_value_of_zero_is_a_model_that_was_never_granted() -> None:
    details = [violation("GenerateRequestsPerMinutePerProjectPerModel", quotaValue="0")]

    assert fail(429, error(details=details)).kind is K.NOT_FOUND


@pytest.mark.parametrize(
    ("quota_ids", "kind"),
    [
        (["GenerateRequestsPerMinutePerProjectPerModel-FreeTier"], K.RATE_LIMITED),
        (["XPerMinuteY", "InputTokensPerModelPerMinute"], K.RATE_LIMITED),
        (["XPerMinuteY", "XPerDayY"], K.QUOTA_EXHAUSTED),
        (["XPerDayY", "XPerMinuteY"], K.QUOTA_EXHAUSTED),
        (["XPerMinuteY", "XPerHourY"], K.UNNAMED_QUOTA),
        (["Something"], K.UNNAMED_QUOTA),
        ([], K.UNNAMED_QUOTA),
        ([7, None, {}], K.UNNAMED_QUOTA),
    ],
)
def test_the_names_of_the_quotas_decide(quota_ids: list[object], kind: FailureKind) -> None:
    details = [retry_info("8s"), *(violation(quota_id) for quota_id in quota_ids)]

    assert fail(429, error(details=details)).kind is kind


@pytest.mark.parametrize(
    ("delay", "seconds"),
    [
        ("45.837906927s", 45.837906927),
        ("0s", 0.0),
        ("830ms", 0.83),
        ("1h2m3s", 3723.0),
        ("2m", 120.0),
        ("1h", 3600.0),
        ("", None),
        ("s", None),
        ("-3s", None),
        ("soon", None),
        ("9" * 400 + "s", None),
        (12, None),
        (None, None),
    ],
)
def test_a_delay_is_read_or_left_alone(delay: object, seconds: float | None) -> None:
    failure = fail(429, error(details=[retry_info(delay)]))

    assert failure.retry_delay_seconds == (pytest.approx(seconds) if seconds else seconds)


@pytest.mark.parametrize(
    ("header", "seconds"),
    [
        ("17", 17.0),
        (" 5 ", 5.0),
        ("0", 0.0),
        ("Sun, 22 Nov 2026 12:00:30 GMT", 30.0),
        ("Sun, 22 Nov 2026 12:00:30 -0000", 30.0),
        ("Sun, 22 Nov 2026 11:59:00 GMT", 0.0),
        ("99999999999999999999", None),
        ("tomorrow", None),
        ("Sun, 99 Nov 2026 12:00:30 GMT", None),
        ("-1", None),
        ("", None),
    ],
)
def test_retry_after_is_seconds_or_a_date(header: str, seconds: float | None) -> None:
    assert fail(503, error(503), Retry_After=header).retry_delay_seconds == seconds


def test_retry_info_comes_before_the_header_and_the_header_before_the_message() -> None:
    message = "Please retry in 3.5s."

    assert fail(429, error(message=message)).retry_delay_seconds == 3.5
    assert fail(429, error(message=message), retry_after="9").retry_delay_seconds == 9.0
    told = error(message=message, details=[retry_info("4s")])
    assert fail(429, told, retry_after="9").retry_delay_seconds == 4.0


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        ({"error": {"code": 503}}, K.OVERLOADED),
        ({"error": {"status": "RESOURCE_EXHAUSTED"}}, K.UNNAMED_QUOTA),
        ({"error": {"status": "NOT_FOUND"}}, K.UNKNOWN),
        ({"error": {"code": 404, "status": "NOT_FOUND"}}, K.NOT_FOUND),
        ({"error": {"code": True}}, K.UNKNOWN),
        ({"error": {"code": "503"}}, K.UNKNOWN),
        ({"error": {}}, K.UNKNOWN),
        ({"code": 500, "message": "bare object"}, K.SERVER_ERROR),
        ({"error": "API key not valid"}, K.UNKNOWN),
    ],
)
def test_inside_a_stream_the_body_carries_the_status(body: object, kind: FailureKind) -> None:
    assert fail(200, body).kind is kind
    assert fail(None, body).kind is kind


@pytest.mark.parametrize(
    ("status", "kind"),
    [
        (400, K.INVALID_REQUEST),
        (401, K.UNKNOWN),
        (402, K.UNKNOWN),
        (403, K.UNKNOWN),
        (404, K.UNKNOWN),
        (408, K.TIMED_OUT),
        (410, K.UNKNOWN),
        (413, K.CONTEXT_TOO_LONG),
        (418, K.UNKNOWN),
        (422, K.INVALID_REQUEST),
        (429, K.UNNAMED_QUOTA),
        (500, K.SERVER_ERROR),
        (502, K.SERVER_ERROR),
        (503, K.OVERLOADED),
        (504, K.TIMED_OUT),
        (529, K.OVERLOADED),
        (599, K.SERVER_ERROR),
        (302, K.UNKNOWN),
        (204, K.UNKNOWN),
        (None, K.UNKNOWN),
    ],
)
@pytest.mark.parametrize("body", [None, "", "<html>no</html>", b"\xff\xfe", "[" * 100_000])
def test_a_status_alone_is_enough(status: int | None, kind: FailureKind, body: object) -> None:
    assert fail(status, body).kind is kind


@pytest.mark.parametrize(
    ("status", "kind"),
    [(401, K.UNAUTHORIZED), (402, K.OUT_OF_CREDIT), (403, K.FORBIDDEN), (404, K.NOT_FOUND)],
)
def test_what_counts_for_long_must_come_from_google(status: int, kind: FailureKind) -> None:
    assert fail(status, google(status)).kind is kind
    for other in (
        "<html>Forbidden</html>",
        {"detail": "Not Found"},
        {"error": "unauthorized"},
        {"error": {"message": "no"}},
        {"error": {"code": "not_found", "message": "no such model"}},
        {"error": {"code": status, "status": "Not Found"}},
        {"code": status, "message": "no Route matched with those values"},
    ):
        assert fail(status, other).kind is K.UNKNOWN, other


def test_text_and_bytes_are_read_as_json() -> None:
    body = json.dumps(reply("per-day")["body"])

    assert fail(429, body).kind is K.QUOTA_EXHAUSTED
    assert fail(429, body.encode()).kind is K.QUOTA_EXHAUSTED
    assert fail(429, bytearray(body.encode())).kind is K.QUOTA_EXHAUSTED


def test_an_error_as_plain_text_is_read() -> None:
    assert fail(429, {"error": "limit: 0, model: gemini-2.0-flash"}).kind is K.NOT_FOUND


def test_what_goes_into_the_log_is_a_plain_word() -> None:
    body = error(400, "x", [{"@type": "google.rpc.ErrorInfo", "reason": "key AIzaSyA is bad"}])

    assert fail(400, body).reason is None


def test_each_kind_has_one_scope() -> None:
    service = {K.UNAUTHORIZED, K.UNSUPPORTED_REGION, K.OUT_OF_CREDIT, K.SPEND_RATE_LIMITED}
    request = {K.CONTEXT_TOO_LONG, K.INVALID_REQUEST}

    for kind in FailureKind:
        expected = Scope.SERVICE if kind in service else Scope.MODEL
        expected = Scope.REQUEST if kind in request else expected
        assert Failure(kind=kind).scope is expected


def test_no_second_attempt_before_an_instant_that_the_provider_named() -> None:
    assert Failure(kind=K.OVERLOADED).retryable
    assert not Failure(kind=K.OVERLOADED, retry_delay_seconds=2.0).retryable
    assert not Failure(kind=K.RATE_LIMITED).retryable
    assert not Failure(kind=K.TIMED_OUT).retryable


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=20,
)
# Random JSON seldom looks like an error; this does, with any value at any place.
GOOGLE_LIKE = st.fixed_dictionaries(
    {
        "error": JSON
        | st.fixed_dictionaries(
            {},
            optional={
                "code": JSON,
                "status": JSON | st.sampled_from(["RESOURCE_EXHAUSTED", "NOT_FOUND"]),
                "message": JSON | st.sampled_from(["limit: 0", "Please retry in 1e9s"]),
                "details": JSON
                | st.lists(
                    JSON
                    | st.fixed_dictionaries(
                        {
                            "@type": JSON
                            | st.sampled_from(
                                [
                                    "type.googleapis.com/google.rpc.RetryInfo",
                                    "type.googleapis.com/google.rpc.QuotaFailure",
                                    "type.googleapis.com/google.rpc.ErrorInfo",
                                ]
                            )
                        },
                        optional={
                            "retryDelay": JSON | st.from_regex(r"\A\d{1,30}(\.\d+)?m?s\Z"),
                            "violations": JSON,
                            "reason": JSON,
                            "metadata": JSON,
                        },
                    )
                ),
            },
        )
    }
)


@given(
    status=st.none() | st.integers(-1, 700),
    body=JSON | GOOGLE_LIKE | st.lists(GOOGLE_LIKE) | st.binary(),
    headers=st.dictionaries(st.sampled_from(["Retry-After", "retry-after", "X"]), st.text()),
)
def test_any_reply_gives_a_failure_and_never_an_exception(
    status: int | None, body: object, headers: dict[str, str]
) -> None:
    failure = classify(status, body, headers, NOW)

    assert isinstance(failure, Failure)
    delay = failure.retry_delay_seconds
    assert delay is None or 0 <= delay < float("inf")
    assert failure.reason is None or re.fullmatch(r"[A-Za-z0-9_-]{2,80}", failure.reason)


NAMES = {400: "INVALID_ARGUMENT", 401: "UNAUTHENTICATED", 402: "RESOURCE_EXHAUSTED"}
NAMES |= {403: "PERMISSION_DENIED", 404: "NOT_FOUND", 429: "RESOURCE_EXHAUSTED"}


def google(status: int, message: str = "", reason: str | None = None) -> dict[str, Any]:
    """An error in Google's form."""
    info = {"@type": "type.googleapis.com/google.rpc.ErrorInfo", "reason": reason}
    details = [info] if reason else []
    body = {"code": status, "status": NAMES[status], "message": message, "details": details}
    return {"error": body}


@pytest.mark.parametrize(
    ("status", "message", "kind"),
    [
        (400, "API key not valid. Please pass a valid API key.", K.UNAUTHORIZED),
        (400, "API key expired. Please renew the API key.", K.UNAUTHORIZED),
        (403, "Your API key was reported as leaked. Please use another.", K.UNAUTHORIZED),
        (403, "Your project has been denied access. Please contact support.", K.UNAUTHORIZED),
        (403, "Permission denied: Consumer 'api_key:x' has been suspended.", K.UNAUTHORIZED),
        (403, "The caller does not have permission", K.FORBIDDEN),
        (400, "User location is not supported for the API use.", K.UNSUPPORTED_REGION),
        (402, "Anything", K.OUT_OF_CREDIT),
        (429, "Your prepayment credits are depleted. Please go to AI Studio.", K.OUT_OF_CREDIT),
        (429, "Your project has exceeded its monthly spending cap.", K.OUT_OF_CREDIT),
        (429, "Your billing account has exceeded its monthly spending cap.", K.OUT_OF_CREDIT),
        (429, "Spend limit reached for this billing account.", K.OUT_OF_CREDIT),
        (429, "Your project has exceeded its spend-based rate limit.", K.SPEND_RATE_LIMITED),
        (429, "Spending rate limit exceeded: $10 per 10 minutes.", K.SPEND_RATE_LIMITED),
        (429, "Resource has been exhausted (e.g. check quota).", K.UNNAMED_QUOTA),
        (429, "You exceeded your current quota, please check your plan.", K.UNNAMED_QUOTA),
        # What a 400 quotes of a visitor opens nothing.
        (400, "Invalid value: 'API key not valid'", K.INVALID_REQUEST),
        (400, "Bad text: 'User location is not supported'", K.INVALID_REQUEST),
        (400, "Bad text: 'Your prepayment credits are depleted'", K.INVALID_REQUEST),
        # What Nexus adds is not the visitor's fault.
        (400, "Developer instruction is not enabled for models/gemma-3", K.UNSUPPORTED_FIELD),
        (400, "Thinking level is not supported for this model.", K.UNSUPPORTED_FIELD),
        (400, "X-Server-Timeout must be at least 10 seconds.", K.UNSUPPORTED_FIELD),
    ],
)
def test_one_fact_has_several_wordings(status: int, message: str, kind: FailureKind) -> None:
    assert fail(status, google(status, message)).kind is kind


@pytest.mark.parametrize(
    "reason", ["API_KEY_INVALID", "CONSUMER_SUSPENDED", "BILLING_DISABLED", "SERVICE_DISABLED"]
)
@pytest.mark.parametrize("status", [400, 403])
def test_a_reason_about_key_consumer_or_billing_is_enough(status: int, reason: str) -> None:
    assert fail(status, google(status, reason=reason)).kind is K.UNAUTHORIZED


def test_google_s_own_page_is_told_from_a_proxy_s() -> None:
    page = "<html><title>Error 403 (Forbidden)!!1</title>…"

    failure = fail(403, page)

    assert (failure.kind, failure.reason) == (K.FORBIDDEN, "GOOGLE_PAGE")
    assert fail(403, "<title>403 Forbidden</title>nginx").kind is K.UNKNOWN


@pytest.mark.parametrize(
    "wrap",
    [json.dumps, lambda e: json.dumps([e]), lambda e: f"\n{json.dumps(e)}"],
    ids=["bare", "array", "blank-first"],
)
def test_an_error_in_another_s_message_is_read(wrap: Callable[[object], str]) -> None:
    inner = error(
        429, details=[violation("GenerateRequestsPerDayPerProjectPerModel"), retry_info("22s")]
    )
    body = {"error": {"message": wrap(inner), "code": 429, "status": "Too Many Requests"}}

    failure = fail(429, body)

    assert (failure.kind, failure.retry_delay_seconds) == (K.QUOTA_EXHAUSTED, 22.0)


def test_messages_within_messages_have_an_end() -> None:
    body: object = error(429)
    for _ in range(6):  # Escaping doubles with each.
        body = {"error": {"message": json.dumps(body), "code": 429, "status": "x"}}

    assert fail(429, body).kind is K.UNNAMED_QUOTA


def test_limits_and_delays_in_error_info_are_read() -> None:
    info = {"@type": "type.googleapis.com/google.rpc.ErrorInfo", "metadata": {}}
    zero = error(429, details=[info | {"metadata": {"quota_limit_value": "0"}}])
    soon = error(429, details=[info | {"metadata": {"quotaResetDelay": "20.37s"}}])

    assert fail(429, zero).kind is K.NOT_FOUND
    assert fail(429, soon).retry_delay_seconds == 20.37


@pytest.mark.parametrize(
    ("quota", "value", "limit", "is_per_day"),
    [
        ("GenerateContentInputTokensPerModelPerMinute-FreeTier", "125000", 125_000, False),
        ("GenerateContentInputTokensPerModelPerDay-FreeTier", "1000000", 1_000_000, True),
        ("GenerateContentPaidTierInputTokensPerModelPerMinute", "many", None, False),
        ("GenerateContentPaidTierInputTokensPerModelPerMinute", None, None, False),
    ],
)
def test_a_quota_of_input_tokens_carries_its_limit(
    quota: str, value: str | None, limit: int | None, is_per_day: bool
) -> None:
    failure = fail(429, error(details=[violation(quota, quotaValue=value), retry_info("41s")]))

    assert failure.kind is K.INPUT_QUOTA
    assert (failure.quota_value, failure.is_per_day) == (limit, is_per_day)
    assert failure.retry_delay_seconds == 41.0


def test_a_quota_of_requests_beside_it_is_the_plainer_reason() -> None:
    details = [violation("InputTokensPerModelPerMinute"), violation("GenerateRequestsPerDay")]

    assert fail(429, error(details=details)).kind is K.QUOTA_EXHAUSTED


@pytest.mark.parametrize(
    ("consumer", "named"),
    [
        ("projects/123456789012", "projects/123456789012"),
        ("projects/my-project", "projects/my-project"),
        ("api_key:AIzaSyMadeUp", None),
        ("projects/AIzaSyMadeUp", None),
        (7, None),
    ],
)
def test_the_project_that_was_refused_is_read(consumer: object, named: str | None) -> None:
    info = {
        "@type": "type.googleapis.com/google.rpc.ErrorInfo",
        "reason": "RATE_LIMIT_EXCEEDED",
        "metadata": {"consumer": consumer},
    }

    assert fail(429, error(429, details=[info])).consumer == named
