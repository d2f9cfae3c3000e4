"""The snippets of docs/python.md run as they stand."""

from __future__ import annotations

import ast
import asyncio
import inspect
import logging
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tools.emulator.server import Emulator

PAGE = Path(__file__).parents[3] / "docs" / "python.md"
SNIPPETS = re.findall(r"^```python\n(.*?)^```$", PAGE.read_text(), re.MULTILINE | re.DOTALL)


@pytest.fixture
def untouched_logging() -> Iterator[None]:
    root = logging.getLogger()
    level = root.level
    yield
    root.setLevel(level)


def execute(snippet: str) -> dict[str, Any]:
    """Runs a snippet, awaits included, as a notebook would."""
    code = compile(snippet, PAGE.name, "exec", flags=ast.PyCF_ALLOW_TOP_LEVEL_AWAIT)
    names: dict[str, Any] = {"__name__": "snippet"}
    result = eval(code, names)
    if inspect.iscoroutine(result):
        asyncio.run(result)
    return names


@pytest.mark.usefixtures("untouched_logging")
@pytest.mark.parametrize("snippet", SNIPPETS, ids=range(len(SNIPPETS)))
def test_a_snippet_runs(gemini: Emulator, snippet: str) -> None:
    names = execute(snippet)

    if "client" in names:
        names["client"].close()
    assert gemini.calls() or "generate" not in snippet or "app" in names


def test_the_web_framework_s_snippet_answers_and_refuses(gemini: Emulator) -> None:
    (snippet,) = [snippet for snippet in SNIPPETS if "import flask" in snippet]
    browser = execute(snippet)["app"].test_client()
    gemini.behave("*", "answer", text="In short: blue.", times=1)
    gemini.behave("*", "per-minute")

    answered, refused = (browser.post("/summary", data="The sky …") for _ in range(2))

    assert answered.json == {"summary": "In short: blue.", "model": "gemini-3.8-flash"}
    assert (refused.status_code, refused.json) == (503, {"error": "models_exhausted"})
