"""The operations' data, evaluated once for all tests."""

from __future__ import annotations

from typing import Any

import pytest

from tests.infra.evaluated import evaluate

_NAMES = (
    "dashboard",
    "latency_buckets",
    "log_alerts",
    "log_counters",
    "log_distributions",
    "log_metric_names",
    "rate_alerts",
    "uptime_alerts",
    "uptime_checks",
)


@pytest.fixture(scope="session")
def operations(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """Locals of `infra/` by their names."""
    wanted = ", ".join(f"{name} = local.{name}" for name in _NAMES)
    values: dict[str, Any] = evaluate(tmp_path_factory.mktemp("operations"), f"{{ {wanted} }}")
    return values
