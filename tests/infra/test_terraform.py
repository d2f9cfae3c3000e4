"""The Terraform of `infra/`: its format, and its own tests with mocked providers."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest

from tests.infra.terraform import ROOT

TESTS = sorted(
    f"tests/{path.name}"
    for path in (ROOT / "infra/tests").glob("*.tftest.hcl")
    if path.name != "secrets.tftest.hcl"  # test_deployment.py runs it, and looks at its state.
)


def output(command: list[str], folder: Path, environ: dict[str, str]) -> str:
    """What a command says; it has to succeed."""
    done = subprocess.run(
        command, cwd=folder, env=environ, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def test_every_file_has_terraforms_own_format(terraform: str, quiet: dict[str, str]) -> None:
    output([terraform, "fmt", "-check", "-recursive", "-diff", "infra"], ROOT, quiet)


# All of them at once, because each start reads the providers' schemas anew.
@pytest.mark.slow
def test_its_own_tests_pass(terraform: str, quiet: dict[str, str], prepared: Path) -> None:
    filters = [f"-filter={path}" for path in TESTS]

    said = output([terraform, "test", "-no-color", *filters], prepared / "infra", quiet)

    assert_tests_passed(said)
    assert [path for path in TESTS if f"{path}... pass" not in said] == []


def test_wrong_values_are_refused(terraform: str, quiet: dict[str, str], prepared: Path) -> None:
    variables = prepared / "variables"
    shutil.copytree(prepared / "infra/environments", variables / "environments")
    for file in [*(prepared / "infra").glob("variables*.tf"), prepared / "infra/nexus_toml.tf"]:
        shutil.copy(file, variables)
    shutil.copy(ROOT / "tests/infra/validation.tftest.hcl", variables)

    assert_tests_passed(output([terraform, "test", "-no-color"], variables, quiet))


def assert_tests_passed(said: str) -> None:
    assert " passed, 0 failed" in said
    assert " 0 passed" not in said
