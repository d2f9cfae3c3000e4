"""Several ways to a model, over real HTTP: a key that is revoked, a region that is down."""

from __future__ import annotations

import itertools
from pathlib import Path

import httpx2
import pytest

from tests.functions.conftest import MODELS, Serve
from tools.emulator.server import Emulator
from tools.testkit.serving import API_KEY, ServedFunction

PRIMARY, SECOND = MODELS[:2]
SECOND_KEY = "made-up-second-key"
PROJECT = "nexus-test"
KEYS = """
[[targets]]
name = "main"

[[targets]]
name = "second"
key = "GEMINI_API_KEY_SECOND"
"""
REGIONS = """
[[targets]]
name = "a"
vertex_location = "europe-west4"

[[targets]]
name = "b"
vertex_location = "us-east1"
"""
A, B = f"{PROJECT}/europe-west4", f"{PROJECT}/us-east1"


def configuration(folder: Path, targets: str) -> str:
    file = folder / "targets.toml"
    usual = Path(__file__).parents[2] / "functions" / "nexus.toml"
    file.write_text(usual.read_text() + targets)
    return str(file)


@pytest.fixture
def with_keys(gemini: Emulator, start: Serve, tmp_path: Path) -> ServedFunction:
    gemini.key(API_KEY, name="main", project="1001")
    gemini.key(SECOND_KEY, name="second", project="1002")
    config = configuration(tmp_path, KEYS)
    return start("chat", NEXUS_CONFIG=config, GEMINI_API_KEY_SECOND=SECOND_KEY)


@pytest.fixture
def with_regions(gemini: Emulator, start: Serve, tmp_path: Path) -> ServedFunction:
    emulator = gemini.url.removeprefix("http://")
    return start(
        "chat",
        NEXUS_CONFIG=configuration(tmp_path, REGIONS),
        GEMINI_API_KEY="",
        GOOGLE_CLOUD_PROJECT=PROJECT,
        GOOGLE_VERTEX_BASE_URL=gemini.url,
        GCE_METADATA_HOST=emulator,
        GCE_METADATA_IP=emulator,
        CLOUDSDK_CONFIG=str(tmp_path / "no-credentials"),
    )


def callers(gemini: Emulator) -> list[str]:
    return [call.caller for call in gemini.calls()]


def test_a_key_that_is_revoked_in_the_middle_fails_no_chat(
    gemini: Emulator, with_keys: ServedFunction
) -> None:
    replies = [with_keys.chat() for _ in range(5)]
    gemini.key(API_KEY, revoked=True)
    replies += [with_keys.chat() for _ in range(15)]

    assert {reply.status_code for reply in replies} == {200}
    assert {reply.json()["model"] for reply in replies} == {PRIMARY}
    assert {reply.json()["nexus"]["fallbacks"] for reply in replies} == {0}
    assert callers(gemini) == ["main"] * 6 + ["second"] * 15
    (told,) = with_keys.events("service.misconfigured")
    assert (told["target"], told["kind"]) == ("main", "unauthorized")
    assert not any(event["model"] != "every-model" for event in with_keys.events("window.opened"))
    assert "target" not in replies[-1].text


def test_both_keys_revoked_is_the_services_failure(
    gemini: Emulator, with_keys: ServedFunction
) -> None:
    for key in (API_KEY, SECOND_KEY):
        gemini.key(key, revoked=True)

    replies = [with_keys.chat() for _ in range(3)]

    assert {reply.json()["error"]["code"] for reply in replies} == {"service_misconfigured"}
    assert callers(gemini) == ["main", "second"]
    assert [e["target"] for e in with_keys.events("service.misconfigured")] == ["main", "second"]


def test_a_quota_moves_to_the_next_key_and_names_the_project_in_the_log_alone(
    gemini: Emulator, with_keys: ServedFunction
) -> None:
    gemini.quota(PRIMARY, per_minute=2)

    replies = [with_keys.chat() for _ in range(5)]

    assert [reply.json()["model"] for reply in replies] == [PRIMARY] * 4 + [SECOND]
    assert callers(gemini) == ["main"] * 3 + ["second"] * 3 + ["main"]
    failed = with_keys.events("attempt.failed")
    assert [(e["target"], e["consumer"]) for e in failed] == [
        ("main", "projects/1001"),
        ("second", "projects/1002"),
    ]
    assert not any("projects/" in reply.text for reply in replies)


def test_a_region_that_is_down_costs_nobody_a_wait(
    gemini: Emulator, with_regions: ServedFunction
) -> None:
    gemini.behave("*", "overloaded", caller=A)
    question = {"messages": [{"role": "user", "content": "Hello"}]}

    with httpx2.Client(base_url=with_regions.url, timeout=60) as client:
        replies = [client.post("/v1/chat/completions", json=question) for _ in range(100)]

    assert {reply.json()["model"] for reply in replies} == {PRIMARY}
    asked = callers(gemini)
    assert asked.count(B) == 100
    assert (A, A) not in itertools.pairwise(asked)  # No second attempt, so no pause before one.
    # Each failed probe opens the window again.
    probes = [e for e in with_regions.events("window.opened") if e["failed_probes"]]
    assert asked.count(A) == 4 + len(probes)


def test_a_region_without_a_model_is_passed_over_for_that_model_alone(
    gemini: Emulator, with_regions: ServedFunction
) -> None:
    gemini.behave(PRIMARY, "vertex-not-found", caller=A)

    replies = [with_regions.chat() for _ in range(3)]
    gemini.behave(PRIMARY, "overloaded", caller=B)
    replies.append(with_regions.chat())

    assert [reply.json()["model"] for reply in replies] == [PRIMARY] * 3 + [SECOND]
    asked = [(call.caller, call.model) for call in gemini.calls()]
    assert asked.count((A, PRIMARY)) == 1
    assert asked[-1] == (A, SECOND)
    (told,) = with_regions.events("model.retired")
    assert (told["model"], told["target"]) == (PRIMARY, "a")
