"""Each environment is planned by the real Terraform, with the arguments of `make deploy`."""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path

import pytest

from tests.infra.terraform import ROOT

TARGETS = (
    '\n[[targets]]\nname = "main"\n'
    '\n[[targets]]\nname = "second"\nkey = "GEMINI_API_KEY_SECOND"\n'
    '\n[[targets]]\nname = "europe"\nvertex_location = "europe-west4"\n'
)
ENVIRONMENTS = sorted(path.stem for path in (ROOT / "infra/environments").glob("*.tfvars"))


@pytest.fixture(scope="module")
def with_two_keys(prepared: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The project with a second target, whose key is another one."""
    folder = tmp_path_factory.mktemp("two-keys")
    for part in ("functions", "infra", "requirements.txt", "web/dist"):
        if (prepared / part).is_dir():
            shutil.copytree(prepared / part, folder / part, symlinks=True)
        else:
            shutil.copy(prepared / part, folder / part)
    shutil.copy(ROOT / "tests/infra/deployed.tftest.hcl", folder / "infra/tests")
    with (folder / "functions/nexus.toml").open("a") as file:
        file.write(TARGETS)
    return folder


@pytest.mark.slow
@pytest.mark.parametrize("environment", ENVIRONMENTS)
def test_an_environment_is_planned_as_make_deploy_plans_it(
    terraform: str, quiet: dict[str, str], with_two_keys: Path, environment: str
) -> None:
    done = subprocess.run(
        [
            *(terraform, "test", "-no-color", "-filter=tests/deployed.tftest.hcl"),
            f"-var-file=environments/{environment}.tfvars",
            "-var=project_id=acme-chat",
            "-var=alert_email=operator@example.org",
        ],
        cwd=with_two_keys / "infra",
        env=quiet,
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.returncode == 0, done.stdout + done.stderr
    assert re.search(r"Success! 1 passed", done.stdout)
