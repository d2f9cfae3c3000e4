"""What `make` says where a tool is missing or too old, one line a tool."""

import os
import subprocess
from pathlib import Path

import pytest

SCRIPT = Path(__file__).resolve().parents[3] / "tools/setup/preflight.sh"

GOOD = {
    # Answers the question for the version, and has the module venv.
    "python3": "exit 0",
    "node": "echo v20.11.1",
    "npm": "echo 10.2.4",
}


def preflight(folder: Path, tools: dict[str, str], *options: str) -> tuple[int, str]:
    """Run it where these tools, and only these, are on PATH."""
    for name, body in tools.items():
        tool = folder / name
        tool.write_text(f"#!/bin/sh\n{body}\n")
        tool.chmod(0o755)
    done = subprocess.run(
        ["/bin/sh", SCRIPT, *options],
        env={"PATH": str(folder)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.stdout == ""
    return done.returncode, done.stderr


def without(tool: str) -> dict[str, str]:
    return {name: body for name, body in GOOD.items() if name != tool}


def test_nothing_is_said_where_nothing_is_missing(tmp_path: Path) -> None:
    assert preflight(tmp_path, GOOD) == (0, "")


def test_a_command_that_is_python_alone_needs_no_node(tmp_path: Path) -> None:
    python = {"python3": GOOD["python3"]}

    assert preflight(tmp_path, python, "--python-only") == (0, "")


@pytest.mark.parametrize("version", ["v22.1.0", "v100.0.0"])
def test_a_newer_node_will_do(tmp_path: Path, version: str) -> None:
    assert preflight(tmp_path, {**GOOD, "node": f"echo {version}"}) == (0, "")


@pytest.mark.parametrize(
    ("tools", "line"),
    [
        (
            {**GOOD, "node": "echo v18.2.0"},
            "Nexus needs node 20 or newer; found v18.2.0."
            " Install it from https://nodejs.org/ or your package manager.\n",
        ),
        (
            {**GOOD, "node": "echo broken"},
            "Nexus needs node 20 or newer; found broken."
            " Install it from https://nodejs.org/ or your package manager.\n",
        ),
        (
            without("node"),
            "Nexus needs node 20 or newer; found none."
            " Install it from https://nodejs.org/ or your package manager.\n",
        ),
        (
            without("npm"),
            "Nexus needs npm; found none."
            " Install it from https://nodejs.org/ or your package manager.\n",
        ),
        (
            {**GOOD, "python3": 'test "$1" = --version && echo Python 3.9.2; false'},
            "Nexus needs Python 3.11 or newer; found 3.9.2."
            " Install it from https://www.python.org/downloads/ or your package manager.\n",
        ),
        (
            without("python3"),
            "Nexus needs Python 3.11 or newer; found no python3."
            " Install it from https://www.python.org/downloads/ or your package manager.\n",
        ),
        (
            {**GOOD, "python3": 'case "$*" in *venv*) exit 1 ;; esac'},
            "Nexus needs Python's module venv; python3 has none."
            " Install it with your package manager (Debian, Ubuntu: python3-venv).\n",
        ),
    ],
    ids=["old node", "odd node", "no node", "no npm", "old python", "no python", "no venv"],
)
def test_what_is_missing_is_said_in_one_line(
    tmp_path: Path, tools: dict[str, str], line: str
) -> None:
    assert preflight(tmp_path, tools) == (1, line)


def test_it_passes_on_this_machine() -> None:
    assert subprocess.run([SCRIPT], env=os.environ, check=False).returncode == 0
