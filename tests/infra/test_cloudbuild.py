"""cloudbuild.yaml as gcloud reads it, and the promises of its steps."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path
from typing import Any

import pytest

from tests.infra.gcloud import BadBuildError, read_build
from tests.infra.terraform import ROOT

BUILT_IN = {"PROJECT_ID", "PATH", "PWD"}


@pytest.fixture(scope="module")
def build() -> dict[str, Any]:
    return read_build(ROOT / "cloudbuild.yaml")


def scripts(build: dict[str, Any]) -> dict[str, str]:
    return {step["id"]: step["script"] for step in build["steps"]}


def test_the_steps_follow_each_other(build: dict[str, Any]) -> None:
    assert [step["id"] for step in build["steps"]] == [
        "terraform",
        "web",
        "plan",
        "rollout",
    ]
    # Without waitFor each waits for all before it, and the first failure ends the build.
    assert not any("waitFor" in step or "allowFailure" in step for step in build["steps"])


@pytest.mark.parametrize(
    ("good", "bad"),
    [("logging:", "loging:"), ("timeout: 3600s", "timeout: [3600s]"), ("  - id:", "  - ident:")],
)
def test_a_file_that_cloud_build_would_refuse_is_found(tmp_path: Path, good: str, bad: str) -> None:
    text = (ROOT / "cloudbuild.yaml").read_text()
    assert good in text
    (tmp_path / "cloudbuild.yaml").write_text(text.replace(good, bad))

    with pytest.raises(BadBuildError):
        read_build(tmp_path / "cloudbuild.yaml")


def test_images_are_pinned_to_one_version_each(build: dict[str, Any]) -> None:
    images = {step["name"] for step in build["steps"]}

    assert len({image.partition(":")[0] for image in images}) == len(images)
    assert all(re.fullmatch(r"[a-z0-9./-]+:\d+\.\d+\.\d+(-[a-z-]+)?", image) for image in images)


def test_terraform_is_one_that_the_configuration_takes(build: dict[str, Any]) -> None:
    [version] = [
        step["name"].partition(":")[2] for step in build["steps"] if step["id"] == "terraform"
    ]
    required = re.search(
        r'required_version = ">= ([\d.]+)"', (ROOT / "infra/versions.tf").read_text()
    )

    assert required
    assert numbers(version) >= numbers(required[1])


def numbers(version: str) -> list[int]:
    return [int(part) for part in version.split(".")]


def test_scripts_are_shell_and_stop_at_the_first_failure(build: dict[str, Any]) -> None:
    for name, script in scripts(build).items():
        shell = script.splitlines()[0].removeprefix("#!")
        checked = subprocess.run(
            [shell, "-n"], input=script, text=True, capture_output=True, check=False
        )
        assert checked.returncode == 0, f"{name}: {checked.stderr}"
        assert "set -euo pipefail" in script or len(script.splitlines()) == 2, name


def test_scripts_read_variables_that_are_there(build: dict[str, Any]) -> None:
    given = BUILT_IN | set(build["substitutions"])
    read = {
        name for script in scripts(build).values() for name in re.findall(r"\$\{?(\w+)", script)
    }

    assert build["options"]["automapSubstitutions"], "scripts see substitutions as variables"
    assert read <= given
    assert set(build["substitutions"]) <= read, "nothing is declared that nobody reads"


def test_what_is_applied_is_what_was_planned(build: dict[str, Any]) -> None:
    plan, rollout = (scripts(build)[name] for name in ("plan", "rollout"))
    [saved] = re.findall(r"-out=(\S+)", plan)

    assert f"infra.release.rollout {saved} " in rollout
    assert "terraform" not in rollout.replace("/tools", ""), "it must not plan again"


def test_the_checks_run_where_the_code_is_hosted() -> None:
    workflow = (ROOT / ".github/workflows/checks.yaml").read_text()

    assert re.findall(r"run: (?:.*&& )?(.+)$", workflow, re.MULTILINE)[-2:] == [
        ".ci/run",
        "make checkov",
    ]
    assert (ROOT / ".ci/run").read_text().splitlines()[-1] == "CI=true exec make test"


def test_the_page_is_built_as_make_builds_it(build: dict[str, Any]) -> None:
    web = scripts(build)["web"]
    makefile = (ROOT / "Makefile").read_text()

    assert "npm ci --no-audit --no-fund --loglevel=error" in web
    assert "npm ci --no-audit --no-fund --loglevel=error" in makefile
    assert "npm run --silent build" in web
    assert "$(npm) build" in makefile


def test_a_new_project_may_build_on_the_machine(build: dict[str, Any]) -> None:
    # It may use five CPUs at once, and the machines that a file can name have eight or more.
    assert "machineType" not in build["options"]


def test_environments_have_their_files() -> None:
    folder = ROOT / "infra/environments"
    names = {path.name.partition(".")[0] for path in folder.iterdir()}

    assert names == {"staging", "production"}
    prefixes = set()
    for name in names:
        assert (folder / f"{name}.tfvars").is_file()
        prefixes |= set(
            re.findall(r'prefix = "(.+)"', (folder / f"{name}.gcs.tfbackend").read_text())
        )
    assert len(prefixes) == len(names), "two environments must not share a state"


def test_variable_files_set_variables_that_exist() -> None:
    declared = {
        name
        for path in (ROOT / "infra").glob("*.tf")
        for name in re.findall(r'^variable "(\w+)"', path.read_text(), re.MULTILINE)
    }
    for path in (ROOT / "infra/environments").glob("*.tfvars"):
        set_here = set(re.findall(r"^(\w+) *=", path.read_text(), re.MULTILINE))
        assert set_here <= declared, path.name


def test_a_build_of_ones_own_identity_has_somewhere_to_log(build: dict[str, Any]) -> None:
    assert build["options"]["logging"] == "CLOUD_LOGGING_ONLY"
    assert "serviceAccount" not in build, "the trigger names it: each environment has its own"


def test_no_secret_is_in_the_file(build: dict[str, Any]) -> None:
    assert not {"secrets", "availableSecrets"} & set(build)
    assert not re.search(r"AIza|GEMINI|secret", (ROOT / "cloudbuild.yaml").read_text())
