"""The gcloud commands of the docs exist, with the flags that they are given.

gcloud brings a tree of all its commands, for completion in a shell; nothing is run.
"""

from __future__ import annotations

import re
import runpy
import shlex
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.test_docs import PAGES, fences, name_of

_COMMAND = re.compile(r"(?<![\w/.-])gcloud (?=[a-z])")


@pytest.fixture(scope="module")
def tree() -> dict[str, Any]:
    gcloud = shutil.which("gcloud")
    if gcloud is None:
        pytest.skip("missing tool: gcloud, for the commands of the docs")
    path = Path(gcloud).resolve().parents[1] / "data" / "cli" / "gcloud_completions.py"
    if not path.is_file():
        pytest.skip("this gcloud has no tree of its commands")
    found: dict[str, Any] = runpy.run_path(str(path))["STATIC_COMPLETION_CLI_TREE"]
    return found


def commands(script: str) -> Iterator[list[str]]:
    """The words of each gcloud command of a script, those in `$(…)` included."""
    for line in script.replace("\\\n", " ").splitlines():
        for found in _COMMAND.finditer(line):
            yield words(line[found.start() :])


def words(text: str) -> list[str]:
    """The words of a command up to its end: `|`, `;`, `&`, a comment, or the `)` around it."""
    lexer = shlex.shlex(text, posix=True, punctuation_chars="();<>|&")
    lexer.whitespace_split = True
    kept: list[str] = []
    while (word := _next(lexer)) is not None and not set(word) <= set("();<>|&"):
        kept.append(word)
    return kept


def _next(lexer: shlex.shlex) -> str | None:
    try:
        return lexer.get_token()
    except ValueError:  # A quotation that begins before the command ends after it.
        return None


def faults(command: list[str], tree: dict[str, Any]) -> list[str]:
    """What gcloud would not know of a command."""
    node, flags = tree, dict(tree["flags"])
    rest = command[1:]
    while rest and rest[0] in node["commands"]:
        node = node["commands"][rest.pop(0)]
        flags |= node["flags"]
    if node["commands"]:
        return [f"{' '.join(command[:4])}: no such command"]
    given = [word.partition("=")[0] for word in rest if word.startswith("--")]
    return [
        f"{' '.join(command[:4])}: no flag {flag}"
        for flag in given
        if flag not in flags and flag.replace("--no-", "--", 1) not in flags
    ]


@pytest.mark.parametrize("path", PAGES, ids=name_of)
def test_gcloud_has_the_commands_that_are_named(path: Path, tree: dict[str, Any]) -> None:
    scripts = [body for language in ("sh", "bash") for body in fences(path.read_text(), language)]

    found = [
        fault for body in scripts for command in commands(body) for fault in faults(command, tree)
    ]

    assert found == []


def test_the_emergencies_have_commands() -> None:
    page = next(path for path in PAGES if path.name == "operations.md")

    named = [" ".join(c[:4]) for body in fences(page.read_text(), "sh") for c in commands(body)]

    assert "gcloud run services update-traffic" in named
    assert any(name.startswith("gcloud run services describe") for name in named)  # within `$(…)`


@pytest.mark.parametrize(
    "script",
    [
        "gcloud run service list",
        "gcloud run services update x --max-instance=3",
        "gcloud run services update x \\\n  --region=y \\\n  --maximum=3",
        'curl --header "Bearer $(gcloud auth print-acces-token)"',
        "gcloud firestore documents set x",
    ],
)
def test_a_command_that_gcloud_does_not_know_is_found(script: str, tree: dict[str, Any]) -> None:
    assert [fault for command in commands(script) for fault in faults(command, tree)]


@pytest.mark.parametrize(
    "script",
    [
        "gcloud run services update x --max-instances=3 --quiet",
        "echo $(gcloud auth print-access-token --quiet)/x --no-flag",
        "gcloud projects list --format='value(projectId)' | sort --unknown",
        "docs/gcloud-notes list",
    ],
)
def test_a_command_ends_where_the_shell_ends_it(script: str, tree: dict[str, Any]) -> None:
    assert [fault for command in commands(script) for fault in faults(command, tree)] == []
