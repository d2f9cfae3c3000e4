"""Vertex AI and service tiers: where Gemini is asked, with which token, and what served."""

from __future__ import annotations

import contextlib
import json
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from google.oauth2.credentials import Credentials

from fallback.configuration import Configuration, TargetConfiguration
from fallback.core.failure import Failure, FailureKind
from fallback.core.hierarchy import Hierarchy, Model
from fallback.core.window_rules import WindowRules
from fallback.gemini.access_token import AccessToken, default_credentials
from fallback.gemini.deadline import Deadline
from fallback.gemini.endpoint import DeveloperApi, Endpoint
from fallback.gemini.rest import RestProvider
from fallback.gemini.sdk import SdkProvider, developer_client, vertex_client
from fallback.gemini.vertex import VertexAi
from fallback.ports import Provider
from fallback.settings import read_settings
from tests.fallback.gemini.wire import (
    END,
    HEAD,
    KEY,
    MODEL,
    Piece,
    Script,
    Send,
    Upstream,
    ask,
    data,
    event,
    known_models,
    limits,
    refusing,
    sending,
    text_of,
    upstream,
)
from tools.testkit.time_travel import FakeClock

HOUR = 3_600
LOCATION = "europe-west4"
PATH = f"/v1/projects/p-1/locations/{LOCATION}/publishers/google/models/{MODEL}"


def token(number: int, seconds: int = HOUR) -> Script:
    return refusing(200, {"access_token": f"token-{number}", "expires_in": seconds})


def in_turn(*scripts: Script) -> Script:
    rest = iter(scripts)

    def script(send: Send) -> None:
        next(rest)(send)

    return script


def token_from(server: Upstream) -> AccessToken:
    """A token that google-auth gets from a server, as it does from Google's."""

    def load() -> Credentials:
        return Credentials(  # type: ignore[no-untyped-call]  # google-auth's own
            None,
            refresh_token="made-up",
            token_uri=server.url,
            client_id="made-up",
            client_secret="made-up",
        )

    return AccessToken(load)


def deadline(seconds: float = 30) -> Deadline:
    return Deadline(time.monotonic() + seconds)


def value_of(token: AccessToken) -> str | Failure:
    headers = token.headers(deadline())
    return headers if isinstance(headers, Failure) else headers["authorization"]


def ask_at(endpoint: Endpoint) -> list[Piece]:
    provider = RestProvider(endpoint, FakeClock(), known_models())
    try:
        return ask(provider, limits())
    finally:
        provider.close()


def vertex(gemini: Upstream, tokens: Upstream, tier: str | None = None) -> VertexAi:
    return VertexAi(
        base_url=gemini.url,
        project="p-1",
        location=LOCATION,
        token=token_from(tokens),
        service_tier=tier,
    )


@pytest.mark.parametrize(
    ("location", "url"),
    [
        ("global", "https://aiplatform.googleapis.com"),
        ("europe-west4", "https://europe-west4-aiplatform.googleapis.com"),
        ("eu", "https://aiplatform.eu.rep.googleapis.com"),
    ],
)
def test_a_location_has_the_host_that_the_sdk_knows(location: str, url: str) -> None:
    target = TargetConfiguration(vertex_location=location)
    configuration = Configuration(
        instruction="",
        hierarchies={"default": Hierarchy("default", (Model(MODEL, "Primary"),))},
        windows=WindowRules(),
        targets=(target,),
    )
    environ = {"GOOGLE_CLOUD_PROJECT": "p-1"}

    settings = read_settings(environ, configuration, Path("nexus.db"))
    moved = read_settings(
        environ | {"GOOGLE_VERTEX_BASE_URL": "http://127.0.0.1:1/"}, configuration, Path("nexus.db")
    )

    assert settings.url_of(target) == url
    assert moved.url_of(target) == "http://127.0.0.1:1"


def test_vertex_ai_is_asked_with_a_token_by_the_rest_path() -> None:
    answer = sending(event("Hello"), END)
    with upstream(answer) as gemini, upstream(token(1)) as tokens:
        pieces = ask_at(vertex(gemini, tokens))

        assert text_of(pieces) == "Hello"
        assert gemini.targets == [f"{PATH}:streamGenerateContent?alt=sse".encode()]
        assert gemini.header("Authorization") == "Bearer token-1"
        assert gemini.header("x-goog-api-key") is None
        assert len(tokens.requests) == 1


REFUSED = refusing(401, {"error": {"code": 401, "status": "UNAUTHENTICATED"}})


