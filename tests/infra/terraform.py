"""Terraform on parts of `infra/` that need no provider, and so no registry."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[2]


def outputs(folder: Path, configuration: str, **variables: str) -> dict[str, Any]:
    """Applies a configuration in an empty folder, and gives its outputs."""
    if shutil.which("terraform") is None:
        pytest.skip("terraform is not installed")  # As in conftest.py.
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "main.tf").write_text(configuration)
    environ = {**os.environ, "TF_CLI_CONFIG_FILE": os.devnull, "CHECKPOINT_DISABLE": "1"}
    environ |= {f"TF_VAR_{name}": value for name, value in variables.items()}
    for command in (["init"], ["apply", "-auto-approve"]):
        done = subprocess.run(
            ["terraform", *command, "-input=false", "-no-color"],
            cwd=folder,
            env=environ,
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stdout + done.stderr
    shown = subprocess.run(
        ["terraform", "output", "-json"], cwd=folder, env=environ, capture_output=True, check=True
    )
    return {name: output["value"] for name, output in json.loads(shown.stdout).items()}
