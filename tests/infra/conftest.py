"""Runs the real Terraform; none of it touches a cloud."""

import os
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest

from tests.infra.evaluated import evaluate

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="session")
def terraform() -> str:
    # No "missing tool", which CI refuses: no package registry has it, so CI cannot install it.
    return shutil.which("terraform") or pytest.skip("terraform is not installed")


@pytest.fixture(scope="session")
def prepared(terraform: str, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the project in which `terraform test` runs."""
    if not (ROOT / "web/dist/assets.json").is_file():
        pytest.skip("missing tool: the web build; run: make web-build")
    folder = tmp_path_factory.mktemp("infra")
    done = subprocess.run(
        [ROOT / "tools/setup/terraform.sh", folder],
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode == 3:
        pytest.skip(done.stderr.strip())
    assert done.returncode == 0, done.stderr
    return folder


@pytest.fixture(scope="session")
def quiet() -> dict[str, str]:
    """An environment without this machine's own Terraform settings."""
    return {
        **os.environ,
        "CHECKPOINT_DISABLE": "1",
        "TF_IN_AUTOMATION": "1",
        "GOGC": "800",  # A sixth of its time went into collecting garbage.
        "TF_CLI_CONFIG_FILE": os.devnull,
    }


@pytest.fixture(scope="session")
def operations(
    terraform: str, quiet: dict[str, str], tmp_path_factory: pytest.TempPathFactory
) -> dict[str, Any]:
    """What alerts, metrics, dashboard and uptime checks are made of, by the locals' names."""
    names = (
        "dashboard",
        "latency_buckets",
        "log_alert_filters",
        "log_alerts",
        "log_counter_filters",
        "log_counters",
        "log_distributions",
        "log_metric_names",
        "rate_alerts",
        "uptime_alerts",
        "uptime_checks",
    )
    wanted = ", ".join(f"{name} = local.{name}" for name in names)
    wanted += ", thresholds = var.objectives"
    folder = tmp_path_factory.mktemp("operations")
    values: dict[str, Any] = evaluate(terraform, quiet, folder, f"{{ {wanted} }}")
    return values