def test_a_token_that_is_refused_before_its_end_is_replaced_once() -> None:
    answer = sending(event("Hello"), END)
    tokens_in_turn = in_turn(token(1), token(2))
    with upstream(in_turn(REFUSED, answer)) as gemini, upstream(tokens_in_turn) as tokens:
        assert text_of(ask_at(vertex(gemini, tokens, "priority"))) == "Hello"

        assert gemini.header("Authorization") == "Bearer token-2"
        assert len(gemini.requests) == len(tokens.requests) == 2


def test_an_account_whose_new_token_is_refused_too_is_not_asked_again() -> None:
    tokens_in_turn = in_turn(token(1), token(2))
    with upstream(in_turn(REFUSED, REFUSED)) as gemini, upstream(tokens_in_turn) as tokens:
        (failure,) = ask_at(vertex(gemini, tokens))

        assert isinstance(failure, Failure)
        assert failure.kind is FailureKind.UNAUTHORIZED
        assert len(gemini.requests) == len(tokens.requests) == 2


def test_a_refused_token_that_others_have_replaced_is_not_replaced_again() -> None:
    with upstream(in_turn(token(1), token(2))) as tokens:
        shared = token_from(tokens)
        first = shared.headers(deadline())
        assert not isinstance(first, Failure)
        shared.refuse(first)
        assert value_of(shared) == "Bearer token-2"

        shared.refuse(first)

        assert value_of(shared) == "Bearer token-2"
        assert len(tokens.requests) == 2


def test_one_token_serves_all_until_it_is_about_to_end() -> None:
    with upstream(token(1)) as tokens:
        kept = token_from(tokens)

        assert [value_of(kept) for _ in range(3)] == ["Bearer token-1"] * 3
        assert len(tokens.requests) == 1


def test_many_who_need_the_first_token_share_one_renewal() -> None:
    may_reply = threading.Event()

    def script(send: Send) -> None:
        may_reply.wait(30)
        token(1)(send)

    with upstream(script) as tokens:
        kept = token_from(tokens)
        values: list[str | Failure] = []
        threads = [threading.Thread(target=lambda: values.append(value_of(kept))) for _ in range(8)]
        for thread in threads:
            thread.start()
        may_reply.set()
        for thread in threads:
            thread.join()

        assert values == ["Bearer token-1"] * 8
        assert len(tokens.requests) == 1


def test_no_request_waits_for_a_renewal_while_the_old_token_holds() -> None:
    is_renewing, may_reply = threading.Event(), threading.Event()

    def second(send: Send) -> None:
        is_renewing.set()
        may_reply.wait(30)
        token(2)(send)

    # google-auth counts the last minutes of a token as stale.
    with upstream(in_turn(token(1, seconds=120), second)) as tokens:
        kept = token_from(tokens)

        assert value_of(kept) == "Bearer token-1"
        assert value_of(kept) == "Bearer token-1"
        assert is_renewing.wait(30)
        assert value_of(kept) == "Bearer token-1"
        may_reply.set()
        while value_of(kept) == "Bearer token-1":
            time.sleep(0.01)
        assert value_of(kept) == "Bearer token-2"


@pytest.mark.parametrize(
    ("script", "reason"),
    [
        (refusing(400, {"error": "invalid_grant"}), "RefreshError"),
        (lambda send: send(b"no HTTP"), "TransportError"),
    ],
)
def test_a_renewal_that_fails_is_a_failure_of_the_whole_target(script: Script, reason: str) -> None:
    with upstream(sending(END)) as gemini, upstream(script) as tokens:
        pieces = ask_at(vertex(gemini, tokens))

        assert pieces == [Failure(kind=FailureKind.UNAUTHORIZED, reason=reason)]
        assert gemini.requests == []


def test_a_token_is_asked_for_again_after_a_failure() -> None:
    with upstream(in_turn(refusing(400, {"error": "invalid_grant"}), token(1))) as tokens:
        kept = token_from(tokens)

        assert isinstance(value_of(kept), Failure)
        assert value_of(kept) == "Bearer token-1"


def test_a_token_server_that_is_silent_costs_no_more_than_the_attempts_time() -> None:
    may_end = threading.Event()

    def silent(_send: Send) -> None:
        may_end.wait(30)

    with upstream(silent) as tokens, upstream(sending(END)) as gemini:
        provider = RestProvider(vertex(gemini, tokens), FakeClock(), known_models())
        pieces = ask(provider, limits(first_text=0.2))
        may_end.set()

        assert pieces == [Failure(kind=FailureKind.TIMED_OUT)]


