"""The steps of cloudbuild.yaml run with what their images have, and nothing else."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest

from tests.infra.gcloud import read_build
from tests.infra.release.stub_site import StubSite, stub_site
from tests.infra.terraform import ROOT

# What every image of Debian 12 has of what a step might call: no make, no node.
DEBIAN = ("bash", "cat", "cp", "dirname", "gzip", "mkdir", "mktemp", "rm", "sh", "tar")
GCLOUD = """#!/bin/sh
# gcloud storage cp --quiet SOURCE TARGET, with a folder for gs://
case "$4" in gs://*) source="$STORAGE/${4#gs://}" ;; *) source="$4" ;; esac
case "$5" in gs://*) target="$STORAGE/${5#gs://}" ;; *) target="$5" ;; esac
mkdir -p "$(dirname "$target")" && cp "$source" "$target"
"""
# Deploys by copying the page to a folder that is served; says yes to everything else.
TERRAFORM = """#!/bin/sh
folder=${1#-chdir=} command=$2
echo "$*" >> "$LOG"
broken=$(cat "$folder/../broken" 2>/dev/null)
[ "$command $broken" = "apply yes" ] && { echo broken > "$SERVED"; exit 0; }
case "$command" in
plan) for word; do case "$word" in -out=*) echo planned > "${word#-out=}" ;; esac; done ;;
apply) cp "$folder/../web/dist/app.js" "$SERVED" ;;
output) printf %s "$PAGE" ;;
esac
"""


def python(version: tuple[int, int, int] | None, *candidates: str) -> str:
    """A Python by its version; skips where it is not installed."""
    for candidate in candidates:
        if found := shutil.which(candidate):
            asked = [found, "-c", "import sys; print(*sys.version_info[:3])"]
            said = subprocess.run(asked, capture_output=True, text=True, check=False).stdout
            if said and (version is None or tuple(map(int, said.split()))[:2] == version[:2]):
                return found
    pytest.skip(
        f"Python {version} is not installed: the pipeline's image and the functions have it"
    )


PYTHONS = {
    "of this test": lambda: sys.executable,
    "3.11 of Debian 12": lambda: python((3, 11, 2), "/usr/bin/python3"),
    "3.13": lambda: python(
        (3, 13, 0), "python3.13", str(Path.home() / ".pyenv/versions/3.13.0/bin/python3.13")
    ),
}


class Pipeline:
    """A checked-out commit, and one folder of programs for each image."""

    def __init__(self, folder: Path, site: StubSite) -> None:
        self.folder, self.site = folder, site
        self.workspace, self.tools, self.log = folder / "tree", folder / "tools", folder / "log"
        self.served = folder / "served.js"
        site.served = self.served
        self.tools.mkdir()
        self.steps = {step["id"]: step for step in read_build(ROOT / "cloudbuild.yaml")["steps"]}
        shutil.copytree(
            ROOT / "infra", self.workspace / "infra", ignore=shutil.ignore_patterns("__pycache__")
        )
        shutil.copytree(
            ROOT / "functions",
            self.workspace / "functions",
            ignore=shutil.ignore_patterns("__pycache__"),
        )

    def image(self, name: str, programs: Mapping[str, str]) -> Path:
        """A folder for PATH: Debian's own programs, and these, as paths or as texts of scripts."""
        folder = self.folder / name
        folder.mkdir(exist_ok=True)
        for program in (*DEBIAN, *programs):
            path = folder / program
            path.unlink(missing_ok=True)
            content = programs.get(program) or shutil.which(program)
            assert content, program
            if content.startswith("#!"):
                path.write_text(content)
                path.chmod(0o755)
            elif program.startswith("python"):
                path.write_text(f'#!/bin/sh\nexec {content} "$@"\n')
                path.chmod(0o755)
            else:
                path.symlink_to(content)
        return folder

    def run(self, step: str, image: Path) -> subprocess.CompletedProcess[str]:
        """A step's script as Cloud Build runs it; its absolute folders lie in ours."""
        script = self.steps[step]["script"]
        for path, ours in (
            ("/tools", self.tools),
            ("/workspace", self.folder),
            ("/bin/terraform", image / "terraform"),
        ):
            script = (
                script.replace(f" {path}", f" {ours}")
                .replace(f'"{path}', f'"{ours}')
                .replace(f"={path}", f"={ours}")
            )
        # What is not well stays so: nobody has to wait for it.
        script = script.replace("infra.release.rollout", "infra.release.rollout --within=0")
        shell, _, body = script.partition("\n")
        substitutions = {
            "_ALERT_EMAIL": "operator@example.org",
            "_ENVIRONMENT": "staging",
            "_STATE_BUCKET": "b",
        }
        return subprocess.run(
            [shell.removeprefix("#!"), "-c", body],
            cwd=self.workspace,
            env={
                "HOME": str(self.folder),
                "LOG": str(self.log),
                "PAGE": f"{self.site.page}/",
                "PATH": str(image),
                "PROJECT_ID": "acme-chat",
                "SERVED": str(self.served),
                "STORAGE": str(self.folder / "storage"),
                **substitutions,
            },
            capture_output=True,
            text=True,
            check=False,
        )

    def deploy(self, image: Path, script: str, *, broken: bool) -> subprocess.CompletedProcess[str]:
        """Plans and rolls out a commit whose page is this script."""
        (self.workspace / "web/dist/app.js").write_text(script)
        (self.workspace / "broken").write_text("yes" if broken else "no")
        planned = self.run("plan", image)
        assert planned.returncode == 0, planned.stdout + planned.stderr
        return self.run("rollout", image)


