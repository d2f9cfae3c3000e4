"""What the installed gcloud knows without an account: build files, commands and their flags."""

from __future__ import annotations

import functools
import json
import runpy
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest

from tests.infra.test_gcloud_commands import faults

# gcloud's own code reads the file, as `gcloud builds submit` would before it sends it.
READ_BUILD = """
import json, sys
root, path = sys.argv[1:]
sys.path[:0] = [root + "/lib/third_party", root + "/lib"]
from apitools.base.py import encoding
from googlecloudsdk.api_lib.cloudbuild import config
from googlecloudsdk.generated_clients.apis.cloudbuild.v1 import cloudbuild_v1_messages
build = config.LoadCloudbuildConfigFromPath(path, cloudbuild_v1_messages)
print(encoding.MessageToJson(build))
"""


class BadBuildError(Exception):
    """gcloud does not take a build file; the text is what it says."""


@functools.cache
def _installation() -> tuple[str, str]:
    """gcloud's folder, and the Python that it uses."""
    if shutil.which("gcloud") is None:
        pytest.skip("missing tool: gcloud")
    asked = ["gcloud", "info", "--format=value(installation.sdk_root,basic.python_location)"]
    root, python = subprocess.check_output(asked, text=True).split()
    return root, python


def read_build(path: Path) -> dict[str, Any]:
    """A build file as gcloud understands it.

    Raises:
        BadBuildError: it has an unknown field, or a value of a wrong type.
    """
    root, python = _installation()
    done = subprocess.run(
        [python, "-c", READ_BUILD, root, str(path)], capture_output=True, text=True, check=False
    )
    if done.returncode != 0:
        raise BadBuildError(done.stderr.splitlines()[-1])
    build: dict[str, Any] = json.loads(done.stdout)
    return build


@functools.cache
def _tree() -> dict[str, Any]:
    """gcloud's list of commands and flags, which completion in a shell uses."""
    root, _ = _installation()
    path = Path(root) / "data/cli/gcloud_completions.py"
    if not path.is_file():
        pytest.skip("this gcloud has no tree of its commands")
    tree: dict[str, Any] = runpy.run_path(str(path))["STATIC_COMPLETION_CLI_TREE"]
    return tree


def faults_of(command: list[str]) -> list[str]:
    """What gcloud would not know of a command line."""
    return faults(command, _tree())
