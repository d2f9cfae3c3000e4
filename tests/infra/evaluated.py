"""The plain data of the operations' files in `infra/`, as Terraform itself evaluates it.

The data names no resource, so that Terraform needs no provider for it, and so no registry.
"""

from __future__ import annotations

import base64
import json
import re
import subprocess
from pathlib import Path
from typing import Any

INFRA = Path(__file__).parents[2] / "infra"
FILES = (
    "alert_rules",
    "dashboard",
    "dashboard_panels",
    "log_distributions",
    "log_metrics",
    "objectives",
    "series",
    "uptime",
    "variables_operations",
)

# What the rest of infra/ would give them; tests/operations.tftest.hcl applies all of it together.
_REST = """
variable "name" { default = "nexus" }
locals {
  service_names = { chat = "nexus-chat", check_availability = "nexus-check-availability" }
  database      = "(default)"
}
"""
_RESOURCE = re.compile(r"^resource .*?^}$", re.MULTILINE | re.DOTALL)


def evaluate(terraform: str, environ: dict[str, str], folder: Path, expression: str) -> Any:
    """The value of an expression over the operations' locals, in an empty folder."""
    # In Base64, because the console writes texts with escapes of its own.
    entered = f"base64encode(jsonencode({expression}))\n"
    done = _run([terraform, "console"], environ, folder, entered)
    assert done.returncode == 0, done.stdout + done.stderr
    return json.loads(base64.b64decode(done.stdout.strip().strip('"')))


def complaint_about(
    terraform: str, environ: dict[str, str], folder: Path, variable: str, value: object
) -> str:
    """What a plan with such a value says, in one line; nothing where it takes the value."""
    (folder / "values.tfvars.json").write_text(json.dumps({variable: value}))
    plan = [terraform, "plan", "-input=false", "-no-color", "-var-file=values.tfvars.json"]
    done = _run(plan, environ, folder)
    return "" if done.returncode == 0 else " ".join(done.stderr.replace("│", " ").split())


def _run(
    command: list[str], environ: dict[str, str], folder: Path, entered: str = ""
) -> subprocess.CompletedProcess[str]:
    for name in FILES:
        text = (INFRA / f"{name}.tf").read_text(encoding="utf-8")
        (folder / f"{name}.tf").write_text(_RESOURCE.sub("", text), encoding="utf-8")
    (folder / "rest.tf").write_text(_REST)
    return subprocess.run(
        command,
        cwd=folder,
        input=entered,
        capture_output=True,
        text=True,
        check=False,
        env=environ,
    )
