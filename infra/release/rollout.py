"""Applies a plan, and restores the last good release if the service is unhealthy afterwards.

The last step of `cloudbuild.yaml`. It fails unless the new release is served, even after a
successful rollback, because somebody has to look.
"""

import argparse
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

from infra.release.release import fetch, pack, store, unpack
from infra.release.smoke import smoke

# New revisions start in seconds; a first public permission may take minutes.
WITHIN_SECONDS = 300.0
_MORE = "See docs/google-cloud.md, Rollback."
# Terraform says this before any change, when another build was first or is running.
_UNTOUCHED = ("Saved plan is stale", "Error acquiring the state lock")


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """Where releases are stored.

    Attributes:
        environment: name of the files in `infra/environments/`.
        backend: further settings of Terraform's backend, each `key=value`.
        releases: where the last good release is kept: gs://BUCKET/FOLDER.
        within_seconds: how long a release may take to be well.
    """

    environment: str
    backend: tuple[str, ...]
    releases: str
    within_seconds: float


def roll_out(tree: Path, plan: Path, target: Target) -> bool:
    """Applies a plan; returns whether its release is served and stored as the last good one."""
    budget = f"-lock-timeout={target.within_seconds:g}s"
    applied = _terraform(tree, "apply", "-input=false", budget, str(plan.resolve()))
    if any(reason in applied.stderr for reason in _UNTOUCHED):
        print("Nothing was changed: another build has changed the state, or is running.")
        print("Run this one again unless a later one follows.")
        return False
    if applied.returncode == 0 and _is_well(tree, target):
        return keep(tree, target.releases)
    print("\nThe new release is unhealthy; restoring the last good one.", flush=True)
    print(_go_back(target), flush=True)
    return False


def keep(tree: Path, releases: str) -> bool:
    """Stores a release as the last good one; returns whether that worked."""
    with tempfile.TemporaryDirectory() as folder:
        archive = Path(folder) / "release.tar.gz"
        pack(tree, archive)
        if store(archive, releases):
            return True
    print(
        "The release is healthy but could not be stored: the next rollback would go back too far."
    )
    return False


def _go_back(target: Target) -> str:
    """Applies the last good release again; returns what happened, in a sentence."""
    with tempfile.TemporaryDirectory() as folder:
        archive, tree = Path(folder) / "release.tar.gz", Path(folder) / "tree"
        if not fetch(target.releases, archive):
            return "There is no good release to go back to: fix this one and build again."
        unpack(archive, tree)
        files = f"environments/{target.environment}"
        backend = [f"-backend-config={setting}" for setting in target.backend]
        init = ("-input=false", f"-backend-config={files}.gcs.tfbackend", *backend)
        apply = ("-input=false", "-auto-approve", "-lock-timeout=10m", f"-var-file={files}.tfvars")
        for command, *arguments in (("init", *init), ("apply", *apply)):
            if _terraform(tree, command, *arguments).returncode != 0:
                return f"Going back failed; the service may be down. {_MORE}"
        if _is_well(tree, target):
            return "The last good release is served again."
        return f"The last good release was applied but is unhealthy. {_MORE}"


def _is_well(tree: Path, target: Target) -> bool:
    url = _terraform(tree, "output", "-raw", "web_url").stdout.strip()
    return bool(url) and smoke(url, tree / "web/dist", target.within_seconds)


def _terraform(tree: Path, command: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    is_asked = command == "output"
    done = subprocess.run(
        ["terraform", f"-chdir={tree / 'infra'}", command, "-no-color", *arguments],
        stdout=subprocess.PIPE if is_asked else None,
        stderr=subprocess.PIPE,
        text=True,
        check=False,
    )
    print(done.stderr, end="", file=sys.stderr, flush=True)
    return done


def main() -> int:
    """Parses the command line; returns 0 if the new release is served."""
    parser = argparse.ArgumentParser(prog="python -m infra.release.rollout", description=__doc__)
    parser.add_argument("plan", type=Path, help="what terraform plan -out=… has written")
    parser.add_argument("--environment", required=True, help="staging or production")
    parser.add_argument("--releases", required=True, metavar="gs://BUCKET/FOLDER")
    parser.add_argument("--backend-config", action="append", default=[], metavar="KEY=VALUE")
    parser.add_argument("--within", type=float, default=WITHIN_SECONDS, metavar="SECONDS")
    options = parser.parse_args()
    target = Target(
        environment=options.environment,
        backend=tuple(options.backend_config),
        releases=options.releases,
        within_seconds=options.within,
    )
    return 0 if roll_out(Path.cwd(), options.plan, target) else 1


if __name__ == "__main__":
    sys.exit(main())
