"""Arrows point inward: entry points → runner → core; adapters know the core; the core nobody."""

import ast
import sys
from pathlib import Path

import pytest

FUNCTIONS = Path(__file__).parents[1] / "functions"
CORES = [FUNCTIONS / "fallback" / "core", FUNCTIONS / "fairness" / "core"]
INNER = ("fallback", "fairness")
CLOCKS = {"now", "utcnow", "today", "monotonic", "time", "perf_counter", "sleep"}

# What fair use shares with the fallback.
FALLBACK_OUTLINE = {"fallback.events", "fallback.patience", "fallback.ports"}

# Who may import what of ours. A module is known by the longest of these that it begins with.
ALLOWED = {
    "fallback.core": {"fallback.core"},
    "fallback.events": set(),
    "fallback.pieces": {"fallback.core"},
    "fallback.ports": {"fallback.core", "fallback.events"},
    "fallback.patience": {"fallback.ports"},
    "fallback.request_log": {"fallback.core", "fallback.events", "fallback.ports"},
    "fallback.window_cache": {
        "fallback.core",
        "fallback.events",
        "fallback.patience",
        "fallback.ports",
    },
    "fallback.shared_windows": {
        "fallback.core",
        "fallback.events",
        "fallback.patience",
        "fallback.ports",
        "fallback.window_cache",
    },
    "fallback.shutdown": {"fallback.ports"},
    "fallback.runner": {
        "fallback.core",
        "fallback.patience",
        "fallback.pieces",
        "fallback.ports",
        "fallback.request_log",
        "fallback.shared_windows",
        "fallback.shutdown",
    },
    "fallback.adapters": {"fallback.core", "fallback.ports", "fallback.adapters"},
    "fairness.core": {"fairness.core"},
    "fairness.identity": {"fairness.core"},
    "fairness.ports": {"fairness.core"},
    "fairness.revocations": {"fairness.ports", *FALLBACK_OUTLINE},
    "fairness.shared_ledgers": {
        "fairness.core",
        "fairness.identity",
        "fairness.ports",
        *FALLBACK_OUTLINE,
    },
    "fairness.fair_use": {"fairness", *FALLBACK_OUTLINE},
    "fairness.adapters": {
        "fairness.adapters",
        "fairness.core",
        "fairness.ports",
        "fallback.adapters",
        "fallback.core",
    },
}


def modules(folder: Path) -> list[Path]:
    return sorted(folder.rglob("*.py"))


def name_of(path: Path) -> str:
    parts = path.relative_to(FUNCTIONS).with_suffix("").parts
    return ".".join(part for part in parts if part != "__init__")


def imports_of(source: str) -> set[str]:
    names: set[str] = set()
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            names.add(node.module or "")
    return names


def impurities(source: str) -> set[str]:
    """Imports that the core may not have, and calls that read a clock or print."""
    allowed = sys.stdlib_module_names
    found = {
        name
        for name in imports_of(source)
        if name.split(".")[0] not in allowed
        and not name.startswith(("fallback.core", "fairness.core"))
    }
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Call):
            called = node.func
            if isinstance(called, ast.Attribute) and called.attr in CLOCKS:
                found.add(called.attr)
            if isinstance(called, ast.Name) and called.id in {"open", "print", "input"}:
                found.add(called.id)
    return found


@pytest.mark.parametrize("path", [path for core in CORES for path in modules(core)], ids=name_of)
def test_the_core_is_pure(path: Path) -> None:
    assert impurities(path.read_text()) == set()


@pytest.mark.parametrize(
    "line",
    [
        "import requests",
        "from google import genai",
        "datetime.now(UTC)",
        "open('x')",
        "import main",
    ],
)
def test_the_purity_test_can_fail(line: str) -> None:
    assert impurities(line)


@pytest.mark.parametrize(
    "path", [path for folder in INNER for path in modules(FUNCTIONS / folder)], ids=name_of
)
def test_imports_point_inward(path: Path) -> None:
    name = name_of(path)
    layer = max((key for key in ALLOWED if name.startswith(key)), key=len, default=None)
    if layer is None:
        return  # The packages' faces, such as fallback.embedded, are outside all layers.
    ours = {p.stem for p in FUNCTIONS.glob("*.py")} | {*INNER, "wire"}
    for imported in imports_of(path.read_text()):
        if imported.split(".")[0] in ours:
            assert any(imported.startswith(allowed) for allowed in ALLOWED[layer]), imported


def test_no_file_hides_a_standard_or_installed_module() -> None:
    names = {path.stem for path in FUNCTIONS.glob("*.py")} | {
        path.name for path in FUNCTIONS.iterdir() if path.is_dir()
    }

    assert names.isdisjoint(sys.stdlib_module_names)


def test_modules_stay_readable() -> None:
    long = {
        name_of(path): length
        for path in modules(FUNCTIONS)
        if (length := len(path.read_text().splitlines())) > 300
    }

    assert long == {}
