"""Keys, projects and locations: each has its own quotas, faults, cache and costs."""

from typing import Any

import httpx2
import pytest

from tests.tools.emulator.sdk import MODEL
from tools.emulator.prefix_cache import CHARACTERS_PER_TOKEN, PrefixCache
from tools.emulator.server import Emulator
from tools.testkit import plain_http

LONG = "x" * 5_000 * CHARACTERS_PER_TOKEN


def body(text: str = "Hi", **fields: Any) -> dict[str, Any]:
    return {"contents": [{"role": "user", "parts": [{"text": text}]}], **fields}


def ask(gemini: Emulator, key: str = "k1", **fields: Any) -> httpx2.Response:
    return plain_http.post(
        f"{gemini.url}/v1beta/models/{MODEL}:streamGenerateContent?alt=sse",
        headers={"x-goog-api-key": key},
        json=body(**fields),
    )


def ask_vertex(
    gemini: Emulator, location: str = "europe-west4", token: str = "t", **headers: str
) -> httpx2.Response:
    place = f"projects/p-1/locations/{location}/publishers/google/models/{MODEL}"
    return plain_http.post(
        f"{gemini.url}/v1/{place}:generateContent",
        headers={"Authorization": f"Bearer {token}".strip(), **headers},
        json=body(),
    )


def detail(response: httpx2.Response, name: str) -> dict[str, Any]:
    details = response.json()["error"]["details"]
    return next(entry for entry in details if entry["@type"].endswith(name))


def test_each_key_has_its_own_quota_and_counts(gemini: Emulator) -> None:
    gemini.key("k1", name="main")
    gemini.quota(MODEL, per_minute=2)
    gemini.quota(MODEL, caller="main", per_minute=1)

    assert [ask(gemini, "k1").status_code for _ in range(2)] == [200, 429]
    assert [ask(gemini, "k2").status_code for _ in range(3)] == [200, 200, 429]
    assert (gemini.count(MODEL), gemini.count(MODEL, "main")) == (5, 2)


def test_keys_of_one_project_share_its_quota_and_their_refusals_name_it(gemini: Emulator) -> None:
    gemini.key("k1", project="1001")
    gemini.key("k2", project="1001")
    gemini.quota(MODEL, per_minute=1)

    assert ask(gemini, "k1").status_code == 200
    refused = ask(gemini, "k2")

    assert refused.status_code == 429
    assert detail(refused, "ErrorInfo")["metadata"] == {"consumer": "projects/1001"}


def test_a_key_whose_project_was_not_told_names_none(gemini: Emulator) -> None:
    gemini.quota(MODEL, per_minute=0)

    assert "consumer" not in ask(gemini).text


def test_a_key_can_be_revoked_and_counts_nowhere(gemini: Emulator) -> None:
    gemini.key("k1", name="main", project="1001")
    gemini.quota(MODEL, per_minute=1)
    gemini.key("k1", revoked=True)

    refused = ask(gemini)
    assert (refused.status_code, detail(refused, "ErrorInfo")["reason"]) == (400, "API_KEY_INVALID")
    gemini.key("k1", revoked=False)
    assert ask(gemini).status_code == 200


def test_a_location_of_vertex_ai_can_be_down_alone(gemini: Emulator) -> None:
    gemini.behave("*", "overloaded", caller="europe-west4")
    gemini.behave("*", "vertex-not-found", caller="p-1/us-east1")

    assert ask_vertex(gemini).status_code == 503
    assert ask_vertex(gemini, "global").status_code == 200
    missing = ask_vertex(gemini, "us-east1").json()["error"]["message"]
    assert "`projects/p-1/locations/us-east1/publishers/google/models/gemini-3.8-flash`" in missing
    assert [call.caller for call in gemini.calls()] == [
        "p-1/europe-west4",
        "p-1/global",
        "p-1/us-east1",
    ]


def test_vertex_ai_wants_a_token_that_holds(gemini: Emulator) -> None:
    gemini.key("old", revoked=True)

    statuses = [ask_vertex(gemini, token=token).status_code for token in ("", "old", "new")]

    assert statuses == [401, 401, 200]


