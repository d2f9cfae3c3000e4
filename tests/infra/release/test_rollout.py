"""A real Terraform deploys releases to a folder that is served; only Cloud Storage is a fake."""

from __future__ import annotations

import fcntl
import json
import os
import shutil
import subprocess
import sys
import tarfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from infra.release.release import pack, unpack
from tests.browser.nexus_process import ROOT
from tests.infra.release.stub_site import StubSite, stub_site

INFRA = """
terraform {
  backend "local" {}
}
variable "project_id" { type = string }
variable "greeting" { type = string }
resource "terraform_data" "web" {
  triggers_replace = [filemd5("../web/dist/app.js"), var.greeting]
  provisioner "local-exec" {
    command = "{command}"
  }
}
output "web_url" { value = "{url}" }
"""
GCLOUD = """#!/bin/sh
# gcloud storage cp --quiet SOURCE TARGET, with a folder for gs://
source=$(echo "$4" | sed "s|^gs:/|$STORAGE|") target=$(echo "$5" | sed "s|^gs:/|$STORAGE|")
mkdir -p "$(dirname "$target")" && cp "$source" "$target"
"""
RELEASES = "gs://state/releases/staging"


class Project:
    """A tree to deploy, and what has been deployed."""

    def __init__(self, folder: Path, site: StubSite) -> None:
        self.tree, self.site = folder / "tree", site
        self.served, self.storage = folder / "served", folder / "storage"
        self.served.mkdir()
        site.served = self.served / "app.js"
        bin_folder = folder / "bin"
        bin_folder.mkdir()
        (bin_folder / "gcloud").write_text(GCLOUD)
        (bin_folder / "gcloud").chmod(0o755)
        self.environ = os.environ | {
            "PATH": f"{bin_folder}:{os.environ['PATH']}",
            "STORAGE": str(self.storage),
            "TF_VAR_project_id": "nexus-test",
            "PYTHONPATH": str(ROOT),
            "TF_CLI_CONFIG_FILE": os.devnull,
            "CHECKPOINT_DISABLE": "1",
        }
        for name in ("infra/environments", "web/dist"):
            (self.tree / name).mkdir(parents=True)
        environments = self.tree / "infra/environments"
        (environments / "staging.gcs.tfbackend").write_text("")
        (environments / "staging.tfvars").write_text('greeting = "hello"\n')
        self.state = f"path={self.state_file()}"

    def write(self, script: str, command: str = "cp ../web/dist/app.js {served}") -> None:
        """Make the tree another release."""
        infra = INFRA.replace("{command}", command.replace("{served}", str(self.served)))
        (self.tree / "infra/main.tf").write_text(infra.replace("{url}", self.site.page + "/"))
        (self.tree / "web/dist/app.js").write_text(script)
        headers = {"content_type": "text/javascript", "cache_control": "immutable"}
        (self.tree / "web/dist/assets.json").write_text(json.dumps({"app.js": headers}))

    def plan(self) -> None:
        for command in (
            ["init", "-input=false", f"-backend-config={self.state}"],
            [
                *("plan", "-input=false", "-var-file=environments/staging.tfvars"),
                "-out=../release.tfplan",
            ],
        ):
            done = self._run("terraform", "-chdir=infra", *command)
            assert done.returncode == 0, done.stdout + done.stderr

    def roll_out(self) -> subprocess.CompletedProcess[str]:
        return self._run(
            *(sys.executable, "-m", "infra.release.rollout", "release.tfplan"),
            *("--environment=staging", f"--releases={RELEASES}"),
            *(f"--backend-config={self.state}", "--within=0"),
        )

    def state_file(self) -> Path:
        return self.tree.parent / "terraform.tfstate"

    def kept(self) -> Path:
        return self.storage / "state/releases/staging/last-good.tar.gz"

    def _run(self, *command: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            command, cwd=self.tree, env=self.environ, capture_output=True, text=True, check=False
        )


@pytest.fixture
def project(tmp_path: Path) -> Iterator[Project]:
    if shutil.which("terraform") is None:
        pytest.skip("terraform is not installed")
    (tmp_path / "build").mkdir()
    with stub_site(tmp_path / "build") as site:
        project = Project(tmp_path, site)
        project.write("first()")
        project.plan()
        yield project


def test_a_release_that_is_not_well_gives_way_to_the_last_good_one(project: Project) -> None:
    first = project.roll_out()
    assert first.returncode == 0, first.stdout + first.stderr
    kept = project.kept().read_bytes()

    project.write("second()", "echo broken > {served}/app.js")
    project.plan()
    second = project.roll_out()

    assert second.returncode == 1
    assert "app.js is not the file of this build" in second.stdout
    assert "The last good release is served again." in second.stdout
    assert (project.served / "app.js").read_text() == "first()"
    assert project.kept().read_bytes() == kept, "what failed is not kept"


def test_an_apply_that_fails_halfway_is_undone_too(project: Project) -> None:
    assert project.roll_out().returncode == 0

    project.write("second()", "echo half > {served}/app.js; false")
    project.plan()
    second = project.roll_out()

    assert second.returncode == 1
    assert (project.served / "app.js").read_text() == "first()"


def test_the_first_release_has_nothing_to_go_back_to(project: Project) -> None:
    project.site.replies["preflight"].status = 403

    result = project.roll_out()

    assert result.returncode == 1
    assert "There is no good release to go back to" in result.stdout
    assert not project.kept().exists()


def test_a_plan_that_another_build_has_overtaken_changes_nothing(project: Project) -> None:
    (project.tree / "release.tfplan").rename(project.tree / "old.tfplan")
    project.write("second()")
    project.plan()
    assert project.roll_out().returncode == 0

    (project.tree / "old.tfplan").replace(project.tree / "release.tfplan")
    result = project.roll_out()

    assert result.returncode == 1
    assert "Nothing was changed" in result.stdout
    assert (project.served / "app.js").read_text() == "second()"


def test_a_state_that_another_build_holds_is_left_alone(project: Project) -> None:
    assert project.roll_out().returncode == 0
    project.write("second()")
    project.plan()

    with project.state_file().open("r+b") as state:
        fcntl.lockf(state, fcntl.LOCK_EX)  # As Terraform's own.
        result = project.roll_out()

    assert result.returncode == 1
    assert "Nothing was changed" in result.stdout
    assert (project.served / "app.js").read_text() == "first()"


def test_a_release_holds_the_tree_and_nothing_that_tools_have_made(tmp_path: Path) -> None:
    tree = tmp_path / "tree"
    wanted = {"infra/main.tf", "functions/main.py", "web/dist/index.html", ".terraform.lock.hcl"}
    unwanted = {
        ".env",
        ".git/config",
        ".venv/bin/python",
        "web/node_modules/a/index.js",
        "infra/.terraform/providers/google",
        "infra/terraform.tfstate",
        "functions/__pycache__/main.pyc",
        "release.tfplan",
    }
    for name in wanted | unwanted:
        (tree / name).parent.mkdir(parents=True, exist_ok=True)
        (tree / name).write_text(name)

    pack(tree, tmp_path / "release.tar.gz")
    unpack(tmp_path / "release.tar.gz", tmp_path / "again")

    found = {str(p.relative_to(tmp_path / "again")) for p in (tmp_path / "again").rglob("*.*")}
    assert {name for name in found if (tmp_path / "again" / name).is_file()} == wanted
    assert tarfile.is_tarfile(tmp_path / "release.tar.gz")
