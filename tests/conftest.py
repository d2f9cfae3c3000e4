"""One Firestore emulator for all, no deadlines, and in CI no skip for a missing tool."""

from __future__ import annotations

import os
import signal
from collections.abc import Generator, Iterator
from typing import TYPE_CHECKING

import hypothesis
import pytest

if TYPE_CHECKING:
    from tools.testkit.firestore import FirestoreEmulator

# A busy machine may take long for one example, and to make it. What few miss, later runs find.
hypothesis.settings.register_profile(
    "no deadline",
    hypothesis.settings(),
    max_examples=50,
    deadline=None,
    suppress_health_check=[hypothesis.HealthCheck.too_slow],
)
hypothesis.settings.load_profile("no deadline")

# Children inherit what a shell ignores for a command in the background.
for _number in (signal.SIGINT, signal.SIGHUP):
    if signal.getsignal(_number) is signal.SIG_IGN:
        signal.signal(_number, signal.SIG_DFL)

CI = os.environ.get("CI", "").lower() in {"1", "true"}


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    # All processes would wait for a slow one that begins last.
    items.sort(key=lambda item: item.get_closest_marker("slow") is None)


def _refuse_missing_tool(report: pytest.TestReport | pytest.CollectReport) -> None:
    # The longrepr of a skip is (path, line, "Skipped: reason").
    if not (CI and report.skipped and isinstance(report.longrepr, tuple)):
        return
    reason = report.longrepr[2].removeprefix("Skipped: ")
    if reason.startswith("missing tool"):
        report.outcome = "failed"
        report.longrepr = f"CI skips no test for want of a tool: {reason}"


@pytest.fixture(scope="session")
def firestore(tmp_path_factory: pytest.TempPathFactory) -> Iterator[FirestoreEmulator]:
    """The emulator that all tests of a worker share; each takes a database of its own."""
    from tools.testkit.firestore import firestore_emulator  # noqa: PLC0415 - few need it

    with firestore_emulator(tmp_path_factory.mktemp("firestore") / "log") as emulator:
        yield emulator


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
