"""The OpenAPI description is true, and what is made from it to do harm does none."""

from __future__ import annotations

import contextlib
import json
import time
from collections.abc import Iterator
from typing import Any

import jsonschema_rs
import pytest
import requests
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from schemathesis import GenerationMode
from schemathesis.specs.openapi import checks

from tools.emulator.server import Emulator
from tools.testkit.raw_http import connect, read_all
from tools.testkit.serving import API_KEY, REPOSITORY, ServedFunction, serve

OPENAPI: dict[str, Any] = json.loads((REPOSITORY / "docs" / "openapi.json").read_text())
SCHEMA = schemathesis.openapi.from_dict(OPENAPI)
CHAT = SCHEMA["/api/chat/v1/chat/completions"]["post"]
READS = [
    SCHEMA["/api/chat/v1/models"]["get"],
    SCHEMA["/api/chat/v1/models/nexus"]["get"],
    SCHEMA["/api/check-availability"]["get"],
]
MAX_SECONDS = 60.0  # Only what hangs takes as long.
SECRETS = (API_KEY, "You are Nexus Core", "Traceback", "/functions/", "nexus.toml", "quota")
"""What no reply may contain: the key, the service's instruction, what is inside."""

CHECKS = [
    checks.status_code_conformance,
    checks.content_type_conformance,
    checks.response_headers_conformance,
    checks.response_schema_conformance,
]
Served = dict[str, ServedFunction]


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    folder = tmp_path_factory.mktemp("openapi")
    with Emulator() as gemini, contextlib.ExitStack() as stack:
        environ = {
            "GEMINI_API_KEY": API_KEY,
            "GOOGLE_GEMINI_BASE_URL": gemini.url,
            "NEXUS_STATE": f"sqlite:{folder / 'nexus.db'}",
        }
        yield {
            target: stack.enter_context(serve(target, environ, folder / f"{target}.log"))
            for target in ("chat", "check_availability")
        }


@pytest.fixture(scope="module")
def session() -> Iterator[requests.Session]:
    with requests.Session() as session:
        yield session


def fuzzed(examples: int) -> settings:
    return settings(
        max_examples=examples,
        deadline=None,  # The replies are timed, not the making of requests.
        derandomize=True,
        database=None,
        phases=(Phase.generate,),  # To shrink what failed takes minutes, and says little more.
        suppress_health_check=list(HealthCheck),
    )


def sent(case: schemathesis.Case[Any], served: Served, session: requests.Session) -> Any:
    """The reply, after what every reply must keep to."""
    target = "check_availability" if "availability" in case.path else "chat"
    response = case.call(base_url=served[target].url, session=session)
    assert response.elapsed < MAX_SECONDS, case.as_curl_command()
    case.validate_response(response, checks=CHECKS)
    for secret in SECRETS:
        assert secret not in response.text
    return response


@given(case=CHAT.as_strategy(generation_mode=GenerationMode.NEGATIVE))
@fuzzed(100)
def test_requests_that_break_the_description_are_refused(
    served: Served, session: requests.Session, case: schemathesis.Case[Any]
) -> None:
    response = sent(case, served, session)

    assert 400 <= response.status_code < 500


@given(case=CHAT.as_strategy(generation_mode=GenerationMode.POSITIVE))
@fuzzed(50)
def test_requests_that_keep_to_it_are_answered(
    served: Served, session: requests.Session, case: schemathesis.Case[Any]
) -> None:
    response = sent(case, served, session)

    if response.status_code != 200:  # The order of roles is more than a schema can say.
        assert response.json()["error"]["param"].startswith("messages")


@pytest.mark.parametrize("operation", READS, ids=lambda operation: operation.label)
def test_what_is_only_read_is_as_described(
    served: Served, session: requests.Session, operation: Any
) -> None:
    assert sent(operation.Case(), served, session).status_code == 200


def test_each_event_of_a_stream_is_as_described(served: Served) -> None:
    chunk = jsonschema_rs.validator_for(
        {"$ref": "#/components/schemas/ChatCompletionChunk", "components": OPENAPI["components"]}
    )

    *events, last = served["chat"].stream(stream_options={"include_usage": True})

    assert last == "[DONE]"
    assert len(events) >= 3
    for event in events:
        chunk.validate(event)


tokens = st.text("ABCDEFGHIJKLMNOPQRSTUVWXYZ-", min_size=1, max_size=20)
lines = st.binary(max_size=60).map(lambda data: data.replace(b"\n", b"").replace(b"\r", b""))


@given(
    target=st.sampled_from(["chat", "check_availability"]),
    method=st.sampled_from(["GET", "POST", "PUT", "OPTIONS", "HEAD", "TRACE"]) | tokens,
    path=st.text(st.characters(min_codepoint=33, max_codepoint=126), max_size=60),
    headers=st.lists(st.tuples(tokens, lines), max_size=8),
    body=st.binary(max_size=200),
)
@fuzzed(100)
def test_nothing_that_is_sent_breaks_a_function(
    *, served: Served, target: str, method: str, path: str, headers: Any, body: bytes
) -> None:
    names = {"CONTENT-LENGTH", "TRANSFER-ENCODING", "EXPECT"}
    head = [f"{method} /{path} HTTP/1.1".encode(), b"Host: x", b"Connection: close"]
    head += [name.encode() + b": " + line for name, line in headers if name not in names]
    head += [b"Content-Type: application/json", b"Content-Length: %d" % len(body), b"", b""]
    started = time.monotonic()
    with connect(served[target]) as connection:
        connection.sendall(b"\r\n".join(head) + body)
        reply = read_all(connection)

    assert time.monotonic() - started < MAX_SECONDS
    status = int(reply.split()[1])
    assert status in (200, 204, 400, 404, 405, 415), reply
    for secret in SECRETS:
        assert secret.encode() not in reply


def test_the_log_has_one_json_line_an_event_and_no_secret(served: Served) -> None:
    for function in served.values():
        assert function.events() is not None  # Each line is JSON.
        assert API_KEY not in function.log.read_text()
        assert function.events("internal.error") == []
        assert function.events("library.message") == []