def test_a_program_finds_its_token_as_on_google_cloud(gemini: Emulator) -> None:
    account = f"{gemini.url}/computeMetadata/v1/instance/service-accounts/default"

    found = plain_http.get(f"{account}/token")

    assert plain_http.get(gemini.url).headers["Metadata-Flavor"] == "Google"
    assert ask_vertex(gemini, token=found.json()["access_token"]).status_code == 200
    assert plain_http.get(f"{account}/nothing").status_code == 404


@pytest.mark.parametrize("asked", ["priority", "SERVICE_TIER_PRIORITY"])
def test_the_reply_names_the_tier_that_serves(asked: str, gemini: Emulator) -> None:
    header = "x-gemini-service-tier"

    assert ask(gemini).headers[header] == "standard"
    assert ask(gemini, serviceTier=asked).headers[header] == "priority"
    gemini.behave(MODEL, "answer", service_tier="standard")
    assert ask(gemini, serviceTier=asked).headers[header] == "standard"
    assert ask(gemini, service_tier="best").status_code == 400


def test_vertex_ai_names_it_beside_the_token_counts_and_has_one_in_regions(
    gemini: Emulator,
) -> None:
    asked = {"X-Vertex-AI-LLM-Shared-Request-Type": "priority"}

    served = [
        ask_vertex(gemini, location, **asked).json()["usageMetadata"]["trafficType"]
        for location in ("global", "europe-west4")
    ]

    assert served == ["ON_DEMAND_PRIORITY", "ON_DEMAND"]


def test_a_prefix_that_a_key_has_sent_before_is_cached(gemini: Emulator) -> None:
    gemini.behave(MODEL, "answer", text="ab", chunks=1)

    replies = [
        ask(gemini, text=LONG + "1"),
        ask(gemini, text=LONG + "2"),
        ask(gemini, "k2", text=LONG + "3"),
        ask(gemini, text=LONG[: 4_000 * CHARACTERS_PER_TOKEN]),
    ]

    cached = ['"cachedContentTokenCount": 4096' in reply.text for reply in replies]
    assert cached == [False, True, False, False]


def test_the_cache_forgets_after_five_minutes() -> None:
    now = 0.0
    cache = PrefixCache(lambda: now)

    cache.take("p", MODEL, LONG)
    now = 299.0
    assert cache.take("p", MODEL, LONG) == 4_096
    now = 598.9
    assert cache.take("p", MODEL, LONG) == 4_096
    now = 900.0
    assert cache.take("p", MODEL, LONG) == 0


def row(**fields: Any) -> dict[str, Any]:
    usual = {"caller": "main", "model": MODEL, "tier": "standard", "cached_tokens": 0}
    return {**usual, **fields}


def test_the_invoice_sums_by_ending_and_by_what_was_told(gemini: Emulator) -> None:
    gemini.key("k1", name="main")
    gemini.behave(MODEL, "answer", text="abcdefgh", chunks=2)
    gemini.behave(MODEL, "silent-end", times=1, text="abcdefgh", chunks=2, after_chunks=1)
    gemini.behave(MODEL, "empty-stream", times=1)
    gemini.behave(MODEL, "overloaded", times=1)
    for tier in (*["standard"] * 5, "flex"):
        ask(gemini, text="x" * 40, serviceTier=tier)

    assert gemini.invoice() == [
        row(ending="broken", told=True, calls=1, prompt_tokens=10, output_tokens=1),
        row(ending="broken", told=False, calls=1, prompt_tokens=10, output_tokens=0),
        row(ending="refused", told=False, calls=1, prompt_tokens=0, output_tokens=0),
        row(ending="whole", told=True, calls=2, prompt_tokens=20, output_tokens=4),
        row(ending="whole", told=True, calls=1, prompt_tokens=10, output_tokens=2, tier="flex"),
    ]


def test_a_call_that_its_client_leaves_is_on_the_invoice() -> None:
    with Emulator() as gemini:
        gemini.behave(MODEL, "stall", text="abcdefgh", chunks=2, after_chunks=1)
        url = f"{gemini.url}/v1beta/models/{MODEL}:streamGenerateContent?alt=sse"
        headers = {"x-goog-api-key": "k1"}
        with plain_http.stream("POST", url, headers=headers, json=body("x" * 40)) as response:
            next(response.iter_lines())

    # The emulator's end has waited for the thread that notices that the client has left.
    (left,) = gemini.invoice()
    assert (left["ending"], left["prompt_tokens"], left["output_tokens"]) == ("abandoned", 10, 1)
