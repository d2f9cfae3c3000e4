"""The Terraform of `infra/`: its format, its validity, and its own tests with mocked providers."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest

from tests.infra.terraform import ROOT

CONFIGURATIONS = ("infra",)
TESTS = sorted(
    path.relative_to(ROOT)
    for configuration in CONFIGURATIONS
    for path in (ROOT / configuration / "tests").glob("*.tftest.hcl")
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


@pytest.mark.slow
@pytest.mark.parametrize("configuration", CONFIGURATIONS)
def test_each_configuration_is_valid(
    terraform: str, quiet: dict[str, str], prepared: Path, configuration: str
) -> None:
    output([terraform, "validate", "-no-color"], prepared / configuration, quiet)


@pytest.mark.slow
@pytest.mark.parametrize("path", TESTS, ids=lambda path: path.name.partition(".")[0])
def test_its_own_tests_pass(
    terraform: str, quiet: dict[str, str], prepared: Path, path: Path
) -> None:
    said = output(
        [terraform, "test", "-no-color", f"-filter=tests/{path.name}"],
        prepared / path.parents[1],
        quiet,
    )

    assert_tests_passed(said)


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
