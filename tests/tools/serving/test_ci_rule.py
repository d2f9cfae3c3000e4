"""The rule of tests/conftest.py: in CI, no test is left out for want of a tool."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

TESTS = """
import pytest

def test_wants_a_tool():
    pytest.skip("missing tool: terraform")

@pytest.mark.skipif(True, reason="missing tool: gcloud")
def test_is_marked():
    pass

def test_is_left_out_on_purpose():
    pytest.skip("elsewhere")
"""

MODULE = """
import pytest

pytest.skip("missing tool: node", allow_module_level=True)
"""


@pytest.mark.parametrize(
    ("ci", "summary"),
    [("", "4 skipped"), ("true", "1 failed, 1 skipped, 2 errors")],
)
def test_a_skip_for_a_missing_tool_fails_in_ci_only(tmp_path: Path, ci: str, summary: str) -> None:
    shutil.copy(Path(__file__).parents[2] / "conftest.py", tmp_path)
    (tmp_path / "test_some.py").write_text(TESTS)
    (tmp_path / "test_module.py").write_text(MODULE)
    command = [
        *(sys.executable, "-m", "pytest", "-c", os.devnull, "--rootdir", ".", "-q"),
        *("-p", "no:cacheprovider", "--continue-on-collection-errors"),
    ]

    done = subprocess.run(
        command,
        cwd=tmp_path,
        env={**os.environ, "CI": ci},
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.stdout.splitlines()[-1].startswith(summary), done.stdout
    assert done.returncode == (1 if ci else 0)
