"""In CI a skip for a missing tool is a failure: nothing is left out unseen."""

import os
from collections.abc import Generator

import pytest

CI = os.environ.get("CI", "").lower() in {"1", "true"}


def _refuse_missing_tool(report: pytest.TestReport | pytest.CollectReport) -> None:
    # The longrepr of a skip is (path, line, "Skipped: reason").
    if not (CI and report.skipped and isinstance(report.longrepr, tuple)):
        return
    reason = report.longrepr[2].removeprefix("Skipped: ")
    if reason.startswith("missing tool"):
        report.outcome = "failed"
        report.longrepr = f"CI skips no test for want of a tool: {reason}"


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport() -> Generator[None, pytest.TestReport, pytest.TestReport]:
    report = yield
    _refuse_missing_tool(report)
    return report


@pytest.hookimpl(wrapper=True)
def pytest_make_collect_report() -> Generator[None, pytest.CollectReport, pytest.CollectReport]:
    report = yield
    _refuse_missing_tool(report)
    return report