@pytest.fixture
def pipeline(tmp_path: Path) -> Iterator[Pipeline]:
    (tmp_path / "tree/web/dist").mkdir(parents=True)
    with stub_site(tmp_path / "tree/web/dist") as site:
        yield Pipeline(tmp_path, site)


def test_terraform_is_taken_from_its_image(pipeline: Pipeline) -> None:
    image = pipeline.image("hashicorp", {"terraform": TERRAFORM})

    done = pipeline.run("terraform", image)

    assert done.returncode == 0, done.stderr
    assert os.access(pipeline.tools / "terraform", os.X_OK)


def test_the_page_is_built_with_node_and_npm_alone(pipeline: Pipeline) -> None:
    (pipeline.workspace / "web/package.json").write_text("{}")
    npm = f'#!/bin/sh\necho "$PWD $*" >> {pipeline.folder}/npm\n'
    image = pipeline.image("node", {"npm": npm, "node": "#!/bin/sh\n"})

    done = pipeline.run("web", image)

    assert done.returncode == 0, done.stderr
    called = (pipeline.folder / "npm").read_text().splitlines()
    assert [line.partition(" ")[2].split()[0] for line in called] == ["ci", "run"]
    assert all(line.startswith(f"{pipeline.workspace}/web ") for line in called)


@pytest.mark.parametrize("which", list(PYTHONS))
def test_a_release_that_is_not_well_is_rolled_back(pipeline: Pipeline, which: str) -> None:
    image = pipeline.image("cloud-cli", {"gcloud": GCLOUD, "python3": PYTHONS[which]()})
    (pipeline.tools / "terraform").write_text(TERRAFORM)
    (pipeline.tools / "terraform").chmod(0o755)

    first = pipeline.deploy(image, "first()", broken=False)
    assert first.returncode == 0, first.stdout + first.stderr
    second = pipeline.deploy(image, "second()", broken=True)

    assert second.returncode == 1
    assert "Traceback" not in second.stderr
    assert "app.js is not the file of this build" in second.stdout
    assert "The last good release is served again." in second.stdout
    assert pipeline.served.read_text() == "first()"


def test_the_plan_knows_the_environment_and_where_its_state_is(pipeline: Pipeline) -> None:
    image = pipeline.image("cloud-cli", {"gcloud": GCLOUD, "python3": sys.executable})
    (pipeline.tools / "terraform").write_text(
        TERRAFORM + 'echo "$TF_VAR_project_id $TF_VAR_alert_email" >> "$LOG"\n'
    )
    (pipeline.tools / "terraform").chmod(0o755)

    done = pipeline.run("plan", image)

    assert done.returncode == 0, done.stderr
    init, _, plan, variables = pipeline.log.read_text().splitlines()
    assert "-backend-config=environments/staging.gcs.tfbackend -backend-config=bucket=b" in init
    assert "-var-file=environments/staging.tfvars" in plan
    assert variables == "acme-chat operator@example.org"


def test_every_program_of_a_step_is_in_its_image(pipeline: Pipeline) -> None:
    build = json.dumps(list(pipeline.steps.values()))

    assert "make " not in build
    assert ".venv" not in build
    assert "apt-get" not in build, "what one step installs is gone in the next"
