"""What the installed gcloud knows without an account: build files, commands and their flags."""

from __future__ import annotations

import functools
import json
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest

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
# The commands and flags that completion offers in a shell.
READ_COMMANDS = """
import json, sys
sys.path.insert(0, sys.argv[1] + "/data/cli")
import gcloud_completions
print(json.dumps(gcloud_completions.STATIC_COMPLETION_CLI_TREE))
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


def _run(program: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    root, python = _installation()
    return subprocess.run(
        [python, "-c", program, root, *arguments], capture_output=True, text=True, check=False
    )


def read_build(path: Path) -> dict[str, Any]:
    """A build file as gcloud understands it.

    Raises:
        BadBuildError: it has an unknown field, or a value of a wrong type.
    """
    done = _run(READ_BUILD, str(path))
    if done.returncode != 0:
        raise BadBuildError(done.stderr.splitlines()[-1])
    build: dict[str, Any] = json.loads(done.stdout)
    return build


@functools.cache
def _commands() -> dict[str, Any]:
    done = _run(READ_COMMANDS)
    assert done.returncode == 0, done.stderr
    tree: dict[str, Any] = json.loads(done.stdout)
    return tree


def faults_of(words: list[str]) -> list[str]:
    """What gcloud would not know of a command line: `words` begins after `gcloud`."""
    node, path = _commands(), ["gcloud"]
    flags = dict(node["flags"])
    arguments = list(words)
    while arguments and arguments[0] in node.get("commands", {}):
        path.append(arguments.pop(0))
        node = node["commands"][path[-1]]
        flags |= node.get("flags", {})
    if node.get("commands"):
        return [f"{' '.join(path)} has no command {' '.join(arguments[:1]) or '(none given)'}"]
    known = flags.keys() | {f"--no-{name[2:]}" for name, kind in flags.items() if kind == "bool"}
    given = [word.partition("=")[0] for word in arguments if word.startswith("--")]
    return [f"{' '.join(path)} has no flag {flag}" for flag in given if flag not in known]
