"""The peers are asked as their documents say, over the same models, and pinned in one version."""

from __future__ import annotations

import importlib
import json
import re
import tomllib
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from measure.bench.load import Reply
from measure.bench.peers.gateways import (
    LITELLM,
    LITELLM_TUNED,
    LITELLM_VERSION,
    PORTKEY,
    PORTKEY_VERSION,
)
from measure.bench.subjects import CHAT, REPOSITORY, SDK, Environment, Subject
from measure.bench.upstream import Upstream, answer
from tests.measure.bench.test_load import DONE, ENDING, OPENAI

ENVIRONMENT = Environment(upstream="http://127.0.0.1:1", folder=Path())


def hierarchy() -> list[str]:
    settings = tomllib.loads((REPOSITORY / "functions/nexus.toml").read_text())
    return [model["name"] for model in settings["hierarchies"]["default"]["models"]]


def litellm_configuration(subject: Subject, folder: Path) -> dict[str, Any]:
    command = subject.argv(1234, folder)
    file = Path(command[command.index("--config") + 1])
    configuration: dict[str, Any] = json.loads(file.read_text())
    return configuration


def test_litellm_falls_back_over_the_models_of_nexus(tmp_path: Path) -> None:
    configuration = litellm_configuration(LITELLM, tmp_path)

    first, *others = hierarchy()
    assert [model["model_name"] for model in configuration["model_list"]] == [first, *others]
    assert configuration["router_settings"] == {"fallbacks": [{first: others}]}
    assert LITELLM.body["model"] == first


def test_litellm_that_is_tuned_tries_once_and_remembers(tmp_path: Path) -> None:
    settings = litellm_configuration(LITELLM_TUNED, tmp_path)["router_settings"]

    assert (settings["num_retries"], settings["allowed_fails"]) == (0, 0)


def test_portkey_falls_back_over_the_models_of_nexus() -> None:
    config = json.loads(PORTKEY.headers(ENVIRONMENT)["x-portkey-config"])

    models = [target["override_params"]["model"] for target in config["targets"]]
    assert (config["strategy"]["mode"], models) == ("fallback", hierarchy())


def test_versions_are_the_same_wherever_they_are_written() -> None:
    makefile = (REPOSITORY / "Makefile").read_text()
    requirements = (REPOSITORY / "measure/bench/peers/litellm.txt").read_text()

    assert re.findall(r"litellm-([\d.]+)$", makefile, re.MULTILINE) == [LITELLM_VERSION]
    assert re.findall(r"^PORTKEY_VERSION := (.+)$", makefile, re.MULTILINE) == [PORTKEY_VERSION]
    assert requirements.startswith(f"litellm[proxy]=={LITELLM_VERSION} ")


def test_a_stream_without_done_is_whole_only_from_who_never_says_it() -> None:
    without = Reply(0.0, 200, 1.0, 0.5, 0, OPENAI + ENDING)
    cut = Reply(0.0, 200, 1.0, 0.5, 0, OPENAI)
    whole = Reply(0.0, 200, 1.0, 0.5, 0, OPENAI + ENDING + DONE)

    assert [PORTKEY.is_answered(reply) for reply in (without, cut, whole)] == [True, False, True]
    assert [CHAT.is_answered(reply) for reply in (without, cut, whole)] == [False, False, True]


def test_nobody_is_given_the_keys_and_settings_of_this_shell(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("GEMINI_API_KEY", "a real one")
    monkeypatch.setenv("GOOGLE_API_KEY", "another")
    monkeypatch.setenv("NEXUS_HIERARCHY", "seed")

    env = SDK.program(Environment(upstream="http://127.0.0.1:1", folder=tmp_path)).env

    assert "a real one" not in env.values()
    assert env.keys().isdisjoint({"GOOGLE_API_KEY", "NEXUS_HIERARCHY"})


@pytest.fixture
def upstream(monkeypatch: pytest.MonkeyPatch) -> Iterator[Upstream]:
    with Upstream() as running:
        running.behave(gap_seconds=0)
        monkeypatch.setenv("GEMINI_API_KEY", "made-up")
        monkeypatch.setenv("GOOGLE_GEMINI_BASE_URL", running.url)
        yield running


@pytest.fixture
def seed(upstream: Upstream, monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    """A new one, whose pauses take no time."""
    module = importlib.reload(importlib.import_module("measure.bench.peers.seed"))
    monkeypatch.setattr(module, "BACKOFF_SECONDS", [0.0, 0.0])
    return module


def test_the_seed_tries_each_model_twice_and_remembers_it_for_five_minutes(
    upstream: Upstream, seed: ModuleType, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, second, *_ = hierarchy()
    upstream.behave(first, status=429)

    assert seed.generate_with_fallback("Hello") == (answer(), second)
    assert seed.generate_with_fallback("Hello") == (answer(), second)
    assert upstream.count(first) == 2

    monkeypatch.setattr(seed, "RESET_SECONDS", -1)
    upstream.behave(first, status=200)
    assert seed.generate_with_fallback("Hello") == (answer(), first)


def test_the_seed_gives_up_when_no_model_is_left(upstream: Upstream, seed: ModuleType) -> None:
    upstream.behave(status=429)

    for _ in range(2):
        with pytest.raises(seed.ModelExhaustionError):
            seed.generate_with_fallback("Hello")

    assert [call.model for call in upstream.calls()] == [
        model for model in hierarchy() for _ in range(2)
    ]
