"""What Terraform would deploy: its state after a rehearsed apply, from `terraform test`."""

import json
import subprocess
from pathlib import Path
from typing import Any

import pytest

from nexus.settings import read_service_settings
from tests.infra.terraform import ROOT

SECRET = "made-up-key-that-no-state-may-hold"  # As in the test of Terraform.
FUNCTIONS = ("chat", "check_availability")


@pytest.fixture(scope="module")
def said(terraform: str, prepared: Path, quiet: dict[str, str]) -> str:
    """All that Terraform says of the run: plans, state and outputs, as JSON lines."""
    done = subprocess.run(
        [terraform, "test", "-json", "-verbose", "-filter=tests/secrets.tftest.hcl"],
        cwd=prepared / "infra",
        env=quiet,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout
    return done.stdout


@pytest.fixture(scope="module")
def state(said: str) -> dict[str, dict[str, Any]]:
    """Values by address."""
    messages = [json.loads(line) for line in said.splitlines()]
    (found,) = [message["test_state"] for message in messages if message["type"] == "test_state"]
    resources = found["root_module"]["resources"]
    return {resource["address"]: resource["values"] for resource in resources}


def environment(state: dict[str, dict[str, Any]], function: str) -> dict[str, str]:
    config = state[f"google_cloudfunctions2_function.{function}"]["service_config"][0]
    found: dict[str, str] = config["environment_variables"]
    return found


@pytest.mark.parametrize("function", FUNCTIONS)
def test_the_functions_start_with_their_environment(
    state: dict[str, dict[str, Any]], prepared: Path, function: str
) -> None:
    environ = environment(state, function)

    settings = read_service_settings(environ, prepared / "functions/nexus.toml")

    assert settings.fallback.sqlite_path is None
    assert settings.fallback.firestore_database == "(default)"
    assert settings.fallback.project == "acme-chat"
    assert settings.allowed_origins == {"https://acme-chat-nexus-web.storage.googleapis.com"}
    assert settings.log_level == "INFO"
    assert not settings.fallback.has_credentials


@pytest.mark.parametrize("function", FUNCTIONS)
def test_each_variable_is_one_that_somebody_reads(
    state: dict[str, dict[str, Any]], function: str
) -> None:
    of_the_platform = {"LOG_EXECUTION_ID"}
    read = "".join(
        (ROOT / f"functions/{package}/settings.py").read_text() for package in ("fallback", "nexus")
    )

    unknown = {name for name in environment(state, function) if f'"{name}"' not in read}

    assert unknown == of_the_platform


def test_the_key_is_nowhere(said: str, state: dict[str, dict[str, Any]]) -> None:
    assert "google_secret_manager_secret_version.gemini_api_key[0]" in state  # It was written.

    assert SECRET not in said
