"""Errors say when to come back, and tell programs not to sleep for hours."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import jsonschema_rs
import pytest

from fallback.core.refusal import Refusal, RefusalReason
from nexus.fairness.core.allowance import Limit, Limited
from nexus.fairness.identity import CodeFault
from nexus.status.core.cause import Cause
from nexus.waiting_room.core.ticket import Waits
from nexus.wire.error import (
    ApiError,
    client_closed_request,
    internal_error,
    invalid_access_code,
    malformed_head,
    method_not_allowed,
    model_not_found,
    models_exhausted,
    models_unavailable,
    not_found,
    refusal_error,
    too_large,
    unavailable,
    visitor_rate_limited,
)
from tools.testkit.serving import REPOSITORY

OPENAPI: dict[str, Any] = json.loads((REPOSITORY / "docs" / "openapi.json").read_text())
NOW = datetime(2026, 11, 26, 12, tzinfo=UTC)


def after(seconds: float) -> datetime:
    return NOW + timedelta(seconds=seconds)


@pytest.mark.parametrize(
    ("error", "retries"),
    [
        (models_exhausted(after(60)), True),
        (models_exhausted(after(60.1)), False),
        (models_exhausted(after(40_455)), False),
        (models_exhausted(after(5), expected_at=after(61)), True),
        (models_exhausted(after(5), expected_at=after(30)), True),
        (models_unavailable(Cause.UNREACHABLE, after(8)), True),
        (refusal_error(Refusal(reason=RefusalReason.SERVICE_MISCONFIGURED)), False),
        (refusal_error(Refusal(reason=RefusalReason.DEADLINE_EXCEEDED)), True),
        (internal_error(), True),
    ],
)
def test_a_program_is_told_not_to_retry_where_it_would_wait_too_long(
    error: ApiError, retries: bool
) -> None:
    assert (error.headers(NOW).get("X-Should-Retry") != "false") == retries


@pytest.mark.parametrize(
    ("expected_at", "shown"),
    [
        (None, None),
        (after(5), None),
        (after(1), None),
        (after(3600), "2026-11-26T13:00:00Z"),
    ],
)
def test_the_provider_s_instant_is_shown_where_it_is_later(
    expected_at: datetime | None, shown: str | None
) -> None:
    body = models_exhausted(after(5), expected_at).body(NOW, "r1")["error"]

    assert body.get("expected_at") == shown
    assert (body["retry_at"], body["retry_after_seconds"]) == ("2026-11-26T12:00:05Z", 5)


def test_no_model_but_no_quota_has_a_code_of_its_own() -> None:
    error = models_unavailable(Cause.UNREACHABLE, after(8))

    assert (error.status, error.code) == (503, "models_unavailable")
    assert error.message.startswith("No model can be reached. ")
    assert error.body(NOW, "r1")["error"]["reason"] == "unreachable"


def test_a_conversation_that_is_too_long_is_the_caller_s_mistake() -> None:
    error = refusal_error(Refusal(reason=RefusalReason.CONTEXT_LENGTH_EXCEEDED))

    body = error.body(NOW, "r1")["error"]
    assert (error.status, body["type"]) == (400, "invalid_request_error")
    assert (body["code"], body["param"]) == ("context_length_exceeded", "messages")


def test_who_is_lost_is_told_the_way() -> None:
    assert "/chat/completions" in not_found().message
    assert "/models" in not_found().message
    assert "nexus" in model_not_found("nexus").message


def described_chat_errors(status: int) -> jsonschema_rs.Validator:
    chat = OPENAPI["paths"]["/api/chat/v1/chat/completions"]["post"]
    name = chat["responses"][str(status)]["$ref"].rsplit("/", 1)[1]
    content = OPENAPI["components"]["responses"][name]["content"]["application/json"]
    return jsonschema_rs.validator_for(
        {**content["schema"], "components": OPENAPI["components"]}, validate_formats=True
    )


@pytest.mark.parametrize(
    "error",
    [
        *(refusal_error(Refusal(reason=reason)) for reason in RefusalReason),
        *(
            models_unavailable(cause, after(8), after(90))
            for cause in Cause
            if cause not in {Cause.LIMIT, Cause.DAY_LIMIT, Cause.SETUP, Cause.UNKNOWN}
        ),
        *(invalid_access_code(fault) for fault in CodeFault),
        *(visitor_rate_limited(Limited(limit, after(8))) for limit in Limit),
        *(malformed_head(status) for status in (400, 414, 417, 431)),
        replace(models_exhausted(after(5)), place=Waits("1.ticket", 7, 3, after(5)), reason="line"),
        not_found(),
        model_not_found("nexus"),
        method_not_allowed("GET, HEAD"),
        too_large(10),
        unavailable(after(1)),
        client_closed_request(),
        internal_error(),
    ],
    ids=lambda error: f"{error.status} {error.code} {error.reason or error.message[:40]}",
)
def test_every_error_is_as_the_openapi_description_says(error: ApiError) -> None:
    described_chat_errors(error.status).validate(error.body(NOW, "r1"))