def test_a_machine_without_credentials_is_a_failure(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("GOOGLE_APPLICATION_CREDENTIALS", str(tmp_path / "missing.json"))

    failure = value_of(AccessToken())

    assert failure == Failure(kind=FailureKind.UNAUTHORIZED, reason="DefaultCredentialsError")


def test_application_default_credentials_are_found(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048).private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )
    with upstream(token(1)) as tokens:
        account = {
            "type": "service_account",
            "client_email": "nexus@example.com",
            "private_key": key.decode(),
            "token_uri": tokens.url,
        }
        file = tmp_path / "account.json"
        file.write_text(json.dumps(account))
        monkeypatch.setenv("GOOGLE_APPLICATION_CREDENTIALS", str(file))

        assert value_of(AccessToken(default_credentials)) == "Bearer token-1"


def test_a_location_that_does_not_serve_a_model_says_so_of_this_model_alone() -> None:
    body = {
        "code": 404,
        "status": "NOT_FOUND",
        "message": f"Publisher Model `{PATH}` was not found",
    }
    with upstream(refusing(404, {"error": body})) as gemini, upstream(token(1)) as tokens:
        pieces = ask_at(vertex(gemini, tokens))

    assert pieces == [Failure(kind=FailureKind.NOT_FOUND, status=404, reason="NOT_FOUND")]


@contextlib.contextmanager
def rest_with_key(url: str, tier: str | None) -> Iterator[Provider]:
    endpoint = DeveloperApi(base_url=url, api_key=KEY, service_tier=tier)
    provider = RestProvider(endpoint, FakeClock(), known_models())
    yield provider
    provider.close()


@contextlib.contextmanager
def sdk_with_key(url: str, tier: str | None) -> Iterator[Provider]:
    with developer_client(KEY, url) as client:
        yield SdkProvider(client, FakeClock(), known_models(), tier)


Make = Callable[[str, str | None], contextlib.AbstractContextManager[Provider]]
both = pytest.mark.parametrize("way", [rest_with_key, sdk_with_key])


@both
@pytest.mark.parametrize("tier", [None, "flex", "priority"])
def test_the_tier_is_asked_for_in_the_body(way: Make, tier: str | None) -> None:
    with upstream(sending(event("Hello"), END)) as gemini, way(gemini.url, tier) as provider:
        ask(provider, limits())

        (body,) = gemini.bodies
        assert isinstance(body, dict)
        assert body.get("serviceTier") == tier


@both
def test_the_tier_that_serves_is_on_the_account(way: Make) -> None:
    head = HEAD.replace(b"Connection", b"X-Gemini-Service-Tier: standard\r\nConnection")
    with (
        upstream(lambda send: send(head + event("Hello") + END)) as gemini,
        way(gemini.url, "priority") as provider,
    ):
        within = limits()
        ask(provider, within)

    assert within.account.tier == "standard"


def test_vertex_ai_is_asked_for_the_tier_in_a_header() -> None:
    with upstream(sending(event("Hello"), END)) as gemini, upstream(token(1)) as tokens:
        ask_at(vertex(gemini, tokens, "priority"))

        assert gemini.header("X-Vertex-AI-LLM-Shared-Request-Type") == "priority"
        assert "serviceTier" not in str(gemini.bodies)


def test_the_sdk_asks_vertex_ai_at_the_same_address_with_the_same_tier() -> None:
    with upstream(sending(event("Hello"), END)) as gemini:
        client = vertex_client("p-1", LOCATION, gemini.url, Credentials("a-token"))  # type: ignore[no-untyped-call]  # google-auth's own
        with client:
            pieces = ask(SdkProvider(client, FakeClock(), known_models(), "priority"), limits())

        assert text_of(pieces) == "Hello"
        assert gemini.targets == [f"{PATH}:streamGenerateContent?alt=sse".encode()]
        assert gemini.header("Authorization") == "Bearer a-token"
        assert gemini.header("X-Vertex-AI-LLM-Shared-Request-Type") == "priority"


@pytest.mark.parametrize(
    ("counts", "tier"),
    [
        ({"trafficType": "ON_DEMAND"}, "standard"),
        ({"trafficType": "ON_DEMAND_PRIORITY"}, "priority"),
        ({"trafficType": "PROVISIONED_THROUGHPUT"}, "provisioned_throughput"),
        ({"serviceTier": "SERVICE_TIER_FLEX"}, "flex"),
        ({"serviceTier": "unspecified"}, None),
        ({"serviceTier": 7, "trafficType": ["x"]}, None),
        ({"serviceTier": "a word that nobody may log: AIza"}, None),
    ],
)
def test_the_tier_can_stand_beside_the_token_counts(
    counts: dict[str, Any], tier: str | None
) -> None:
    told = data({"usageMetadata": counts})
    within = limits()
    with (
        upstream(sending(told, event("Hello"), END)) as gemini,
        rest_with_key(gemini.url, None) as provider,
    ):
        ask(provider, within)

    assert within.account.tier == tier
