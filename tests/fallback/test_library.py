"""Nexus as a library, as its first version was used."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

import fallback
from fallback import (
    ModelExhaustionError,
    check_service_availability,
    generate_with_fallback,
    get_model_display_name,
    library,
)
from tools.emulator.server import Emulator


@pytest.fixture
def gemini(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[Emulator]:
    with Emulator() as emulator:
        monkeypatch.setenv("GEMINI_API_KEY", "made-up")
        monkeypatch.setenv("GOOGLE_GEMINI_BASE_URL", emulator.url)
        monkeypatch.setenv("NEXUS_STATE", f"sqlite:{tmp_path / 'nexus.db'}")
        library._parts.cache_clear()
        yield emulator
        # A program keeps its connections until it ends; a test must not leave them to the next.
        runner = library._parts().runner
        runner._provider.close()  # type: ignore[attr-defined]
        library._parts.cache_clear()


def test_a_prompt_is_answered_and_the_model_named(gemini: Emulator) -> None:
    gemini.behave("gemini-3.8-flash", "per-minute")
    gemini.behave("*", "answer", text="Because of Rayleigh scattering.")

    assert generate_with_fallback("Why is the sky blue?") == (
        "Because of Rayleigh scattering.",
        "gemini-3.7-flash",
    )


def test_exhaustion_is_an_exception_that_says_when(gemini: Emulator) -> None:
    gemini.behave("*", "per-minute", retry_delay="30s")
    assert check_service_availability()["available"] is True

    with pytest.raises(ModelExhaustionError) as caught:
        generate_with_fallback("Hello")

    assert caught.value.reason == "models_exhausted"
    assert caught.value.retry_at is not None
    assert caught.value.retry_at > datetime.now(UTC)
    assert check_service_availability()["status"] == "exhausted"


@pytest.mark.usefixtures("gemini")
def test_names_for_people() -> None:
    assert get_model_display_name("gemini-3.8-flash") == "Gemini 3.8 Flash"
    assert get_model_display_name("gemini-exp-1206") == "Gemini Experimental"
    assert get_model_display_name("no-such-model") == "no-such-model"


@pytest.mark.usefixtures("gemini")
def test_the_hierarchy() -> None:
    assert fallback.MODEL_HIERARCHY[0] == "gemini-3.8-flash"
    assert len(fallback.MODEL_HIERARCHY) == 5


@pytest.mark.parametrize(
    "module", ["nexus.configuration", "nexus.settings", "nexus.bootstrap", "fallback.runner"]
)
def test_any_module_may_be_imported_first(module: str) -> None:
    functions = Path(__file__).parents[2] / "functions"

    subprocess.run([sys.executable, "-c", f"import {module}"], cwd=functions, check=True)


def test_nothing_else_is_there() -> None:
    with pytest.raises(AttributeError):
        fallback.NO_SUCH_NAME  # noqa: B018
